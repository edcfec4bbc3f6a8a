import fc from 'fast-check';
import type { INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { isObject } from '../../nodes/shared/json';
import type { DeliveryOptions } from '../support/delivery';
import { query, sharedTrigger, WRONG_SETTINGS } from '../support/trigger';

jest.setTimeout(300_000);

const { deliver, host, start, world } = sharedTrigger();

const form = 'application/x-www-form-urlencoded';

/** `{"data":{"data":…{"id":5}…}}` */
const nested = (levels: number, open: string, close: string, middle = '{"id":5}') =>
	open.repeat(levels) + middle + close.repeat(levels);

describe.each([true, false])(
	'with verification %s, nothing is thrown and nothing started by',
	(verifyCalls) => {
		it.each<[string, string, string]>([
			['a type that is no text', '{"data":{"type":{"toString":1},"id":5}}', 'application/json'],
			['an event that is no text', '{"event":{"toString":1},"call":{"id":[]}}', 'application/json'],
			['an id that is no text', '{"id":{"toString":1,"valueOf":1}}', 'application/json'],
			['data 8,000 deep', nested(8_000, '{"data":', '}'), 'application/json'],
			['payloads 8,000 deep', nested(8_000, '{"payload":', '}'), 'text/plain'],
			[
				'a call 8,000 deep that looks like a form with boundaries',
				`{"data":{"id":5,"x":${nested(8_000, '[', ']')}},"files":{}}`,
				'application/json',
			],
			['a call 8,000 deep', `{"call":{"id":5,"x":${nested(8_000, '[', ']')}}}`, 'application/json'],
			[
				'attributes 8,000 deep',
				`{"data":{"id":5,"type":"calls","attributes":${nested(8_000, '{"a":', '}')}}}`,
				'text/plain',
			],
			['JSON 100,000 deep', nested(100_000, '[', ']'), 'text/plain'],
			['form keys with thousands of brackets', `call${'[id]'.repeat(8_000)}=5`, form],
			[
				'form keys with thousands of levels',
				`id${'[a]'.repeat(5_000)}=5&id${'[b]'.repeat(5_000)}=6`,
				'text/plain',
			],
			[
				'JSON in JSON in JSON',
				`payload=${JSON.stringify({ payload: JSON.stringify({ payload: '{"payload":"{}"}' }) })}`,
				form,
			],
			['bytes that are no text', '\u0000\uFFFD{"call"', 'text/plain'],
		])('%s', async (_, body, contentType) => {
			start({ verifyCalls });
			const answer = await deliver(body, { contentType });
			expect(answer.status).toBe(400);
			expect(host.errors).toEqual([]);
			expect(host.started).toEqual([]);
			expect(world.seen()).toEqual([]);
		});
	},
);

it.each([
	['one', `call_id=5&x${'[a]'.repeat(5_000)}=1`],
	['several', `x${'[a]'.repeat(50)}=1&call_id=5&y${'[b]'.repeat(21)}=2`],
	['before JSON:API', `data[x]${'[a]'.repeat(5_000)}=1&data[type]=calls&data[id]=5`],
])('form fields with too many levels are left out: %s', async (_, body) => {
	for (const contentType of [form, 'text/plain']) {
		start({ verifyCalls: false });
		expect((await deliver(body, { contentType })).status).toBe(200);
		expect(host.started).toMatchObject([{ verified: false, id: '5' }]);
		for (const value of Object.values(host.started[0])) expect(typeof value).not.toBe('object');
	}
});

describe('a delivery is answered 503, and nothing is started, where', () => {
	it.each<[string, INodeParameters]>([
		['an expression for the verification fails', { verifyCalls: '={{ oops( }}' }],
		['an expression for the outcome fails', { options: { outcome: '={{ oops( }}' } }],
		['an expression for the target groups fails', { options: { filterIds: '={{ oops( }}' } }],
		['an expression for the events fails', { events: '={{ oops( }}' }],
	])('%s', async (_, parameters) => {
		start(parameters);
		const { id } = world.sandbox.calls.add({ status: 'ended' });
		const answer = await deliver({ call: { id } });
		expect(answer.status).toBe(503);
		expect(Number(answer.retryAfter)).toBeGreaterThan(0);
		expect(host.errors).toEqual([]);
		expect(host.started).toEqual([]);
		expect(host.warnings).toEqual([expect.stringContaining('could not be handled')]);
	});
});

/** As an expression that gives the value; what is in a collection has its own. */
function expressed(value: NodeParameterValueType): NodeParameterValueType {
	return isObject(value)
		? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, expressed(inner)]))
		: `={{ ${JSON.stringify(value)} }}`;
}

describe('a setting that an expression gives, and that is wrong, starts nothing and loses no delivery', () => {
	it.each<[string, INodeParameters]>([
		...WRONG_SETTINGS,
		['Outcome', { options: { outcome: null } }],
		['Target Groups', { options: { filterIds: null } }],
		['Verify With LiveCall', { verifyCalls: null }],
	])('%s: %j', async (label, parameters) => {
		start(
			Object.fromEntries(
				Object.entries(parameters).map(([name, value]) => [name, expressed(value)]),
			),
		);
		const { id } = world.sandbox.calls.add({ status: 'ended' });
		const answer = await deliver({ call: { id } });
		expect(answer.status).toBe(503);
		expect(Number(answer.retryAfter)).toBeGreaterThan(0);
		expect(answer.body).not.toContain(label);
		expect(host.started).toEqual([]);
		expect(world.seen()).toEqual([]);
		expect(host.warnings).toEqual([expect.stringContaining(`could not be handled: "${label}" `)]);
	});
});

/** Ids of calls that LiveCall does not know: few, since each costs LiveCall a request. */
const id = fc.constantFrom<unknown>(5, '6', ' 7 ', -8, 'a-b_c');

const odd = fc.oneof(
	{ weight: 3, arbitrary: id },
	{ weight: 3, arbitrary: fc.constantFrom('calls', 'call', 'users', 'call.ended', 'created', '') },
	{ weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
	{
		weight: 1,
		arbitrary: fc.constantFrom({ toString: 1 }, { valueOf: null }, Infinity, -0, 2 ** 60),
	},
);

const KEYS = [
	...['call', 'data', 'payload', 'id', 'call_id', 'callId', 'event', 'type', 'name', 'files'],
	...['attributes', 'status', 'outcome', 'ended_at', 'filter_id', 'custom_fields_data', 'json'],
	...['toString', 'constructor', 'prototype', '__proto__', 'length', 'verified', ''],
];

const { document } = fc.letrec<{ document: unknown; value: unknown }>((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		odd,
		tie('document'),
		tie('document').map((value) => JSON.stringify(value)),
		fc.array(tie('value'), { maxLength: 3 }),
	),
	document: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 5 }),
}));

const formKey = fc
	.tuple(
		fc.constantFrom(...KEYS),
		fc.array(fc.constantFrom(...KEYS.map((key) => `[${key}]`), '[', ']'), { maxLength: 30 }),
	)
	.map(([key, path]) => key + path.join(''));

const formBody = fc
	.array(
		fc.tuple(
			formKey,
			odd.map((value) => JSON.stringify(value) ?? ''),
		),
		{ maxLength: 8 },
	)
	.map((fields) => new URLSearchParams(fields).toString());

const deep = fc
	.tuple(fc.integer({ min: 1, max: 9_000 }), fc.constantFrom(...KEYS))
	.map(([levels, key]) => nested(levels, `{"${key}":`, '}', '5'));

const body = fc.oneof(
	document,
	document.map((value) => JSON.stringify(value)),
	document.map((value) => JSON.stringify(JSON.stringify(value))),
	fc.jsonValue().map((value) => JSON.stringify(value)),
	formBody,
	fc.string({ unit: 'binary' }),
	fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
	{ weight: 1, arbitrary: deep },
);

const options = fc.record<DeliveryOptions>({
	contentType: fc.constantFrom(
		...['application/json', 'text/plain', form, '', 'application/octet-stream', 'application/xml'],
		...[
			'application/vnd.api+json',
			'multipart/form-data; boundary=x',
			'application/json; charset=x',
		],
	),
	query: fc.constantFrom(query, `${query}&id=5`, `?token[]=x&${query.slice(1)}`),
});

const AT_ONCE = 50;
const batch = fc.array(fc.tuple(body, options), { minLength: AT_ONCE, maxLength: AT_ONCE });

/** How many deliveries are made up, in all; DELIVERIES=10000 for a long run. */
const DELIVERIES = Number(process.env.DELIVERIES ?? 1_000);

describe(`${DELIVERIES} deliveries that are made up`, () => {
	it('throw nothing, start nothing, and cost LiveCall at most one request each', async () => {
		const property = fc.asyncProperty(batch, async (deliveries) => {
			const before = world.seen().length;
			const answers = await Promise.all(
				deliveries.map(async ([sent, how]) => await host.deliver(sent, how)),
			);
			expect(host.errors).toEqual([]);
			expect(host.started).toEqual([]);
			expect(answers.filter(({ status }) => ![400, 401, 404, 422].includes(status))).toEqual([]);
			expect(world.seen().length - before).toBeLessThanOrEqual(deliveries.length);
		});
		await fc.assert(property, { numRuns: Math.ceil(DELIVERIES / AT_ONCE) });
	});

	it('throw nothing where nothing is verified, and start what is marked so', async () => {
		start({ verifyCalls: false, options: { ignoreRepeats: false } });
		const property = fc.asyncProperty(batch, async (deliveries) => {
			await Promise.all(deliveries.map(async ([sent, how]) => await host.deliver(sent, how)));
			expect(host.errors).toEqual([]);
			for (const item of host.items) {
				expect(item.json.verified).toBe(false);
				expect(['call.created', 'call.ended']).toContain(item.json.event);
				expect(Object.keys(item)).toEqual(['json']);
			}
			host.items.length = 0;
		});
		await fc.assert(property, { numRuns: Math.ceil(DELIVERIES / AT_ONCE / 10) });
	});
});
