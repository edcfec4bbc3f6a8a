import type { IDataObject, INodeParameters } from 'n8n-workflow';
import {
	CALL_EACH,
	CONTINUES,
	customers,
	jsons,
	locator,
	SECRETS,
	sharedWorld,
} from '../support/world';

const world = sharedWorld();

const call = CALL_EACH;

describe('a success without a call', () => {
	const answers = (body: unknown, contentType?: string) =>
		world.sandbox.faults.always({ kind: 'status', status: 200, body, contentType });

	it.each<[IDataObject, string]>([
		[{ success: false, error: 'Target group is inactive' }, 'Target group is inactive'],
		[{ status: 'error', message: 'Nobody is free' }, 'Nobody is free'],
		[{ errors: { phone_number: ['is blocked'] } }, 'phone number is blocked'],
		[{ call: null, errors: ['Too late', 'Try tomorrow'] }, 'Too late; Try tomorrow'],
	])('is told with the reason that LiveCall gives: %j', async (body, reason) => {
		answers(body);
		const { error } = await world.run('call.create', call, { items: customers(1) });
		expect(error.message).toBe(
			`LiveCall may already have placed this call: LiveCall's answer came without "call" with an "id", and says: ${reason}`,
		);
		expect(error.description).not.toContain('Base URL');
		const read = await world.run('call.get', { callId: '7' });
		expect(read.error.message).toContain(`and says: ${reason}`);
	});

	it.each([{}, { foo: 'bar' }, { success: false }, { call: {} }, { call: [] }])(
		'without a reason is told as it is: %j',
		async (body) => {
			answers(body);
			const { error } = await world.run('call.create', call, { items: customers(1) });
			expect(error.message).toMatch(/came without "call" with an "id"$/);
			expect(error.description).toContain('Base URL');
		},
	);

	it('is told without what it repeats of the key', async () => {
		answers({ error: `no account for ${SECRETS.apiKey}` });
		const { error, stored } = await world.run('call.create', call, { items: customers(1) });
		expect(error.message).toContain('no account for ***');
		expect(stored).not.toContain(SECRETS.apiKey);
	});
});

describe('what LiveCall says of a change whose answer is not documented', () => {
	const changes: Array<[string, INodeParameters]> = [
		['user.update', { userId: locator('501'), updateFields: { name: 'Mary' } }],
		['user.delete', { userId: locator('501') }],
	];

	it.each(changes)('is told in its words where it refuses: %s', async (operation, parameters) => {
		const body = 'Not while a call is on';
		for (const contentType of ['text/plain', 'application/json']) {
			world.sandbox.faults.next({ kind: 'status', status: 422, body, contentType });
			const { error } = await world.run(operation, parameters);
			expect(error.message).toContain(`: ${body}`);
		}
	});

	it.each(changes)(
		'is no success where it says the contrary: %s',
		async (operation, parameters) => {
			for (const body of [
				{ error: 'Locked' },
				{ errors: ['Locked'] },
				{ errors: { base: ['Locked'] } },
				{ success: false, message: 'Locked' },
				{ ok: false, message: 'Locked' },
				{ status: 'error', message: 'Locked' },
				{ user: { id: 501 }, error: 'Locked' },
				{ success: 'false', message: 'Locked' },
				{ status: 422, message: 'Locked' },
			]) {
				world.sandbox.faults.next({ kind: 'status', status: 200, body });
				const { error } = await world.run(operation, parameters);
				expect(error.message).toContain('without a confirmation, and says: ');
				expect(error.message).toContain('Locked');
			}
			expect(world.asked()).not.toContain('GET /v1/users');
		},
	);

	it.each(changes)(
		'is no success where it gives no reason either: %s',
		async (operation, parameters) => {
			for (const body of [
				{ success: false },
				{ success: 'False' },
				{ success: '0' },
				{ success: 'no' },
				{ success: 0 },
				{ ok: 0 },
				{ ok: 'FALSE' },
				{ deleted: false },
				{ deleted: 'false' },
				{ deleted: 0 },
				{ status: 'failed' },
				{ status: 'ERROR' },
				{ status: false },
				{ status: '404 Not Found' },
				{ status: 500 },
				{ code: 422 },
				{ result: 'Failed' },
				{ result: 'failure' },
				{ result: { success: false } },
				{ data: { status: 'error' } },
				{ user: { id: 501, errors: { name: ['is taken'] } } },
				{ user: { id: 501, error: 'is taken' } },
				{ error: true },
				{ errors: [{ code: 7 }] },
				'false',
				'FALSE',
				'failed',
				'Error: locked',
				'0',
			]) {
				world.sandbox.faults.next({ kind: 'status', status: 200, body });
				const { error } = await world.run(operation, parameters);
				expect(error.message).toMatch(/came without a confirmation$/);
			}
		},
	);

	it.each(changes)('is a success where it says so: %s', async (operation, parameters) => {
		for (const body of [
			{ message: 'Done' },
			{ success: true, errors: [] },
			{ errors: { base: [] }, error: null },
			{ error: 'false', errors: 0, success: 'true', ok: 1, deleted: 1 },
			{ status: 'ok', result: 'updated' },
			{ status: 200, code: 0, result: 501 },
			{ status: 'active', code: 'A4' },
			{ success: null, deleted: 'yes', ok: '' },
			{ user: { id: 501, status: 'failed', deleted: false, ok: 0, errors: [] } },
			{ user: { name: 'No Error', code: 404 } },
			{ message: 'No failed calls' },
			'true',
			'OK',
			'',
		]) {
			world.sandbox.faults.next({ kind: 'status', status: 200, body });
			expect((await world.run(operation, parameters)).failed).toBe(false);
		}
	});
});

it.each([
	['a byte order mark', '\ufeff{"call":{"id":7}}', 'application/json'],
	['a byte order mark and blanks', '\ufeff\n {"call":{"id":7}}', 'application/json; charset=utf-8'],
	['blanks around', '\r\n\t{"call":{"id":7}}\n\n', 'application/json'],
	['another type', '{"call":{"id":7}}', 'text/plain'],
])('an answer with %s is read', async (_, body, contentType) => {
	world.sandbox.faults.always({ kind: 'status', status: 200, body, contentType });
	const result = await world.run('call.create', call, { items: customers(1) });
	expect(jsons(result)).toEqual([{ id: 7 }]);
});

it('two items that LiveCall answers with one call come out with it, each paired to its item', async () => {
	const body = { call: { id: 7, phone_number: '+49 30 1000000' } };
	world.sandbox.faults.always({ kind: 'status', status: 201, body });
	const result = await world.run('call.create', call, { items: customers(2) });
	expect(jsons(result)).toEqual([body.call, body.call]);
	expect(result.output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	expect(world.seen()).toHaveLength(2);
});

describe('a wait that is longer than 30 seconds', () => {
	const asks = (status: number, retryAfter: string | number) =>
		world.sandbox.faults.next({ kind: 'status', status, retryAfter });
	const date = () => new Date(Date.now() + 3_600_000).toUTCString();

	it.each<[number, () => string | number]>([
		[429, () => 31],
		[429, date],
		[503, () => 120],
	])(
		'is not waited for, nor is LiveCall asked by the items behind: %s',
		async (status, retryAfter) => {
			asks(status, retryAfter());
			const result = await world.run(
				'call.get',
				{ callId: '={{ $json.id }}', options: { maxConcurrency: 1 } },
				{ items: [{ id: 1 }, { id: 2 }, { id: 3 }], node: CONTINUES },
			);
			expect(world.seen()).toHaveLength(1);
			const [first, ...behind] = jsons(result);
			expect(first.error).toContain(status === 429 ? 'too many requests' : 'status 503');
			for (const { error } of behind)
				expect(error).toMatch(/^LiveCall had asked to wait, for another \d+/);
		},
	);

	it.each([429, 503])('also ends the turn of those that stand in line: %s', async (status) => {
		asks(status, 60);
		const result = await world.run(
			'call.create',
			{ ...call, options: { maxConcurrency: 1 } },
			{ items: customers(4), node: CONTINUES },
		);
		expect(world.seen()).toHaveLength(1);
		expect(
			jsons(result).filter(({ error }) => String(error).includes('was not asked')),
		).toHaveLength(3);
	});

	it('is told with how long it is, and what was not sent is safe to send', async () => {
		asks(429, 90);
		const { error } = await world.run('call.create', call, { items: customers(3) });
		expect(error.description).toContain('LiveCall asked to wait 90 seconds');
		expect(error.description).toContain('Nothing was carried out, so trying again is safe');
		expect(error.description).toContain('Not tried: items 1 to 2');
	});

	it.each([404, 422, 403])(
		'is asked of one item that is refused, not of others: %s',
		async (status) => {
			asks(status, 120);
			const result = await world.run('call.create', call, { items: customers(3), node: CONTINUES });
			expect(world.seen()).toHaveLength(3);
			expect(jsons(result).map(({ error }) => error !== undefined)).toEqual([true, false, false]);
		},
	);

	it('leaves nothing behind that keeps a later try from being sent', async () => {
		asks(429, 90);
		const result = await world.run('call.create', call, {
			items: customers(2),
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});
		expect(result.failed).toBe(false);
		expect(world.sandbox.calls.placed()).toHaveLength(2);
	});

	it.each([0, 1])('is waited for up to that: %s', async (retryAfter) => {
		asks(429, retryAfter);
		const result = await world.run('call.create', call, { items: customers(2) });
		expect(result.failed).toBe(false);
		const [first, second] = world.seen();
		expect(second.at - first.at).toBeGreaterThanOrEqual(retryAfter * 1000);
	});
});

describe('a wait of no time', () => {
	it.each<[string, string | number]>([
		['seconds', 0],
		['seconds that have passed', -1],
		['a date that has passed', 'Thu, 26 Nov 2020 12:00:00 GMT'],
		['the moment of the answer', new Date().toUTCString()],
	])('does not shorten the own one: %s', async (_, retryAfter) => {
		world.sandbox.faults.decide(({ index }) =>
			index < 3 ? { kind: 'status', status: index === 1 ? 503 : 429, retryAfter } : undefined,
		);
		expect((await world.run('call.get', { callId: '1' })).error.message).toContain('no call "1"');
		const [first, second, third, fourth] = world.seen().map(({ at }) => at);
		// A timer may fire a millisecond early.
		expect(second - first).toBeGreaterThanOrEqual(125 - 2);
		expect(third - second).toBeGreaterThanOrEqual(250 - 2);
		expect(fourth - third).toBeGreaterThanOrEqual(500 - 2);
	});
});

describe('the answer to another question', () => {
	const user = locator('501');
	it.each<[string, INodeParameters, IDataObject, string]>([
		['call.get', { callId: '123' }, { call: { id: 456 } }, 'call "123", … another call'],
		['call.get', { callId: '0123' }, { call: { id: 123 } }, 'call "0123", … another call'],
		['call.get', { callId: 'a1' }, { call: { id: 'A1' } }, 'call "a1", … another call'],
		[
			'call.waitUntilEnded',
			{ callId: '123' },
			{ call: { id: '456', status: 'ended' } },
			'call "123", … another call',
		],
		[
			'recording.get',
			{ callId: '123' },
			{ recording: { id: 1, call_id: 456, url: 'https://dl.test/1' } },
			'the recording of call "123", … the recording of another call',
		],
		[
			'recording.download',
			{ callId: '123' },
			{ recording: { id: 123, call_id: '456', url: 'https://dl.test/1' } },
			'the recording of call "123", … the recording of another call',
		],
		[
			'filter.checkAvailability',
			{ filterId: locator('12') },
			{ filter: { id: 13, status: 'available' } },
			'target group "12", … another target group',
		],
		[
			'call.create',
			{ ...call, options: { whenUnavailable: 'skip' } },
			{ filter: { id: 13, status: 'available' } },
			'target group "1", … another target group',
		],
		[
			'user.update',
			{ userId: user, updateFields: { name: 'Mary' } },
			{ user: { id: 502, name: 'Mary' } },
			'user "501", … another user',
		],
		['user.delete', { userId: user }, { user: { id: '502' } }, 'user "501", … another user'],
	])('is none, and nothing comes of it: %s %j', async (operation, parameters, body, about) => {
		world.sandbox.faults.always({ kind: 'status', status: 200, body });
		const { error, output } = await world.run(operation, parameters, { items: customers(1) });
		const [asked, answered] = about.split(', … ');
		expect(error.message).toBe(`Asked about ${asked}, LiveCall answered with ${answered}`);
		expect(error.description).toContain('written as LiveCall writes it');
		expect(error.description).toContain('"Base URL"');
		expect(output).toEqual([]);
		expect(world.sandbox.calls.placed()).toEqual([]);
	});

	it.each<[string, INodeParameters, IDataObject]>([
		['call.get', { callId: '123' }, { call: { id: '123' } }],
		['call.get', { callId: '123' }, { call: { id: 123 } }],
		[
			'recording.get',
			{ callId: '123' },
			{ recording: { id: 456, call_id: '123', url: 'https://dl.test/1' } },
		],
		['recording.get', { callId: '123' }, { recording: { id: 456, url: 'https://dl.test/1' } }],
		['filter.checkAvailability', { filterId: '12' }, { filter: { id: '12', status: 'Available' } }],
		['user.update', { userId: user, updateFields: { name: 'M' } }, { user: { id: '501' } }],
	])('is not meant where the ID is the same as text, or not there: %s %j', async (...asked) => {
		const [operation, parameters, body] = asked;
		world.sandbox.faults.always({ kind: 'status', status: 200, body });
		expect((await world.run(operation, parameters)).failed).toBe(false);
	});
});
