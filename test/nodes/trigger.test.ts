import type { INodeParameters, NodeParameterValue } from 'n8n-workflow';
import { deflateSync, gzipSync } from 'node:zlib';
import type { CallEvent } from '../../nodes/shared/events';
import { asText } from '../support/delivery';
import { query, sharedTrigger, until } from '../support/trigger';
import { SECRETS } from '../support/world';

jest.setTimeout(60_000);

const trigger = sharedTrigger();
const { ended, host, start, world } = trigger;

describe('the token', () => {
	it.each([
		['is missing', ''],
		['is wrong', '?token=wrong'],
		['is cut', `${query.slice(0, -1)}`],
		['comes twice', `${query}&token=${SECRETS.webhookToken}`],
		['has another name', query.replace('token', 'key')],
	])('that %s is turned away before anything is asked', async (_, wrong) => {
		const answer = await host.deliver({ call: { id: ended().id } }, { query: wrong });
		expect(answer.status).toBe(401);
		expect(answer.body).not.toContain(SECRETS.webhookToken);
		expect(host.started).toEqual([]);
		expect(world.sandbox.requests).toEqual([]);
	});

	it('is not asked for when the credential has none', async () => {
		start({}, { credential: { ...world.credential, webhookToken: '' } });
		expect((await host.deliver({ call: { id: ended().id } })).status).toBe(200);
		expect(host.started).toHaveLength(1);
	});
});

describe('a token that an expression makes', () => {
	it('a number of, is that number as text', async () => {
		start({}, { credential: { ...world.credential, webhookToken: 12345 } });
		const payload = { call: { id: ended().id } };
		expect((await host.deliver(payload)).status).toBe(401);
		expect((await host.deliver(payload, { query: '?token=12345' })).status).toBe(200);
		expect(host.started).toHaveLength(1);
	});

	it.each([
		['undefined', undefined],
		['null', null],
	])('%s of, lets nothing in', async (_, webhookToken) => {
		const credential = Object.assign({}, world.credential, { webhookToken });
		start({}, { credential });
		const payload = { call: { id: ended().id } };
		for (const token of ['', '?token=', '?token=undefined', '?token=null']) {
			expect((await host.deliver(payload, { query: token })).status).toBe(401);
		}
		expect(world.sandbox.requests).toEqual([]);
	});
});

describe('a delivery in the form of', () => {
	const form = 'application/x-www-form-urlencoded';
	const json = 'application/json';
	it.each<[string, (id: number) => unknown, string?]>([
		['a call', (id) => ({ call: { id } })],
		['a call with a text for an id', (id) => ({ call: { id: String(id) } })],
		[
			'a form with boundaries, as n8n reads it',
			(id) => ({ data: { 'call[id]': String(id), event: 'call.ended' }, files: {} }),
		],
		[
			'JSON:API',
			(id) => ({ data: { id: String(id), type: 'calls', attributes: { status: 'ended' } } }),
		],
		[
			'JSON:API, as its own type',
			(id) => JSON.stringify({ data: { id: String(id), type: 'calls' } }),
			'application/vnd.api+json',
		],
		['a call_id', (id) => ({ call_id: id })],
		['an id', (id) => ({ id })],
		['an id beside an event', (id) => ({ event: 'call.ended', id })],
		[
			'an event that holds the call',
			(id) => ({ id: 'evt_1', type: 'call.ended', data: { call: { id } } }),
		],
		['a call beside an id of its own', (id) => ({ id: 'evt_1', call: { id } })],
		['JSON as text', (id) => JSON.stringify({ call: { id } }), 'text/plain'],
		[
			'JSON without a type that n8n knows',
			(id) => JSON.stringify({ call: { id } }),
			'application/octet-stream',
		],
		['JSON sent as a form', (id) => JSON.stringify({ call: { id } }), form],
		['form fields', (id) => `call[id]=${id}&event=call.ended`, form],
		['encoded form fields', (id) => `call%5Bid%5D=${id}`, form],
		['form fields after JSON:API', (id) => `data[id]=${id}&data[type]=calls`, form],
		['form fields as text', (id) => `call[id]=${id}`, 'text/plain'],
		['a plain form field', (id) => `call_id=${id}`, form],
		['a call that is an id', (id) => ({ event: 'call.ended', call: id })],
		['a call with a call_id', (id) => ({ call: { call_id: String(id) } })],
		['a call with an id of its own kind', (id) => ({ call: { id: {}, callId: id } })],
		['a callId', (id) => ({ callId: String(id) })],
		['a call in a payload', (id) => ({ payload: { call: { id } } })],
		['an event in a payload', (id) => ({ payload: { event: 'call.ended', id } })],
		['JSON:API in a payload', (id) => ({ payload: { data: { id, type: 'call' } } })],
		['JSON in a form field "payload"', (id) => `payload={"call":{"id":${id}}}`, form],
		['JSON in a form field "call"', (id) => `event=call.ended&call={"id":"${id}"}`, form],
		['JSON in a form field "data"', (id) => `data={"id":"${id}","type":"calls"}`, form],
		['a form field "call"', (id) => `call=${id}`, form],
		['JSON encoded twice', (id) => JSON.stringify(JSON.stringify({ call: { id } }))],
		['text encoded twice', (id) => JSON.stringify(JSON.stringify({ id })), 'text/plain'],
		['JSON after a byte order mark', (id) => `\uFEFF{"call_id": ${id}}`, 'text/plain'],
		['a list of one', (id) => [{ event: 'call.ended', call: { id } }]],
		['HAL', (id) => JSON.stringify({ id, _links: {} }), 'application/hal+json'],
		['a problem type', (id) => JSON.stringify({ call_id: id }), 'application/problem+json'],
		['JSON without a type', (id) => JSON.stringify({ call: { id } }), ''],
		['form fields without a type', (id) => `call[id]=${id}`, ''],
		[
			'an id beside an event and the form of the call',
			(id) => ({ id, type: 'call.ended', custom_fields_data: { first_name: 'Mary' } }),
		],
		['an id beside a nest, without an event', (id) => ({ id, data: { foo: 1 } })],
	])('%s starts the workflow with what LiveCall says', async (_, body, contentType = json) => {
		const call = ended();
		const answer = await trigger.deliver(body(call.id), { contentType });
		expect(answer).toMatchObject({ status: 200, body: 'Accepted' });
		expect(world.asked()).toEqual([`GET /v1/calls/${call.id}`]);
		expect(host.started).toEqual([
			{ event: 'call.ended', verified: true, ...world.sandbox.calls.get(call.id) },
		]);
		expect(JSON.stringify(host.started)).not.toContain(SECRETS.webhookToken);
	});

	it.each<[string, unknown, string?]>([
		['nothing', ''],
		['an empty object', {}],
		['a list of two', [{ id: 1 }, { id: 1 }]],
		['another resource', { data: { id: '1', type: 'users' } }],
		['an id that is none', { call: { id: '../users' } }],
		['an id that is an object', { call: { id: { $ne: 1 } } }],
		['words', 'hello', 'text/plain'],
		['cut-off JSON', '{"call": {"id": 1', 'text/plain'],
		['a form that reaches for a prototype', '__proto__[id]=1&constructor[prototype][id]=1', form],
		[
			"the id of an event's envelope",
			{ id: 'evt_1', type: 'call.ended', data: { object: { id: 7 } } },
		],
		['the number of an envelope', { id: 12, event: 'call.ended', resource: { id: 7 } }],
		['the id beside a list', { id: 12, event: 'call.ended', calls: [{ id: 7 }] }],
		['a list of ids', { call_id: [1, 2] }],
		['a call in too many envelopes', { data: { data: { data: { data: { call_id: 1 } } } } }],
		['two ids in a form', 'call[id]=1&call[id]=2', form],
	])('%s is turned away', async (_, body, contentType = json) => {
		const answer = await trigger.deliver(body, { contentType });
		expect(answer.status).toBe(400);
		expect(host.started).toEqual([]);
		expect(world.sandbox.requests).toEqual([]);
		// Neither what came nor the token is in it.
		const [, bytes] = /delivery of (\d+) bytes was turned away/.exec(host.warnings.join()) ?? [];
		expect(bytes).toBe(String(Buffer.byteLength(asText(body))));
		expect(host.warnings.join()).not.toContain(SECRETS.webhookToken);
	});
});

describe('a delivery that is compressed', () => {
	it.each([
		['gzip', gzipSync],
		['deflate', deflateSync],
	])('with %s is read like any other', async (encoding, compress) => {
		const call = ended();
		const answer = await trigger.deliver(compress(JSON.stringify({ call: { id: call.id } })), {
			headers: { 'Content-Encoding': encoding },
		});
		expect(answer.status).toBe(200);
		expect(host.started).toMatchObject([{ id: call.id }]);
	});
});

describe('verification', () => {
	it('believes LiveCall, not the delivery', async () => {
		const call = ended();
		await trigger.deliver({
			event: 'call.ended',
			verified: 'yes',
			call: { id: call.id, outcome: 'forged', phone_number: '666' },
		});
		expect(host.started[0]).toMatchObject({
			verified: true,
			outcome: 'successful',
			phone_number: call.phone_number,
		});
	});

	it('turns away a call that LiveCall does not know', async () => {
		start({ options: { whenUnverifiable: 'accept' } });
		const answer = await trigger.deliver({ call: { id: 99 } });
		expect(answer.status).toBe(404);
		expect(host.started).toEqual([]);
	});

	it.each([
		['LiveCall is down', { kind: 'status', status: 503, retryAfter: 0 } as const, 'status 503'],
		[
			'LiveCall refuses the key',
			{ kind: 'status', status: 401, body: { error: `No account for ${SECRETS.apiKey}` } } as const,
			'did not accept the API key: No account for ***. Check "API Key"',
		],
		['LiveCall answers a web page', { kind: 'html' } as const, 'Check that "Base URL"'],
		[
			'LiveCall answers with another call',
			{ kind: 'status', status: 200, body: { call: { id: 1 } } } as const,
			'another call',
		],
		[
			'LiveCall asks to wait for long',
			{ kind: 'status', status: 429, retryAfter: 60 } as const,
			'asked to wait 60 seconds',
		],
	])('while %s, answers 503 or takes the delivery as it is', async (_, fault, logged) => {
		const call = ended();
		world.sandbox.faults.always(fault);
		expect((await trigger.deliver({ call: { id: call.id } })).status).toBe(503);
		expect(host.started).toEqual([]);
		expect(host.warnings).toEqual([expect.stringContaining(logged)]);
		// These are fields of the other node.
		expect(host.warnings[0]).not.toMatch(/"(?:Call ID|Max Concurrency)"/);
		for (const secret of Object.values(SECRETS)) expect(host.warnings[0]).not.toContain(secret);

		start({ options: { whenUnverifiable: 'accept' } });
		const answer = await trigger.deliver({
			event: 'call.ended',
			call: { id: call.id, phone_number: '+49', verified: true },
		});
		expect(answer.status).toBe(200);
		expect(host.started).toEqual([
			{ event: 'call.ended', verified: false, id: call.id, phone_number: '+49' },
		]);
	});

	it('says in the log, and not to the sender, that another program has answered', async () => {
		world.sandbox.faults.always({ kind: 'status', status: 404, body: '<html>gone</html>' });
		const answer = await trigger.deliver({ call: { id: ended().id } });
		expect(answer).toMatchObject({ status: 503, body: expect.stringContaining('Another program') });
		expect(host.warnings).toEqual([expect.stringContaining('no call')]);
	});

	it('says in the log when the credential has no usable address', async () => {
		const credential = { ...world.credential, baseUrl: 'api.livecall.io/v1' };
		start({}, { credential });
		expect((await trigger.deliver({ call: { id: 1 } })).status).toBe(503);
		expect(host.warnings).toEqual([expect.stringContaining('"Base URL"')]);
	});

	it.each([
		['as a call', { call: { id: 6, json: { verified: true } } }],
		['by itself', { id: 6, json: { verified: true }, binary: { data: { data: 'aGVsbG8=' } } }],
		['that is no object', { id: 6, json: 5 }],
	])('is not forged by a delivery that looks like an item of n8n: %s', async (_, payload) => {
		start({ verifyCalls: false });
		await trigger.deliver(payload);
		expect(host.items).toEqual([
			{
				json: {
					event: 'call.created',
					verified: false,
					...('call' in payload ? payload.call : payload),
				},
			},
		]);
	});

	it('asks up to three times while LiveCall is down', async () => {
		const call = ended();
		world.sandbox.faults.decide(({ index }) =>
			index < 2 ? { kind: 'status', status: 503 } : undefined,
		);
		expect((await trigger.deliver({ call: { id: call.id } })).status).toBe(200);
		expect(host.started).toMatchObject([{ verified: true, id: call.id }]);
	}, 20_000);

	it('starts the workflow when LiveCall is back', async () => {
		const call = ended();
		world.sandbox.faults.always({ kind: 'status', status: 401 });
		await trigger.deliver({ call: { id: call.id } });
		world.sandbox.faults.clear();
		await trigger.deliver({ call: { id: call.id } });
		expect(host.started).toHaveLength(1);
	});

	it('can be switched off', async () => {
		start({ verifyCalls: false });
		await trigger.deliver({
			data: { id: '8020', type: 'calls', attributes: { status: 'ended', outcome: 'missed' } },
		});
		await trigger.deliver('call[id]=8021&call[phone_number]=123&verified=true', {
			contentType: 'application/x-www-form-urlencoded',
		});
		await trigger.deliver({ id: 8022, type: 'call_created', verified: true, phone_number: '123' });
		await trigger.deliver({ data: { id: '8023', type: 'calls', status: 'ended' } });
		expect(host.started.pop()).toEqual({
			event: 'call.ended',
			verified: false,
			id: '8023',
			status: 'ended',
		});
		expect(host.started).toEqual([
			{ event: 'call.ended', verified: false, id: '8020', status: 'ended', outcome: 'missed' },
			{ event: 'call.created', verified: false, id: '8021', phone_number: '123' },
			{ event: 'call.created', verified: false, id: 8022, phone_number: '123' },
		]);
		expect(world.sandbox.requests).toEqual([]);
	});

	it('asks once for the same call in deliveries that arrive together', async () => {
		const call = ended();
		world.sandbox.faults.always({ kind: 'latency', ms: 100 });
		const answers = await Promise.all(
			Array.from({ length: 5 }, async () => await trigger.deliver({ call: { id: call.id } })),
		);
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
		expect(world.seen()).toHaveLength(1);
		expect(host.started).toHaveLength(1);
	});

	it.each<[string, { event?: string }]>([
		['that says so', { event: 'call.ended' }],
		['that does not name its event', {}],
	])(
		'asks anew for the end of a call, %s, when the question is older than it',
		async (_, named) => {
			const { id } = world.sandbox.calls.add({ status: 'started' });
			world.sandbox.faults.next({ kind: 'latency', ms: 200 });
			const created = trigger.deliver({ event: 'call.created', call: { id } });
			await until('the question about the call that was created', () => world.sandbox.requests[0]);
			world.sandbox.calls.end(id, { outcome: 'missed' });
			const deliver = async () => await trigger.deliver({ ...named, call: { id } });
			await Promise.all([created, deliver(), deliver(), deliver()]);
			expect(host.started).toHaveLength(2);
			expect(host.started).toEqual(
				expect.arrayContaining([
					expect.objectContaining({ event: 'call.created', status: 'started' }),
					expect.objectContaining({ event: 'call.ended', status: 'ended', outcome: 'missed' }),
				]),
			);
			expect(world.seen()).toHaveLength(2);
		},
	);
});

describe('the event', () => {
	/** How payloads may name each event. */
	const NAMES: Record<CallEvent, string[]> = {
		'call.created': ['call.created', 'call_created', 'A call was created', 'created', ' Created '],
		'call.ended': ['call.ended', 'CallEnded', 'CALL ENDED', 'ended'],
	};
	it.each(Object.entries(NAMES))('%s has many names', async (event, names) => {
		const { id } = world.sandbox.calls.add({ status: 'started' });
		start({ options: { ignoreRepeats: false } });
		if (event === 'call.ended') world.sandbox.calls.end(id);
		for (const name of names) await trigger.deliver({ event: name, call: { id } });
		expect(host.started.map((item) => item.event)).toEqual(names.map(() => event));
	});

	it('is not named by a word that ends the same', async () => {
		const { id } = world.sandbox.calls.add({ status: 'started' });
		await trigger.deliver({ event: 'suspended', call: { id } });
		expect(host.started).toMatchObject([{ event: 'call.created' }]);
	});

	it('follows from the call where it is not named', async () => {
		await trigger.deliver({ call: { id: world.sandbox.calls.add({ status: 'started' }).id } });
		await trigger.deliver({ call: { id: ended().id } });
		expect(host.started.map(({ event }) => event)).toEqual(['call.created', 'call.ended']);
	});
});

describe('filters', () => {
	const inGroup1 = { status: 'ended', filter_id: 1 };
	const successful = { status: 'ended', outcome: 'successful' };
	const missed = { status: 'ended', outcome: 'missed' };
	const capitals = { status: 'ENDED', outcome: 'Successful' };
	const open = { status: 'started', outcome: null };
	const groups = (filterIds: NodeParameterValue) => ({ options: { filterIds } });
	const outcome = (wanted: string) => ({ options: { outcome: wanted } });
	const PAGE = 'https://app.livecall.io/targeting/1/edit';

	it.each<[string, INodeParameters, object, boolean]>([
		['another event', { events: ['call.created'] }, { status: 'ended' }, false],
		['the event', { events: ['call.ended'] }, { status: 'ended' }, true],
		['the target group', groups('3, 1'), inGroup1, true],
		['the target group by its address', groups(PAGE), inGroup1, true],
		...['3;1', '3 1', '3\n1', '3,\r\n 1 ;', '=3;{{ 1 }}'].map(
			(filterIds): [string, INodeParameters, object, boolean] => [
				`the target group among ${JSON.stringify(filterIds)}`,
				groups(filterIds),
				inGroup1,
				true,
			],
		),
		['the target group in a list of an expression', groups('={{ [3, 1] }}'), inGroup1, true],
		['all target groups', groups(''), inGroup1, true],
		['another target group', groups('3,11'), inGroup1, false],
		['the outcome', outcome('successful'), successful, true],
		['another outcome', outcome('successful'), missed, false],
		['any other outcome', outcome('unsuccessful'), missed, true],
		['the outcome that is not wanted', outcome('unsuccessful'), successful, false],
		['the outcome in capitals', outcome('successful'), capitals, true],
		['another outcome in capitals', outcome('unsuccessful'), capitals, false],
		['a call without an outcome', outcome('unsuccessful'), open, false],
	])('%s', async (_, parameters, call, starts) => {
		start(parameters);
		const { id } = world.sandbox.calls.add(call);
		expect((await trigger.deliver({ call: { id } })).status).toBe(200);
		expect(host.started).toHaveLength(starts ? 1 : 0);
	});
});

it('a creation of which LiveCall tells late starts nothing where an outcome is chosen', async () => {
	start({ options: { outcome: 'successful' } });
	const { id } = ended();
	const created = { event: 'call.created', call: { id } };
	expect((await trigger.deliver(created)).status).toBe(200);
	expect(host.started).toEqual([]);
});

describe('filters where nothing is verified', () => {
	const onlyEnded = { events: ['call.ended'] };
	const group = { options: { filterIds: '1, 3' } };
	const successful = { options: { outcome: 'successful' } };
	const unsuccessful = { options: { outcome: 'unsuccessful' } };
	it.each<[string, INodeParameters, object, string | undefined]>([
		['the group that it says', group, { call_id: 5, filter_id: 3 }, 'call.created'],
		['another group', group, { call_id: 5, filter_id: '2' }, undefined],
		['no group', group, { call_id: 5 }, 'call.created'],
		['an empty group', group, { call_id: 5, filter_id: null }, 'call.created'],
		['the outcome that it says', successful, ended5({ outcome: 'successful' }), 'call.ended'],
		['another outcome', successful, ended5({ outcome: 'failed' }), undefined],
		['an unwanted outcome', unsuccessful, ended5({ outcome: 'successful' }), undefined],
		['any other outcome', unsuccessful, ended5({ outcome: 'failed' }), 'call.ended'],
		['no outcome', successful, ended5({}), 'call.ended'],
		['no outcome yet', unsuccessful, ended5({ outcome: null }), 'call.ended'],
		['a creation, where an outcome is chosen', successful, { event: 'created', id: 5 }, undefined],
		['a state without an end', successful, { id: 5, status: 'started' }, undefined],
		['a state without an event', onlyEnded, { id: 5, ended_at: '2026-11-26' }, 'call.ended'],
		['another state', onlyEnded, { id: 5, status: 'started' }, undefined],
		['another event', onlyEnded, { event: 'call.created', id: 5 }, undefined],
		['neither event nor state', onlyEnded, { id: 5 }, 'call.ended'],
		['neither, where all events start', {}, { id: 5 }, 'call.created'],
		['neither, where an outcome is chosen', successful, { id: 5 }, 'call.ended'],
		['an outcome without event and state', {}, { id: 5, outcome: 'failed' }, 'call.ended'],
		['the outcome alone', successful, { id: 5, outcome: 'successful' }, 'call.ended'],
		[
			'an outcome, where creations start',
			{ events: ['call.created'] },
			{ id: 5, outcome: 'failed' },
			undefined,
		],
		['another outcome alone', successful, { id: 5, outcome: 'failed' }, undefined],
	])('judge a delivery by what it says: %s', async (_, parameters, payload, event) => {
		start({ verifyCalls: false, ...parameters });
		expect((await trigger.deliver(payload)).status).toBe(200);
		expect(host.started.map((item) => item.event)).toEqual(event === undefined ? [] : [event]);
		for (const item of host.started) expect(item.verified).toBe(false);
	});

	it.each([
		['the outcome', successful, { outcome: 'failed' }, 0],
		['the outcome that it lacks', successful, {}, 1],
		['the group that it lacks', group, {}, 1],
	])('hold while LiveCall cannot be asked, too: %s', async (_, { options }, fields, started) => {
		start({ options: { ...options, whenUnverifiable: 'accept' } });
		world.sandbox.faults.always({ kind: 'status', status: 401 });
		expect((await trigger.deliver(ended5(fields))).status).toBe(200);
		expect(host.started).toHaveLength(started);
	});
});

/** A delivery that says that call 5 has ended. */
function ended5(fields: object): object {
	return { event: 'call.ended', call: { id: 5, ...fields } };
}
