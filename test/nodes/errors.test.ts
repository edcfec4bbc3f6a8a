import type { INodeParameters } from 'n8n-workflow';
import type { Fault } from '../../dev/sandbox';
import { passWaits } from '../support/passingTime';
import {
	answer,
	CALL,
	CONTINUES,
	jsons,
	locator,
	pairs,
	RETRY_ON_FAIL,
	SECRETS,
	sharedWorld,
	World,
} from '../support/world';

const world = sharedWorld();
afterEach(() => jest.restoreAllMocks());

const call = { ...CALL, options: { maxRetries: 0 } };

describe('what LiveCall says, in words', () => {
	it.each<[string, Fault, string]>([
		[
			'fields',
			answer(422, { errors: { phone_number: ['is invalid', "can't be blank"] } }),
			"phone number is invalid; phone number can't be blank",
		],
		['a list', answer(422, { errors: ['Nobody is free'] }), 'Nobody is free'],
		['JSON:API', answer(422, { errors: [{ detail: 'Nobody is free' }] }), 'Nobody is free'],
		['an error', answer(400, { error: 'param is missing: call' }), 'param is missing: call'],
		['an error that holds a message', answer(400, { error: { message: 'Bad' } }), 'call: Bad'],
		['a message', answer(400, { message: 'No such thing' }), 'No such thing'],
		[
			"Rails' plainest form",
			answer(422, { phone_number: ['is invalid'] }),
			'phone number is invalid',
		],
		['a bare list', answer(422, ['Nobody is free']), 'Nobody is free'],
		[
			'a title and a detail',
			answer(422, { status: 422, title: 'No', detail: 'Not today' }),
			'call: No; Not today',
		],
		['a bare text', answer(422, '"Nobody is free"', 'application/json'), 'call: Nobody is free'],
		['text that is not JSON', answer(400, 'Nobody is free', 'text/plain'), 'Nobody is free'],
		['nothing', answer(422, {}), 'status 422'],
		['a web page', { kind: 'html', status: 422 }, 'status 422'],
	])('a refusal with %s', async (_, fault, shown) => {
		world.sandbox.faults.always(fault);
		const result = await world.run('call.create', call);
		expect(result.error.name).toBe('NodeApiError');
		expect(result.error.message).toContain('LiveCall refused to place the call');
		expect(result.error.message).toContain(shown);
		expect(result.error.context).toMatchObject({ itemIndex: 0 });
		expect(result.error.description).toMatch(/^Correct what|^LiveCall does not say why/);
		expect(result.error.description).toContain('Nothing was carried out');
	});

	it('keeps its words where n8n would see a system code in them', async () => {
		world.sandbox.faults.always({
			kind: 'status',
			status: 422,
			body: { errors: ['SUPERPERMANENT ECONNRESET'] },
		});
		const result = await world.run('call.create', call);
		expect(result.error.message).toContain('SUPERPERMANENT ECONNRESET');
	});

	it('a refusal that speaks of a filter says what that is', async () => {
		const body = { errors: { filter_id: ['has no working hours'] } };
		world.sandbox.faults.always({ kind: 'status', status: 422, body });
		const result = await world.run('call.create', call);
		expect(result.error.message).toContain('filter id has no working hours');
		expect(result.error.description).toContain('calls a target group');
	});

	const noGroup = 'LiveCall knows no target group "99"';
	const noUser = 'LiveCall knows no user "55"';
	it.each<[number, unknown, string]>([
		[422, { errors: { filter_id: ['must exist'] } }, noGroup],
		[422, { errors: { filter: ['must exist'] } }, noGroup],
		[422, { errors: ['Filter not found'] }, noGroup],
		[422, { errors: ['filter_id is invalid'] }, noGroup],
		[422, { errors: ["Filter with 'id'=99 was not found"] }, noGroup],
		[422, { error: "Couldn't find Filter with 'id'=99" }, noGroup],
		[422, { error: 'The target group could not be found' }, noGroup],
		[422, { errors: { filter: ['7 does not exist'] } }, noGroup],
		[422, { error: 'Target group not found' }, noGroup],
		[422, { error: 'user_id unknown' }, noUser],
		[400, { error: 'Unknown filter' }, noGroup],
		[404, { error: 'Filter 99 was removed' }, noGroup],
		[422, { errors: { user_id: ['must exist'] } }, noUser],
		[422, { errors: { user: ['is invalid'] } }, noUser],
		[422, { message: "Couldn't find User with id=55" }, noUser],
		[404, { error: 'No such user' }, noUser],
	])('what a call needs and is not there: %s with %j', async (status, body, message) => {
		world.sandbox.faults.always({ kind: 'status', status, body });
		const { error } = await world.run('call.create', {
			...call,
			filterId: locator('99'),
			additionalFields: { userId: locator('55') },
		});
		expect(error.message.startsWith(`${message}: `)).toBe(true);
		expect(error.description).toContain(message === noGroup ? '/targeting/ID/' : '/users/ID/');
		expect(error.description).toContain('No call was placed.');
	});

	it.each([
		{ errors: { user: ['is busy'] } },
		{ errors: { phone_number: ['is invalid'] } },
		{ errors: { filter_id: ["can't be used for outbound calls"] } },
		{ errors: { phone_number: ['is invalid for this filter'] } },
		{ errors: { phone_number: ['is invalid for this user'] } },
		{ error: 'Scheduled time not found in the working hours of this filter' },
		{ error: 'This filter takes no calls whose number is unknown' },
		{ errors: { user: { phone_number: ['is invalid'] } } },
		{ error: 'The user has no phone: his number is unknown' },
	])('a refusal for another reason stays one: %j', async (body) => {
		world.sandbox.faults.always({ kind: 'status', status: 422, body });
		const { error } = await world.run('call.create', {
			...call,
			additionalFields: { userId: locator('55') },
		});
		expect(error.message).toContain('LiveCall refused to place the call: ');
	});

	it('what a call needs and is not there, with its IDs and what LiveCall says of it', async () => {
		const body = { error: 'Removed' };
		world.sandbox.faults.always({ kind: 'status', status: 404, body });
		const result = await world.run('call.create', {
			...call,
			filterId: locator('99'),
			additionalFields: { userId: locator('55') },
		});
		expect(result.error.message).toBe(
			'LiveCall knows no target group "99" or no user "55": Removed',
		);
	});

	it('a refusal after a try that may have been carried out', async () => {
		world.sandbox.faults.next({ kind: 'status-after', status: 503 });
		world.sandbox.faults.next({ kind: 'status', status: 401 });
		const result = await world.run('user.update', {
			userId: locator('501'),
			updateFields: { name: 'New Name' },
		});
		expect(result.error.message).toContain('did not accept the API key');
		expect(result.error.description).toContain('An earlier try may have been carried out');
		expect(result.error.description).not.toContain('Nothing was carried out');
	});

	it('a wrong key', async () => {
		const result = await world.run(
			'call.get',
			{ callId: '1' },
			{ credential: { ...world.credential, apiKey: 'wrong' } },
		);
		expect(result.error.message).toContain('did not accept the API key');
		expect(result.error.description).toContain('"API Key"');
		expect(result.error.httpCode).toBe('401');
		// n8n would send a 401 a second time by itself.
		expect(world.seen()).toHaveLength(1);
	});

	it('a key that may not', async () => {
		world.sandbox.faults.always({ kind: 'status', status: 403 });
		const result = await world.run('call.get', { callId: '1' });
		expect(result.error.message).toContain('does not allow this API key to read call "1"');
	});

	it.each<[string, INodeParameters, string, string]>([
		['call.get', { callId: '99' }, 'no call "99"', 'Call ID'],
		['recording.get', { callId: '99' }, 'no recording for call "99"', 'not have been recorded'],
		['recording.download', { callId: '99' }, 'no recording for call "99"', 'not be ready'],
		[
			'filter.checkAvailability',
			{ filterId: locator('99') },
			'no target group "99"',
			'Target Group',
		],
		['user.get', { userId: locator('99') }, 'no user "99"', 'User (Consultant)'],
		[
			'user.update',
			{ userId: locator('99'), updateFields: { name: 'A' } },
			'no user "99"',
			'User (Consultant)',
		],
		['user.delete', { userId: locator('99') }, 'no user "99"', 'User (Consultant)'],
	])('%s of something unknown', async (operation, parameters, message, advice) => {
		const result = await world.run(operation, parameters);
		expect(result.error.message).toContain(message);
		expect(result.error.description).toContain(advice);
	});

	it('call.waitUntilEnded of something unknown, looked for again for 10 s', async () => {
		passWaits();
		const result = await world.run('call.waitUntilEnded', { callId: '99' });
		expect(result.error.message).toContain('no call "99"');
		expect(result.error.description).toContain('Call ID');
		expect(world.seen().length).toBeGreaterThanOrEqual(5);
		expect(world.seen().length).toBeLessThanOrEqual(12);
	});

	it.each<[string, Fault, string]>([
		['a web page', { kind: 'html' }, 'web page instead of data'],
		['cut-off JSON', { kind: 'cut-off-json' }, 'cut off or is not JSON'],
		['a missing wrapper', { kind: 'empty-object' }, 'without "call" with an "id"'],
		['nothing', { kind: 'empty-body' }, 'empty, without "call"'],
		[
			'a redirect',
			{ kind: 'redirect', location: 'http://127.0.0.1:9/elsewhere?secret=1' },
			'redirect (status 302)',
		],
	])('an answer that is %s', async (_, fault, shown) => {
		const known = world.sandbox.calls.add({ status: 'ended' });
		world.sandbox.faults.always(fault);
		const result = await world.run('call.get', { callId: known.id });
		expect(result.error.message).toContain(shown);
		expect(result.error.message).not.toContain('secret');
		expect(result.output).toEqual([]);
		expect(world.seen()).toHaveLength(1);
	});

	const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString();
	it.each<[string, () => string, string | RegExp]>([
		['seconds', () => '120', '120 seconds; the node waits 30 seconds at most. Nothing was carried'],
		['a date', inAnHour, /3[56]\d\d(\.\d)? seconds; the node waits 30 seconds at most/],
		['seconds, few', () => '7', '7 seconds. Nothing was carried out'],
	])('too many requests, with how long LiveCall asked to wait: %s', async (_, retryAfter, said) => {
		world.sandbox.faults.always({ kind: 'status', status: 429, retryAfter: retryAfter() });
		const { error } = await world.run('call.create', call);
		expect(error.message).toContain('too many requests');
		expect(error.description).toMatch(/LiveCall asked to wait /);
		expect(error.description).toMatch(said);
		expect(world.seen()).toHaveLength(1);
	});

	it('a host that does not exist', async () => {
		const credential = { ...world.credential, baseUrl: 'http://livecall.invalid/v1' };
		const result = await world.run('call.create', call, { credential });
		expect(result.error.message).toContain('the address of its host was not found');
	});

	it('a time-out of an answer that comes, but not to its end', async () => {
		const known = world.sandbox.calls.add({ status: 'ended' });
		world.sandbox.faults.always({ kind: 'trickle', everyMs: 50 });
		const result = await world.run('call.get', {
			callId: known.id,
			options: { requestTimeout: 0.3, maxRetries: 0 },
		});
		expect(result.error.message).toContain('did not answer within 0.3 seconds');
	});
});

describe('with On Error', () => {
	it("continue: an expression in the options that fails is its own item's alone", async () => {
		const result = await world.run(
			'call.create',
			{
				...call,
				phoneNumber: '={{ $json.phone }}',
				options: { deduplicationKey: '={{ $json.lead ?? $("Nowhere").first().json.id }}' },
			},
			{
				items: [{ phone: '+49 30 1000001' }, { phone: '+49 30 1000002', lead: 'B' }],
				node: CONTINUES,
			},
		);
		const [first, second] = jsons(result);
		expect(first).toEqual({ error: expect.stringContaining('[item 0]') });
		expect(second).toMatchObject({ phone_number: '+49 30 1000002' });
		expect(pairs(result)).toEqual([0, 1]);
	});

	it('error output: the item that fails comes out there', async () => {
		const { id } = world.sandbox.calls.add({ status: 'ended' });
		const result = await world.run(
			'call.get',
			{ callId: '={{ $json.id }}' },
			{ items: [{ id }, { id: 99 }, { id }], node: { onError: 'continueErrorOutput' } },
		);
		expect(pairs(result)).toEqual([0, 2]);
		expect(result.errorOutput).toHaveLength(1);
		expect(result.errorOutput[0].json.error).toContain('no call "99"');
		expect(result.errorOutput[0].pairedItem).toEqual({ item: 1 });
	});
});

describe('repeats', () => {
	it.each<[string, Fault]>([
		['a lost connection', { kind: 'reset-before' }],
		['a cut answer', { kind: 'cut-connection' }],
		['408', { kind: 'status', status: 408 }],
		['429', { kind: 'status', status: 429, retryAfter: 0 }],
		['503', { kind: 'status', status: 503 }],
	])('a GET goes through after %s', async (_, fault) => {
		const known = world.sandbox.calls.add({ status: 'ended' });
		world.sandbox.faults.next(fault);
		world.sandbox.faults.next(fault);
		const result = await world.run('call.get', { callId: known.id });
		expect(result.failed).toBe(false);
		expect(world.seen()).toHaveLength(3);
	});

	it('waits until the date that LiveCall names', async () => {
		const known = world.sandbox.calls.add({ status: 'ended' });
		// The form has whole seconds only: this is one to two seconds ahead.
		const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000);
		world.sandbox.faults.next({ kind: 'status', status: 503, retryAfter: date.toUTCString() });
		await world.run('call.get', { callId: known.id });
		expect(world.seen()[1].at).toBeGreaterThanOrEqual(date.getTime());
	});

	it('a DELETE that finds nothing on a repeat has succeeded', async () => {
		world.sandbox.faults.next({ kind: 'reset-after' });
		const result = await world.run('user.delete', { userId: locator('501') });
		expect(jsons(result)).toEqual([{ deleted: true }]);
		expect(world.asked()).toEqual(['DELETE /v1/users/501', 'DELETE /v1/users/501']);
	});

	it('a DELETE that a try before has carried out is not missed by the next', async () => {
		world.meetAt(1, { kind: 'status', status: 422 });
		const result = await world.run(
			'user.delete',
			{ userId: locator('={{ $json.id }}') },
			{ items: [{ id: 501 }, { id: 502 }, { id: 503 }], node: RETRY_ON_FAIL },
		);
		expect(jsons(result)).toEqual([{ deleted: true }, { deleted: true }, { deleted: true }]);
		expect(world.asked()).toEqual([501, 502, 502, 503].map((id) => `DELETE /v1/users/${id}`));
	});

	it('a DELETE of which no try heard the end has succeeded where the next finds nothing', async () => {
		let deletions = 0;
		world.sandbox.faults.decide(() => (++deletions < 3 ? { kind: 'reset-after' } : undefined));
		const result = await world.run(
			'user.delete',
			{ userId: locator('501'), options: { maxRetries: 0 } },
			{ node: RETRY_ON_FAIL },
		);
		expect(jsons(result)).toEqual([{ deleted: true }]);
	});
});

describe('secrets', () => {
	it('a raw error of the request library takes neither key nor link along', async () => {
		world.sandbox.faults.always({ kind: 'reset-before' });
		const result = await world.run('call.create', call);
		expect(result.stored).not.toContain(SECRETS.apiKey);
		expect(JSON.stringify(result.error, Object.getOwnPropertyNames(result.error))).not.toContain(
			SECRETS.apiKey,
		);
		expect(result.stored).not.toContain('axios');
	});

	it('are redacted out of what LiveCall says', async () => {
		const body = { error: `No account for ${SECRETS.apiKey} at https://dl.test/x?token=abc.def` };
		world.sandbox.faults.always({ kind: 'status', status: 401, body });
		const result = await world.run('call.get', { callId: '1' });
		expect(result.error.message).toContain('No account for *** at https://dl.test/x?token=***');
		expect(result.stored).not.toContain(SECRETS.apiKey);
		expect(result.stored).not.toContain('abc.def');
	});

	const basic = Buffer.from(`me:${SECRETS.apiKey}`).toString('base64');
	it.each<[string, unknown, string]>([
		['in capitals', { error: SECRETS.apiKey.toUpperCase() }, ': ***'],
		['in base64', { error: `Basic ${basic}` }, ': Basic '],
		['as a field', { errors: { [SECRETS.webhookToken]: ['is unknown'] } }, ': *** is unknown'],
		['in HTML', { error: `no ${SECRETS.apiKey.replace(/-/g, '&#45;')}` }, ': no ***'],
		['across the cut', { error: `${'.'.repeat(190)}${SECRETS.apiKey}` }, `${'.'.repeat(190)}***`],
	])('are redacted in other forms and places: %s', async (_, body, shown) => {
		world.sandbox.faults.always({ kind: 'status', status: 422, body });
		const { error, stored } = await world.run('call.get', { callId: '7' });
		expect(error.message).toContain(shown);
		for (const secret of [...Object.values(SECRETS), basic]) {
			expect(stored.toLowerCase()).not.toContain(secret.slice(4, 14).toLowerCase());
		}
	});

	it('a redirect does not take the key to another host', async () => {
		const other = await World.start();
		const known = world.sandbox.calls.add({ status: 'ended' });
		world.sandbox.faults.always({
			kind: 'redirect',
			location: `${other.sandbox.apiUrl}/calls/${known.id}`,
			status: 307,
		});
		const result = await world.run('call.get', { callId: known.id });
		await other.sandbox.stop();
		expect(result.failed).toBe(true);
		expect(other.sandbox.requests).toEqual([]);
	});
});
