import type { IDataObject } from 'n8n-workflow';
import fc from 'fast-check';
import { readPayload } from '../../nodes/LiveCallTrigger/delivery/payload';

const read = (body: unknown, raw?: string) =>
	readPayload(body, raw === undefined ? undefined : Buffer.from(raw));

/** Objects inside of each other: so many, with a value in the innermost. */
function nested(levels: number, value: unknown): unknown {
	let inner = value;
	for (let level = 0; level < levels; level++) inner = { inner };
	return inner;
}

describe('the id of a call', () => {
	it.each<[string, unknown, string]>([
		['in call.id', { call: { id: 7 } }, '7'],
		['in call.call_id', { call: { call_id: 7 } }, '7'],
		['in call.callId', { call: { callId: 7 } }, '7'],
		['in call', { call: 7 }, '7'],
		['in call, as text', { call: 'abc-1' }, 'abc-1'],
		['in call, as JSON', { call: '{"id": 7}' }, '7'],
		['in call_id', { call_id: '7' }, '7'],
		['in callId', { callId: '7' }, '7'],
		['by itself', { id: 7 }, '7'],
		['by itself, with blanks around', { id: ' 7 ' }, '7'],
		['beside an event', { id: 7, event: 'call.ended' }, '7'],
		['beside form fields', { id: 7, custom_fields_data: { a: 1 } }, '7'],
		['beside an event and form fields', { id: 7, event: 'ended', custom_fields_data: {} }, '7'],
		['beside an event and the target group', { id: 7, event: 'ended', filter: { id: 1 } }, '7'],
		['beside an event and the consultant', { id: 7, type: 'ended', user: { id: 1 } }, '7'],
		['beside an event and the recording', { id: 7, event: 'ended', recording: {} }, '7'],
		['beside an event and nothing', { id: 7, event: 'ended', more: null }, '7'],
		['beside an event, how it ended, and more', { id: 7, event: 'x', outcome: 'a', more: {} }, '7'],
		[
			'beside an event, a target group, and a list',
			{ id: 7, type: 'x', filter_id: 1, more: [] },
			'7',
		],
		['beside more, without an event', { id: 7, more: { a: 1 } }, '7'],
		['in JSON:API', { data: { id: '7', type: 'calls' } }, '7'],
		['in JSON:API, of one', { data: { id: '7', type: 'Call' } }, '7'],
		['in payload', { payload: { call: { id: 7 } } }, '7'],
		['in payload, as JSON', { payload: '{"call": {"id": 7}}' }, '7'],
		['in data, as JSON', { data: '{"call_id": 7}' }, '7'],
		['in three envelopes', { data: { data: { payload: { call: { id: 7 } } } } }, '7'],
		['in payload before data', { payload: { call: { id: 7 } }, data: { call: { id: 8 } } }, '7'],
		['in payload with a type', { payload: { type: 'call.ended', call: { id: 7 } } }, '7'],
		['in call before call_id', { call: { id: 7 }, call_id: 8 }, '7'],
		['in JSON:API before call_id', { data: { id: 7, type: 'calls' }, call_id: 8 }, '7'],
		['in call_id before an envelope', { call_id: 7, data: { call: { id: 8 } } }, '7'],
		['in an envelope before its own', { id: 7, data: { call: { id: 8 } } }, '8'],
		['after an id that is none', { call: { id: '../7', call_id: 8 } }, '8'],
		['after an empty call', { call: {}, call_id: 8 }, '8'],
		['of zero', { id: 0 }, '0'],
		['in a list of one', [{ call: { id: 7 } }], '7'],
		['in a list of one, in an envelope', { data: [{ id: 7, type: 'calls' }] }, '7'],
		['in a list of one, as text', ['{"call": {"id": 7}}'], '7'],
	])('stands %s', (_, body, callId) => {
		expect(read(body)?.callId).toBe(callId);
	});

	it.each<[string, unknown]>([
		['nothing', undefined],
		['null', null],
		['a number', 7],
		['an empty list', []],
		['a list of two', [{ id: 7 }, { id: 7 }]],
		['a list in a list', [[{ id: 7 }]]],
		['an empty object', {}],
		['another resource', { data: { id: 7, type: 'users' } }],
		['a resource that begins the same', { data: { id: 7, type: 'callsigns' } }],
		['a resource that ends the same', { data: { id: 7, type: 'recalls' } }],
		['another resource that holds a call', { data: { type: 'users', call: { id: 7 } } }],
		['an event around something else', { id: 7, event: 'call.ended', more: { a: 1 } }],
		['an event around a list', { id: 7, type: 'call.ended', more: [] }],
		['four envelopes', { data: { data: { data: { data: { call: { id: 7 } } } } } }],
		['an id that is none', { id: '../7' }],
		['an id that is too long', { id: 'a'.repeat(65) }],
		['an id that stands for nothing', { id: 'undefined' }],
		['an id that is rounded', { id: 2 ** 53 }],
		['an id with a fraction', { id: 7.5 }],
		['a list of ids', { id: [7] }],
		['an empty id', { id: '' }],
		['JSON that is cut off', { payload: '{"call": {"id": 7' }],
	])('is not in %s', (_, body) => {
		expect(read(body)).toBeUndefined();
	});

	it('is not looked for deeper than a call can be', () => {
		expect(read(JSON.stringify({ id: 7, more: nested(18, 1) }))?.callId).toBe('7');
		expect(read(JSON.stringify({ id: 7, more: nested(19, 1) }))).toBeUndefined();
		expect(read({ id: 7, more: nested(19, 1) })).toBeUndefined();
		expect(read({ call: nested(1_000, 7) })).toBeUndefined();
		expect(read({ data: { id: 7, more: nested(19, 1) }, files: {} })).toBeUndefined();
	});
});

describe('the body', () => {
	const call = '{"call": {"id": 7}}';
	it.each<[string, unknown, string | undefined]>([
		['JSON as text', call, undefined],
		['JSON as text, encoded twice', JSON.stringify(call), undefined],
		['JSON after a byte order mark', `\uFEFF${call}`, undefined],
		['bytes of a type that n8n does not read', {}, call],
		['bytes where the text is empty', '', call],
		['bytes where nothing was read', undefined, call],
		['JSON as the key of a form', { [call]: '' }, call],
		['JSON as the key of a form, after a blank', { [` ${call}`]: '' }, call],
		['a form as text', 'call[id]=7&event=call.ended', undefined],
		['a form in bytes', {}, 'call%5Bid%5D=7'],
		['form fields', { 'call[id]': '7' }, undefined],
		['a form with JSON in a field', 'payload=%7B%22call%22%3A%7B%22id%22%3A7%7D%7D', undefined],
		['a list of one as text', `[${call}]`, undefined],
		['a list of one in bytes', {}, `[${call}]`],
		['a list of one as the key of a form', { [`[ ${call}]`]: '' }, `[ ${call}]`],
		['a form with boundaries', { data: { 'call[id]': '7' }, files: {} }, undefined],
	])('may be %s', (_, body, raw) => {
		expect(read(body, raw)?.callId).toBe('7');
	});

	it.each<[string, unknown, string | undefined]>([
		['a text that is none', 'hello', undefined],
		['a number as text', '7', undefined],
		['a list of two as text', '[{"id": 7}, {"id": 7}]', undefined],
		['a list as text, encoded twice', '"[7]"', undefined],
		['a form without an id', 'a=b', undefined],
		['bytes that are not known as such', {}, undefined],
	])('is not %s', (_, body, raw) => {
		expect(read(body, raw)).toBeUndefined();
	});

	it('is text before it is bytes', () => {
		expect(read(call, '{"call": {"id": 8}}')?.callId).toBe('7');
	});

	it('is no bytes where it is an object', () => {
		expect(readPayload({}, call)).toBeUndefined();
	});
});

describe('fields of a form', () => {
	it.each<[string, IDataObject, IDataObject]>([
		[
			'one inside another',
			{ 'call[id]': '7', 'call[status]': 'ended' },
			{ id: '7', status: 'ended' },
		],
		['deeper', { 'call[id]': '7', 'call[a][b]': 'c' }, { id: '7', a: { b: 'c' } }],
		[
			'deeper, one after the other',
			{ 'call[id]': '7', 'call[a][b]': 'c', 'call[a][d]': 'e' },
			{ id: '7', a: { b: 'c', d: 'e' } },
		],
		[
			'one that stands in the way',
			{ 'call[a]': 'x', 'call[a][b]': 'c', 'call[id]': '7' },
			{ a: { b: 'c' }, id: '7' },
		],
		['a list', { 'call[id]': '7', 'call[tags][0]': 'a' }, { id: '7', tags: { 0: 'a' } }],
	])('%s', (_, body, fields) => {
		expect(read(body)?.fields).toEqual(fields);
	});

	it.each(['call[]', 'call[id', 'call]id[', '[id]', 'call[[id]]', 'call[id]x', 'x]call[id]'])(
		'%s is a name like any other',
		(name) => {
			expect(read({ [name]: 8, id: '7' })?.fields).toEqual({ [name]: 8, id: '7' });
		},
	);

	it.each([
		'__proto__[id]',
		'constructor[prototype][id]',
		'a[__proto__][id]',
		'prototype',
		'constructor',
	])('%s is left out', (name) => {
		const fields = read(`${encodeURIComponent(name)}=8&id=7`)?.fields;
		expect(fields).toEqual({ id: '7' });
		expect(Object.prototype).not.toHaveProperty('id');
	});

	it('that go deeper than a call can are left out', () => {
		const path = (levels: number) => `a${'[b]'.repeat(levels - 1)}`;
		expect(read({ [path(19)]: 1, id: 7 })?.fields).toHaveProperty('a');
		expect(read({ [path(21)]: 1, id: 7 })?.fields).toEqual({ id: 7 });
	});
});

describe('what is kept of a call', () => {
	it.each<[string, IDataObject, IDataObject]>([
		['its fields', { call: { id: 7, status: 'x' }, more: 1 }, { id: 7, status: 'x' }],
		['the id under its usual name', { call: { call_id: 7 } }, { call_id: 7, id: 7 }],
		[
			'what JSON:API says of it, not of the document',
			{
				data: {
					id: '7',
					type: 'calls',
					attributes: { status: 'x' },
					relationships: {},
					links: {},
					meta: {},
				},
			},
			{ id: '7', status: 'x' },
		],
		[
			'an id of its own before an attribute',
			{ data: { id: '7', type: 'calls', attributes: { id: 8 } } },
			{ id: '7' },
		],
		[
			'what stands beside call_id',
			{ call_id: 7, status: 'x', event: 'e', type: 't', name: 'n', data: 1, payload: 2 },
			{ call_id: 7, id: 7, status: 'x' },
		],
		[
			'what stands beside its id',
			{ id: 7, status: 'x', event: 'e', name: 'n' },
			{ id: 7, status: 'x' },
		],
		[
			'no attributes that are none',
			{ data: { id: '7', type: 'calls', attributes: 'x' } },
			{ id: '7' },
		],
	])('%s', (_, body, fields) => {
		expect(read(body)?.fields).toEqual(fields);
	});
});

describe('the event', () => {
	it.each<[string, string | undefined]>([
		['call.ended', 'call.ended'],
		['call_created', 'call.created'],
		['CallEnded', 'call.ended'],
		['Call Created', 'call.created'],
		['ENDED', 'call.ended'],
		[' created ', 'call.created'],
		['calls/ended', 'call.ended'],
		['suspended', undefined],
		['recreated', undefined],
		['call.ended.twice', undefined],
		['endedness', undefined],
		['', undefined],
	])('named %j is %s', (name, event) => {
		for (const key of ['event', 'type', 'name']) {
			expect(read({ [key]: name, call: { id: 7 } })?.event).toBe(event);
		}
	});

	it('is named on the outside before the inside', () => {
		const body = { event: 'call.created', payload: { event: 'call.ended', call: { id: 7 } } };
		expect(read(body)?.event).toBe('call.created');
		expect(read({ payload: { event: 'call.ended', call: { id: 7 } } })?.event).toBe('call.ended');
	});

	it('is the first that is one', () => {
		expect(read({ event: 'x', type: 'call.ended', call: { id: 7 } })?.event).toBe('call.ended');
		expect(read({ event: 7, name: 'created', call: { id: 7 } })?.event).toBe('call.created');
		expect(read({ event: 'created', name: 'ended', call: { id: 7 } })?.event).toBe('call.created');
	});

	it('follows from a call that has ended, and is not known of another', () => {
		expect(read({ call: { id: 7, status: 'ended' } })?.event).toBe('call.ended');
		expect(read({ call: { id: 7, ended_at: '2026-11-26' } })?.event).toBe('call.ended');
		expect(read({ call: { id: 7, status: 'started' } })?.event).toBeUndefined();
		expect(read({ event: 'created', call: { id: 7, status: 'ended' } })?.event).toBe(
			'call.created',
		);
	});
});

it('never throws, and never gives an id that is none', () => {
	fc.assert(
		fc.property(fc.anything(), fc.oneof(fc.string(), fc.json()), (body, raw) => {
			const payload = read(body, raw);
			expect(payload?.callId ?? 'none').toMatch(/^[\w-]{1,64}$/);
		}),
	);
});
