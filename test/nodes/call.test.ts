import { PlainHost } from '../support/plainHost';
import {
	CALL,
	CALL_EACH,
	CONTINUES,
	customers,
	hintsOf,
	jsons,
	locator,
	pairs,
	RETRY_ON_FAIL,
	sharedWorld,
} from '../support/world';
import { AgentNode } from '../support/agent';
import { PACKAGE, processedData, retry } from '../support/engine';

const world = sharedWorld();

describe('call: create', () => {
	it('sends what was entered and gives what LiveCall answers', async () => {
		const result = await world.run('call.create', {
			filterId: locator('1'),
			phoneNumber: '  +49 (30) 123-45.67-8 ',
			additionalFields: {
				scheduledFor: '2035-06-01T10:00:00+02:00',
				userId: locator('502'),
			},
		});

		const [request] = world.seen();
		expect(world.asked()).toEqual(['POST /v1/calls']);
		expect(request.headers).toMatchObject({
			authorization: `Token token=${world.sandbox.apiKey}`,
			'content-type': 'application/json',
		});
		expect(request.json).toEqual({
			call: {
				filter_id: '1',
				phone_number: '+49 (30) 123-45.67-8',
				scheduled_for: '2035-06-01T10:00:00+02:00',
				user_id: '502',
			},
		});
		expect(jsons(result)).toEqual([
			expect.objectContaining({ id: world.sandbox.calls.placed()[0].id, user_id: 502 }),
		]);
		expect(pairs(result)).toEqual([0]);
	});

	it('sends only what was entered', async () => {
		await world.run('call.create', CALL);
		expect(world.seen()[0].json).toEqual({
			call: { filter_id: '1', phone_number: '+49 30 1234567' },
		});
	});

	it.each([
		['an address', locator('https://app.livecall.io/targeting/1/edit', 'url'), '1'],
		[
			'an address with more behind it',
			locator(' https://app.livecall.io/targeting/1/edit?tab=hours#top ', 'url'),
			'1',
		],
		['a number', locator(1), '1'],
		['a plain value, as an AI agent gives it', '1', '1'],
	])('takes %s for the target group', async (_, filterId, sent) => {
		const result = await world.run('call.create', { ...CALL, filterId });
		expect(result.failed).toBe(false);
		expect(world.seen()[0].json).toMatchObject({ call: { filter_id: sent } });
	});

	it('takes a number from a spreadsheet as text', async () => {
		await world.run(
			'call.create',
			{ ...CALL, phoneNumber: '={{ $json.phone }}' },
			{ items: [{ phone: 49301234567 }] },
		);
		expect(world.seen()[0].json).toMatchObject({ call: { phone_number: '49301234567' } });
	});

	it.each([
		[
			'a text without an offset, in the zone of the workflow',
			'2035-06-01T10:00:00',
			'2035-06-01T10:00:00+02:00',
		],
		['a text with an offset', '2035-06-01T10:00:00-05:00', '2035-06-01T10:00:00-05:00'],
		['UTC', '2035-06-01T10:00:00Z', '2035-06-01T10:00:00Z'],
		[
			'an offset beside a zone that says otherwise',
			'2035-06-01T10:00:00Z[Europe/Berlin]',
			'2035-06-01T10:00:00Z',
		],
		['a zone by its name', '2035-06-01T10:00:00[America/New_York]', '2035-06-01T10:00:00-04:00'],
		['a date as a database writes it', '2035-06-01 10:00:00', '2035-06-01T10:00:00+02:00'],
		[
			'a DateTime',
			'={{ DateTime.fromISO("2035-06-01T10:00:00", { zone: "America/New_York" }) }}',
			'2035-06-01T10:00:00-04:00',
		],
		['a Date', '={{ new Date("2035-06-01T10:00:00Z") }}', '2035-06-01T12:00:00+02:00'],
	])('schedules for %s', async (_, scheduledFor, sent) => {
		const result = await world.run('call.create', { ...CALL, additionalFields: { scheduledFor } });
		expect(result.failed).toBe(false);
		expect(world.seen()[0].json).toMatchObject({ call: { scheduled_for: sent } });
	});

	it('takes a time that lies less than a minute back', async () => {
		const scheduledFor = new Date(Date.now() - 50_000).toISOString();
		const result = await world.run('call.create', { ...CALL, additionalFields: { scheduledFor } });
		expect(result.failed).toBe(false);
	});
});

describe('call: create, when nobody can be reached', () => {
	const later = '2035-01-01T09:00:00Z';
	const filter = {
		status: 'unavailable' as const,
		available_call_times: ['2035-01-02T09:00:00Z', later, '2020-01-01T09:00:00Z'],
	};
	beforeEach(() => world.sandbox.filters.set(2, filter));
	const toGroup2 = (whenUnavailable: string) => ({
		...CALL,
		filterId: locator('2'),
		options: { whenUnavailable },
	});

	it('places anyway without asking', async () => {
		await world.run('call.create', toGroup2('place'));
		expect(world.asked()).toEqual(['POST /v1/calls']);
	});

	it('schedules for the earliest time to come', async () => {
		await world.run('call.create', toGroup2('schedule'));
		expect(world.asked()).toEqual(['GET /v1/filters/2', 'POST /v1/calls']);
		expect(world.seen()[1].json).toMatchObject({ call: { scheduled_for: later } });
	});

	it('places at once when somebody can be reached', async () => {
		await world.run('call.create', { ...toGroup2('schedule'), filterId: locator('1') });
		expect(world.seen()[1].json).toEqual({
			call: { filter_id: '1', phone_number: CALL.phoneNumber },
		});
	});

	it('does not ask when a time is given', async () => {
		await world.run('call.create', {
			...toGroup2('schedule'),
			additionalFields: { scheduledFor: '2036-01-01T00:00:00Z' },
		});
		expect(world.asked()).toEqual(['POST /v1/calls']);
		expect(world.seen()[0].json).toMatchObject({ call: { scheduled_for: '2036-01-01T00:00:00Z' } });
	});

	it('schedules in UTC for a time that comes without an offset', async () => {
		world.sandbox.filters.set(2, {
			status: 'unavailable',
			available_call_times: ['2035-01-01T09:00:00'],
		});
		await world.run('call.create', toGroup2('schedule'));
		expect(world.seen()[1].json).toMatchObject({
			call: { scheduled_for: '2035-01-01T09:00:00Z' },
		});
	});

	it('fails when there is no time to come', async () => {
		world.sandbox.filters.set(2, { status: 'unavailable', available_call_times: [] });
		const result = await world.run('call.create', toGroup2('schedule'));
		expect(result.error.message).toContain('There is no time to come');
		expect(world.sandbox.calls.placed()).toEqual([]);
	});

	it('skips', async () => {
		const result = await world.run('call.create', toGroup2('skip'));
		expect(jsons(result)).toEqual([
			{
				skipped: true,
				reason: 'unavailable',
				phone_number: CALL.phoneNumber,
				filter: expect.objectContaining({ id: 2, ...filter }),
			},
		]);
		expect(world.sandbox.calls.placed()).toEqual([]);
	});

	it('asks anew once the time has come that LiveCall named', async () => {
		const soon = new Date(Date.now() + 400).toISOString();
		world.sandbox.filters.set(2, { status: 'unavailable', available_call_times: [soon] });
		world.sandbox.faults.decide(({ index, method }) => {
			if (method !== 'POST' || index > 1) return undefined;
			world.sandbox.filters.set(2, { status: 'available', available_call_times: [later] });
			return { kind: 'latency', ms: 500 };
		});
		const result = await world.run('call.create', toGroup2('schedule'), { items: [{}, {}] });
		expect(result.failed).toBe(false);
		expect(world.asked()).toEqual([
			'GET /v1/filters/2',
			'POST /v1/calls',
			'GET /v1/filters/2',
			'POST /v1/calls',
		]);
		expect(world.seen()[1].json).toMatchObject({ call: { scheduled_for: soon } });
		expect(world.seen()[3].json).not.toHaveProperty('call.scheduled_for');
	});

	it('fails, in words', async () => {
		const result = await world.run('call.create', toGroup2('fail'));
		expect(result.error.message).toContain('Nobody of target group "2" can be reached');
		expect(world.sandbox.calls.placed()).toEqual([]);
	});
});

describe('call: create, never twice', () => {
	const items = customers(3);
	const rung = () => world.sandbox.calls.placed().map((call) => call.phone_number);

	it('rings nobody again when Retry On Fail runs the node again', async () => {
		world.sandbox.faults.next({
			kind: 'status',
			status: 422,
			body: { errors: { phone_number: ['is invalid'] } },
		});
		const result = await world.run('call.create', CALL_EACH, {
			items,
			node: { ...RETRY_ON_FAIL, onError: 'continueRegularOutput' },
		});
		expect(rung().sort()).toEqual(items.map(({ phone }) => phone));
		expect(jsons(result).map((call) => call.phone_number)).toEqual(items.map(({ phone }) => phone));
	});

	it('does not dial again what may have been placed, and names who was called', async () => {
		let posts = 0;
		world.sandbox.faults.decide(({ method }) =>
			method === 'POST' && ++posts === 2 ? { kind: 'reset-after' } : undefined,
		);
		const result = await world.run('call.create', CALL_EACH, { items, node: RETRY_ON_FAIL });

		// What the first try left unknown does not hold up the others in the second.
		expect(rung()).toEqual(items.map(({ phone }) => phone));
		expect(result.error.message).toContain('LiveCall may already have placed this call');
		expect(result.error.message).toContain('[item 1]');
		const [first, , third] = world.sandbox.calls.placed();
		expect(result.error.description).toContain(
			`Already done: item 0 (call ${first.id}), item 2 (call ${third.id}).`,
		);

		world.sandbox.faults.clear();
		const again = await retry(result);
		expect(again.error.message).toContain('LiveCall may already have placed this call');
		expect(rung()).toHaveLength(3);

		const redialled = await retry(result, {
			parameters: { ...result.settings.parameters, options: { redialUnknown: true } },
		});
		expect(redialled.failed).toBe(false);
		expect(rung()).toEqual([...items.map(({ phone }) => phone), items[1].phone]);
		expect(jsons(redialled)[0].id).toBe(first.id);
	});

	it('does not redial within the execution that dialled, even when told to', async () => {
		world.sandbox.faults.always({ kind: 'status-after', status: 502 }, { method: 'POST' });
		const result = await world.run(
			'call.create',
			{ ...CALL, options: { redialUnknown: true } },
			{ node: RETRY_ON_FAIL },
		);
		expect(result.error.message).toContain('may already have placed this call');
		expect(world.asked()).toEqual(['POST /v1/calls']);
	});

	it.each([
		['a try of Retry On Fail', RETRY_ON_FAIL],
		['an agent that asks once more', {}],
	])('does not dial again as the tool of an AI agent, for %s', async (_, node) => {
		world.sandbox.faults.always({ kind: 'status-after', status: 500 }, { method: 'POST' });
		AgentNode.heard.length = 0;
		await world.run(
			'call.create',
			{ ...CALL, options: { deduplicationKey: 'A' } },
			{ node: { ...node, type: `${PACKAGE}.liveCallTool` } },
		);
		expect(world.asked()).toEqual(['POST /v1/calls']);
		expect(AgentNode.heard).toEqual([
			expect.stringContaining('may already have placed this call'),
			expect.stringContaining('may already have placed this call'),
		]);
	});

	it('dials for something else that is asked for in a retry', async () => {
		world.meetAt(1, { kind: 'status', status: 422 });
		const failed = await world.run('call.create', CALL_EACH, { items: items.slice(0, 2) });
		expect(failed.failed).toBe(true);
		const result = await retry(failed, {
			parameters: {
				...failed.settings.parameters,
				phoneNumber: '+49 30 9999999',
				filterId: locator('3'),
			},
		});
		expect(result.failed).toBe(false);
		expect(rung()).toEqual([items[0].phone, '+49 30 9999999', '+49 30 9999999']);
	});

	it('takes a time that moves with each try for the same call', async () => {
		world.sandbox.faults.next({ kind: 'reset-after' });
		const result = await world.run(
			'call.create',
			{ ...CALL, additionalFields: { scheduledFor: '={{ $now.plus({ hours: 1 }) }}' } },
			{ node: RETRY_ON_FAIL },
		);
		expect(result.error.message).toContain('may already have placed this call');
		expect(rung()).toHaveLength(1);
	});

	it('yields in a retry the call whose time has passed since, and goes on', async () => {
		world.meetAt(1, { kind: 'status', status: 422 });
		const failed = await world.run(
			'call.create',
			{ ...CALL_EACH, additionalFields: { scheduledFor: '={{ $now.plus({ minutes: 5 }) }}' } },
			{ items },
		);
		expect(rung()).toEqual([items[0].phone]);
		const scheduledFor =
			'={{ $json.phone.endsWith("0") ? $now.minus({ hours: 1 }) : $now.plus({ hours: 1 }) }}';
		const result = await retry(failed, {
			parameters: { ...failed.settings.parameters, additionalFields: { scheduledFor } },
		});
		expect(result.failed).toBe(false);
		expect(jsons(result).map((call) => call.phone_number)).toEqual(items.map(({ phone }) => phone));
		expect(rung()).toEqual(items.map(({ phone }) => phone));
	});
});

describe('call: create with a deduplication key', () => {
	const keyed = { ...CALL, options: { deduplicationKey: '={{ $json.lead }}' } };

	it('places one call for a key, in any execution', async () => {
		const items = [{ lead: 'A' }, { lead: 'B' }, { lead: 'A' }];
		const result = await world.run('call.create', keyed, { items });
		expect(jsons(result)[2]).toEqual({
			skipped: true,
			reason: 'duplicate',
			deduplication_key: 'A',
			phone_number: CALL.phoneNumber,
		});
		const again = await world.run('call.create', keyed, { items: [{ lead: 'B' }, { lead: 'C' }] });
		expect(jsons(again)[0]).toEqual({
			skipped: true,
			reason: 'duplicate',
			deduplication_key: 'B',
			phone_number: CALL.phoneNumber,
		});
		expect(world.sandbox.calls.placed()).toHaveLength(3);
	});

	it('skips a key whose time has passed since, and keeps none whose time was past before', async () => {
		const at = { ...keyed, additionalFields: { scheduledFor: '={{ $json.at }}' } };
		const past = '2026-01-31T10:00:00Z';
		await world.run('call.create', at, { items: [{ lead: 'A', at: '2035-01-31T10:00:00Z' }] });
		const result = await world.run('call.create', at, {
			items: [
				{ lead: 'A', at: past },
				{ lead: 'B', at: past },
			],
			node: CONTINUES,
		});
		expect(jsons(result)).toEqual([
			{
				skipped: true,
				reason: 'duplicate',
				deduplication_key: 'A',
				phone_number: CALL.phoneNumber,
			},
			{ error: expect.stringContaining('"Scheduled For" lies in the past') },
		]);
		expect(processedData.plainKeys()).toEqual(['A']);
		expect(world.sandbox.calls.placed()).toHaveLength(1);
	});

	it('says in the output what was skipped', async () => {
		const result = await world.run('call.create', keyed, {
			items: [{ lead: 'A' }, { lead: 'A' }, { lead: 'A' }],
		});
		expect(hintsOf(result)).toEqual([
			'3 items: 1 call placed, 2 skipped (duplicate). Items skipped, since this node has seen their deduplication keys before: 2.',
		]);
	});

	it.each([
		['a refusal gives the key back', { kind: 'status', status: 422 } as const, []],
		['an unknown outcome keeps it', { kind: 'reset-before' } as const, ['A']],
		['too many requests give it back', { kind: 'status', status: 429, retryAfter: 0 } as const, []],
	])('%s', async (_, fault, keys) => {
		world.sandbox.faults.always(fault);
		const result = await world.run(
			'call.create',
			{ ...keyed, options: { ...keyed.options, maxRetries: 0 } },
			{ items: [{ lead: 'A' }] },
		);
		expect(result.failed).toBe(true);
		expect(processedData.plainKeys()).toEqual(keys);
	});

	it.each([
		['answers without encryption', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'could not be sent', 1],
		['hangs up before the encryption is agreed on', '', 'was refused (tried 2 times)', 2],
	])('gives the key back when the host %s', async (_, answer, said, connections) => {
		const host = new PlainHost((socket) => socket.end(answer));
		await host.start();
		const result = await world.run(
			'call.create',
			{ ...keyed, options: { ...keyed.options, maxRetries: 1 } },
			{ items: [{ lead: 'A' }], credential: { ...world.credential, baseUrl: host.url } },
		);
		host.stop();
		expect(result.error.message).toContain(said);
		expect(result.error.description).toContain('Nothing was carried out');
		expect(host.accepted).toBe(connections);
		expect(processedData.keys()).toEqual([]);
	});

	it('gives the key back when no call is placed because nobody is there', async () => {
		await world.run(
			'call.create',
			{ ...keyed, filterId: locator('3'), options: { ...keyed.options, whenUnavailable: 'skip' } },
			{ items: [{ lead: 'A' }] },
		);
		expect(processedData.keys()).toEqual([]);
	});

	it('yields to the ledger in a retry of the execution', async () => {
		world.sandbox.faults.next({ kind: 'reset-after' });
		const failed = await world.run('call.create', keyed, { items: [{ lead: 'A' }] });
		const result = await retry(failed, {
			parameters: {
				...failed.settings.parameters,
				options: { ...keyed.options, redialUnknown: true },
			},
		});
		expect(jsons(result)).toEqual([expect.objectContaining({ phone_number: CALL.phoneNumber })]);
		expect(world.sandbox.calls.placed()).toHaveLength(2);
	});
});

describe('call: get', () => {
	const ended = {
		status: 'ended' as const,
		outcome: 'successful',
		duration: 13.5,
		custom_fields_data: { first_name: 'Mary' },
	};

	it('gives at most ten fields', async () => {
		const call = world.sandbox.calls.add(ended);
		const result = await world.run('call.get', { callId: String(call.id) });
		expect(world.asked()).toEqual([`GET /v1/calls/${call.id}`]);
		expect(world.seen()[0].headers['content-type']).toBe('application/json');
		expect(Object.keys(jsons(result)[0])).toEqual([
			'id',
			'status',
			'outcome',
			'phone_number',
			'scheduled_for',
			'ended_at',
			'duration',
			'filter_id',
			'user_id',
			'custom_fields_data',
		]);
		expect(jsons(result)[0]).toMatchObject({ id: call.id, ...ended });
	});

	it('adds the name of the consultant, from a list that is asked for once', async () => {
		const calls = [{ user_id: 502 }, { user_id: null }, { user_id: 501 }, { user_id: 999 }].map(
			(call) => world.sandbox.calls.add({ ...ended, ...call }),
		);
		const result = await world.run(
			'call.get',
			{ callId: '={{ $json.id }}', options: { addUserName: true } },
			{ items: calls.map(({ id }) => ({ id })) },
		);
		const nameOf = (id: number) => world.sandbox.users.get(id)?.name;
		expect(jsons(result).map(({ user_name }) => user_name)).toEqual([
			nameOf(502),
			null,
			nameOf(501),
			null,
		]);
		expect(world.asked().filter((asked) => asked === 'GET /v1/users')).toHaveLength(1);
	});

	it.each(['call.get', 'call.waitUntilEnded'])(
		'adds it to the raw call as well: %s',
		async (name) => {
			const { id } = world.sandbox.calls.add({ ...ended, user_id: 501 });
			const options = { addUserName: '={{ "true" }}' };
			const result = await world.run(name, { callId: id, simplify: false, options });
			expect(jsons(result)).toMatchObject([
				{ id, created_at: expect.any(String), user_name: 'Amelia Clarke' },
			]);
		},
	);

	it('asks for no list where nobody has taken the call, or nobody wants the name', async () => {
		const nobody = world.sandbox.calls.add({ ...ended, user_id: null });
		const somebody = world.sandbox.calls.add({ ...ended, user_id: 501 });
		await world.run('call.get', { callId: nobody.id, options: { addUserName: true } });
		await world.run('call.get', { callId: somebody.id, options: { addUserName: false } });
		expect(world.asked()).not.toContain('GET /v1/users');
	});

	it.each(['perhaps', '={{ "" }}', 2])('asks nothing when that is no switch: %j', async (given) => {
		const result = await world.run('call.get', { callId: '1', options: { addUserName: given } });
		expect(result.error.message).toContain('"Add User Name" needs true or false');
		expect(world.seen()).toEqual([]);
	});

	it.each(['call.get', 'call.waitUntilEnded'])(
		'gives the call without a name where the users cannot be listed, and says so: %s',
		async (name) => {
			const { id } = world.sandbox.calls.add({ ...ended, user_id: 501 });
			world.sandbox.faults.always({ kind: 'status', status: 403 }, { path: /users/ });
			const result = await world.run(name, { callId: id, options: { addUserName: true } });
			expect(jsons(result)).toMatchObject([{ id, user_id: 501, user_name: null }]);
			expect(hintsOf(result)).toEqual([
				'"user_name" is empty, since the users could not be listed: LiveCall does not allow this API key to list the users: Forbidden.',
			]);
		},
	);

	it('is canceled while the users are listed', async () => {
		const { id } = world.sandbox.calls.add({ ...ended, user_id: 501 });
		let cancel = () => {};
		world.sandbox.faults.decide(({ path }) => {
			if (!path.includes('users')) return undefined;
			setTimeout(() => cancel(), 50);
			return { kind: 'hang-before' };
		});
		const result = await world.run(
			'call.get',
			{ callId: id, options: { addUserName: true } },
			{ onStart: (stop) => (cancel = stop), node: CONTINUES },
		);
		expect(result.run.status).toBe('canceled');
		expect(result.error.message).toContain('canceled while LiveCall was being asked');
	});

	it('gives everything, untouched, when not simplified', async () => {
		const call = world.sandbox.calls.add(ended);
		const result = await world.run(
			'call.get',
			{ callId: call.id, simplify: '={{ $json.simplify }}' },
			{ items: [{ simplify: false }, { simplify: 'false' }, { simplify: 0 }] },
		);
		expect(jsons(result)).toEqual([1, 2, 3].map(() => world.sandbox.calls.get(call.id)));
	});

	it('gets everything through where LiveCall takes few requests at once', async () => {
		const { id } = world.sandbox.calls.add(ended);
		// A request that is being turned away takes nobody's place.
		const inFlight = () => world.seen().filter(({ fault, over }) => fault === 'latency' && !over);
		world.sandbox.faults.decide(() =>
			inFlight().length >= 2 ? { kind: 'status', status: 429 } : { kind: 'latency', ms: 10 },
		);
		const items = Array.from({ length: 200 }, () => ({ id }));
		const result = await world.run('call.get', { callId: '={{ $json.id }}' }, { items });
		expect(result.failed).toBe(false);
		expect(result.output).toHaveLength(items.length);
	}, 60_000);

	it('keeps the order of many items that run at once', async () => {
		const calls = Array.from({ length: 200 }, () => world.sandbox.calls.add(ended));
		world.sandbox.faults.decide(({ index }) => ({ kind: 'latency', ms: (index * 7) % 23 }));
		const result = await world.run(
			'call.get',
			{ callId: '={{ $json.id }}' },
			{ items: calls.map(({ id }) => ({ id })) },
		);
		expect(jsons(result).map(({ id }) => id)).toEqual(calls.map(({ id }) => id));
		expect(pairs(result)).toEqual(calls.map((_, index) => index));
	});
});

describe('call: waitUntilEnded', () => {
	it('looks again until the call has ended', async () => {
		const call = world.sandbox.calls.add({ status: 'started' });
		let looks = 0;
		world.sandbox.faults.decide(() => {
			if (++looks === 2) world.sandbox.calls.end(call.id, { outcome: 'successful' });
			return undefined;
		});
		const result = await world.run('call.waitUntilEnded', {
			callId: call.id,
			options: { pollInterval: 1 },
		});
		expect(jsons(result)[0]).toMatchObject({ id: call.id, status: 'ended', outcome: 'successful' });
		expect(world.seen()).toHaveLength(2);
	});

	it('fails in words when the time is over', async () => {
		const call = world.sandbox.calls.add({ status: 'started' });
		const result = await world.run('call.waitUntilEnded', {
			callId: call.id,
			options: { timeout: 0.005 },
		});
		expect(result.error.message).toContain(`Call "${call.id}" had not ended after 0.005 minutes`);
		expect(result.error.message).toContain('"started"');
		// One look at once, one when the time is over: the wait between them is cut to the time left.
		expect(world.seen()).toHaveLength(2);
	});

	it('returns the call as it is when told to', async () => {
		const call = world.sandbox.calls.add({ status: 'started' });
		const result = await world.run('call.waitUntilEnded', {
			callId: call.id,
			options: { timeout: 0, onTimeout: 'return' },
		});
		expect(jsons(result)[0]).toMatchObject({ id: call.id, status: 'started' });
	});

	it.each(['return', 'fail'])(
		'keeps to its time when LiveCall falls silent, and does then what it is told to: %s',
		async (onTimeout) => {
			const call = world.sandbox.calls.add({ status: 'started' });
			world.sandbox.faults.decide(({ index }) =>
				index === 0 ? undefined : { kind: 'hang-before' },
			);
			const result = await world.run('call.waitUntilEnded', {
				callId: call.id,
				options: { timeout: 0.005, onTimeout },
			});
			expect(world.seen()).toHaveLength(2);
			if (onTimeout === 'return') expect(jsons(result)[0]).toMatchObject({ status: 'started' });
			else expect(result.error.message).toContain('had not ended after 0.005 minutes');
		},
	);

	it('returns the call as it is when LiveCall asks to wait longer than there is time', async () => {
		const call = world.sandbox.calls.add({ status: 'started' });
		world.sandbox.faults.decide(({ index }) =>
			index === 0 ? undefined : { kind: 'status', status: 429, retryAfter: 4 },
		);
		const result = await world.run('call.waitUntilEnded', {
			callId: call.id,
			options: { timeout: 0.05, pollInterval: 1, onTimeout: 'return' },
		});
		expect(jsons(result)).toMatchObject([{ id: call.id, status: 'started' }]);
	});

	it('does not try its first look for longer than there is time and one look may take', async () => {
		world.sandbox.faults.always({ kind: 'hang-before' });
		const result = await world.run('call.waitUntilEnded', {
			callId: '1',
			options: { timeout: 0, requestTimeout: 0.3, onTimeout: 'return' },
		});
		expect(result.error.message).toContain('LiveCall did not answer within 0.3 seconds');
		expect(world.seen()).toHaveLength(1);
	});
});
