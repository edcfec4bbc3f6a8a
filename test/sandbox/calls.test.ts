import { ask, fieldsOf, receiverOf, sandboxWith, stopAll, stoppedClock, until } from './helpers';

afterEach(stopAll);

const CALL_FIELDS = [
	'created_at',
	'custom_fields_data',
	'duration',
	'ended_at',
	'filter_id',
	'id',
	'initiated_at',
	'outcome',
	'phone_number',
	'scheduled_for',
	'started_at',
	'status',
	'user_id',
];
const WANTED = { filter_id: 1, phone_number: '+1 (222) 222 2222' };

describe('POST /calls', () => {
	it('places a call and answers its documented fields', async () => {
		const sandbox = await sandboxWith();
		const got = await ask(sandbox, 'POST', '/calls', { call: { ...WANTED, user_id: 502 } });
		expect(got.status).toBe(201);
		expect(got.json).toEqual({
			call: {
				id: expect.any(Number),
				filter_id: 1,
				user_id: 502,
				phone_number: '+1 (222) 222 2222',
				scheduled_for: null,
			},
		});
		expect(sandbox.calls.placed()).toMatchObject([{ id: got.at('call', 'id'), user_id: 502 }]);
	});

	it('places one call for each request: a repeat rings twice', async () => {
		const sandbox = await sandboxWith();
		await ask(sandbox, 'POST', '/calls', { call: WANTED });
		await ask(sandbox, 'POST', '/calls', { call: WANTED });
		expect(new Set(sandbox.calls.placed().map(({ id }) => id)).size).toBe(2);
	});

	it('takes ids as text', async () => {
		const sandbox = await sandboxWith();
		const call = { ...WANTED, filter_id: '1', user_id: '501' };
		const got = await ask(sandbox, 'POST', '/calls', { call });
		expect(got.json).toMatchObject({ call: { filter_id: 1, user_id: 501 } });
	});

	it('passes over fields that are not documented', async () => {
		const sandbox = await sandboxWith();
		const call = { ...WANTED, status: 'ended', custom_fields_data: { a: 1 } };
		await ask(sandbox, 'POST', '/calls', { call });
		expect(sandbox.calls.placed()).toMatchObject([{ status: 'created', custom_fields_data: {} }]);
	});

	it.each([
		['no fields', { filter_id: undefined, phone_number: undefined }, ['filter_id', 'phone_number']],
		['a blank number', { phone_number: ' ' }, ['phone_number']],
		['a number of letters', { phone_number: 'call me' }, ['phone_number']],
		['too few digits', { phone_number: '123456' }, ['phone_number']],
		['too many digits', { phone_number: '+1234567890123456' }, ['phone_number']],
		['a number that is no text', { phone_number: 441231231 }, ['phone_number']],
		['an unknown filter', { filter_id: 99 }, ['filter_id']],
		['a filter that is no id', { filter_id: 'Sales' }, ['filter_id']],
		['an unknown user', { user_id: 99 }, ['user_id']],
		['a time without offset', { scheduled_for: '2030-01-01T10:00:00' }, ['scheduled_for']],
		['a time in other words', { scheduled_for: 'tomorrow' }, ['scheduled_for']],
		['a day that is not', { scheduled_for: '2030-02-30T10:00:00Z' }, ['scheduled_for']],
		['a time as a number', { scheduled_for: 1893456000 }, ['scheduled_for']],
	])('refuses %s with 422', async (_what, fields, wrong) => {
		const sandbox = await sandboxWith();
		const call = { ...WANTED, note: 'x', ...fields };
		const got = await ask(sandbox, 'POST', '/calls', { call });
		expect(got.status).toBe(422);
		expect(fieldsOf(got.json)).toEqual(['errors']);
		expect(fieldsOf(got.at('errors'))).toEqual(wrong);
		expect(sandbox.calls.all()).toEqual([]);
	});

	it('says what is wrong as Rails does', async () => {
		const sandbox = await sandboxWith();
		const got = await ask(sandbox, 'POST', '/calls', { call: { filter_id: 1 } });
		expect(got.json).toEqual({ errors: { phone_number: ["can't be blank"] } });
	});

	it.each([WANTED, { calls: WANTED }, { call: {} }, { call: [] }, [], '', 'call=1'])(
		'refuses a body without its wrapper with 400: %j',
		async (body) => {
			const sandbox = await sandboxWith();
			expect((await ask(sandbox, 'POST', '/calls', body)).status).toBe(400);
			expect(sandbox.calls.all()).toEqual([]);
		},
	);
});

describe('GET /calls/:id', () => {
	it('answers exactly the documented fields, times with an offset', async () => {
		const { now } = stoppedClock();
		const sandbox = await sandboxWith({ now });
		const { id } = sandbox.calls.add({
			status: 'ended',
			duration: 13.528892,
			phone_number: '+44 123123123',
			custom_fields_data: { first_name: 'Mary', email: 'mary@example.com' },
		});
		const got = await ask(sandbox, 'GET', `/calls/${id}`);
		expect(got.status).toBe(200);
		expect(fieldsOf(got.json)).toEqual(['call']);
		expect(fieldsOf(got.at('call'))).toEqual(CALL_FIELDS);
		expect(got.at('call')).toMatchObject({
			id,
			status: 'ended',
			outcome: 'successful',
			user_id: 501,
			filter_id: 1,
			scheduled_for: null,
			ended_at: '2026-07-17T14:43:38.586+02:00',
			duration: 13.528892,
			custom_fields_data: { first_name: 'Mary', email: 'mary@example.com' },
		});
	});

	it.each(['1', 'abc', '0', '-1', '1e3', '99999999999999999999'])(
		'finds no call %s',
		async (id) => {
			const sandbox = await sandboxWith();
			expect((await ask(sandbox, 'GET', `/calls/${id}`)).status).toBe(404);
		},
	);

	it('follows a call through its stages, as the clock passes', async () => {
		const clock = stoppedClock();
		const sandbox = await sandboxWith({ now: clock.now, stageMs: 1500 });
		const placed = await ask(sandbox, 'POST', '/calls', { call: WANTED });
		const call = async () =>
			(await ask(sandbox, 'GET', `/calls/${placed.at('call', 'id')}`)).at('call');
		expect(await call()).toMatchObject({
			status: 'created',
			outcome: null,
			user_id: null,
			created_at: '2026-07-17T14:43:38.586+02:00',
			initiated_at: null,
			started_at: null,
			ended_at: null,
			duration: null,
		});
		clock.pass(1499);
		expect(await call()).toMatchObject({ status: 'created' });
		clock.pass(1);
		expect(await call()).toMatchObject({
			status: 'initiated',
			user_id: 501,
			initiated_at: '2026-07-17T14:43:40.086+02:00',
			started_at: null,
		});
		clock.pass(1500);
		expect(await call()).toMatchObject({ status: 'started', outcome: null, ended_at: null });
		clock.pass(1500);
		expect(await call()).toMatchObject({
			status: 'ended',
			outcome: 'successful',
			started_at: '2026-07-17T14:43:41.586+02:00',
			ended_at: '2026-07-17T14:43:43.086+02:00',
			duration: 1.5,
		});
	});

	it('keeps its times when the clock leaps over all stages', async () => {
		const clock = stoppedClock();
		const sandbox = await sandboxWith({ now: clock.now, stageMs: 1500 });
		await ask(sandbox, 'POST', '/calls', { call: WANTED });
		clock.pass(3_600_000);
		expect(sandbox.calls.placed()).toMatchObject([
			{ status: 'ended', ended_at: '2026-07-17T14:43:43.086+02:00', duration: 1.5 },
		]);
	});

	it('ends without an answer where the number ends in 0', async () => {
		const clock = stoppedClock();
		const sandbox = await sandboxWith({ now: clock.now, stageMs: 1500 });
		await ask(sandbox, 'POST', '/calls', { call: { ...WANTED, phone_number: '+1 222-222 (10)' } });
		clock.pass(3000);
		const [call] = sandbox.calls.placed();
		expect(call).toMatchObject({
			status: 'ended',
			outcome: 'failed',
			started_at: null,
			duration: 0,
		});
		expect((await ask(sandbox, 'GET', `/calls/${call?.id}/recording`)).status).toBe(404);
	});

	it('gives calls at the same time to different users', async () => {
		const clock = stoppedClock();
		const sandbox = await sandboxWith({ now: clock.now, stageMs: 1500 });
		for (let i = 0; i < 4; i++) await ask(sandbox, 'POST', '/calls', { call: WANTED });
		clock.pass(1500);
		const users = sandbox.calls.all().map((call) => call.user_id);
		expect(users).toEqual([501, 502, 503, 504]);
	});

	it('gives calls one after the other to one user after the other', async () => {
		const clock = stoppedClock();
		const sandbox = await sandboxWith({ now: clock.now, stageMs: 1500 });
		for (let i = 0; i < 5; i++) {
			await ask(sandbox, 'POST', '/calls', { call: WANTED });
			clock.pass(60_000);
		}
		const users = sandbox.calls.all().map((call) => call.user_id);
		expect(users).toEqual([501, 502, 503, 504, 501]);
	});

	it('goes to whoever is free before anybody has two', async () => {
		const { calls, users } = await sandboxWith();
		users.remove(503);
		users.remove(504);
		const call = () => calls.place({ ...WANTED, scheduledForMs: null, user_id: null }, 'api');
		const asked = calls.place({ ...WANTED, scheduledForMs: null, user_id: 501 }, 'api');
		expect(calls.step(asked.id).user_id).toBe(501);
		expect(calls.step(call().id).user_id).toBe(501);
		expect(calls.step(call().id).user_id).toBe(502);
	});

	it('keeps a scheduled call until its time', async () => {
		const clock = stoppedClock(Date.UTC(2030, 0, 1, 8, 59, 0));
		const sandbox = await sandboxWith({ now: clock.now, stageMs: 1500 });
		const call = { ...WANTED, scheduled_for: '2030-01-01T03:00:00-06:00' };
		const placed = await ask(sandbox, 'POST', '/calls', { call });
		expect(placed.at('call', 'scheduled_for')).toBe('2030-01-01T10:00:00.000+01:00');
		clock.pass(59_999);
		expect(sandbox.calls.placed()).toMatchObject([{ status: 'created' }]);
		clock.pass(1);
		expect(sandbox.calls.placed()).toMatchObject([
			{ status: 'initiated', initiated_at: '2030-01-01T10:00:00.000+01:00' },
		]);
	});

	it('moves on by itself, in real time', async () => {
		const sandbox = await sandboxWith({ stageMs: 10 });
		const hook = await receiverOf();
		sandbox.webhooks.subscribe({ event: 'call.ended', url: hook.url });
		await ask(sandbox, 'POST', '/calls', { call: WANTED });
		// The delivery comes from the timer alone: nobody has read the call.
		await until('the end is delivered', () => hook.received.length === 1);
		expect(sandbox.calls.placed()).toMatchObject([{ status: 'ended', duration: 0.01 }]);
	});

	it('stays as it is without stages, and moves by hand', async () => {
		const clock = stoppedClock();
		const sandbox = await sandboxWith({ now: clock.now });
		const got = await ask(sandbox, 'POST', '/calls', { call: WANTED });
		const id = Number(got.at('call', 'id'));
		clock.pass(86_400_000);
		expect(sandbox.calls.get(id)?.status).toBe('created');
		const stages = [1, 2, 3, 4].map(() => sandbox.calls.step(id).status);
		expect(stages).toEqual(['initiated', 'started', 'ended', 'ended']);
	});
});

describe('the book of calls', () => {
	it('gives copies: what a test does to them changes nothing', async () => {
		const { calls } = await sandboxWith();
		const added = calls.add({ custom_fields_data: { a: 1 } });
		added.status = 'ended';
		added.custom_fields_data.a = 2;
		expect(calls.get(added.id)).toMatchObject({ status: 'created', custom_fields_data: { a: 1 } });
	});

	it('ends a call with what it is told, once', async () => {
		const { calls } = await sandboxWith();
		const { id } = calls.add({ status: 'started' });
		expect(calls.end(id, { outcome: 'busy', duration: 2.5 })).toMatchObject({
			status: 'ended',
			outcome: 'busy',
			duration: 2.5,
			ended_at: expect.any(String),
		});
		expect(calls.recordingOf(id)).toBeUndefined();
		expect(() => calls.end(id)).toThrow('has ended already');
		expect(() => calls.end(1)).toThrow('no call 1');
	});

	it('does not count added calls among the placed ones', async () => {
		const { calls } = await sandboxWith();
		calls.add({ status: 'ended' });
		expect(calls.all()).toHaveLength(1);
		expect(calls.placed()).toEqual([]);
	});

	it('moves thousands of calls at once without losing time', async () => {
		const clock = stoppedClock();
		const { calls } = await sandboxWith({ now: clock.now, stageMs: 1000 });
		const request = { ...WANTED, scheduledForMs: null, user_id: null };
		for (let i = 0; i < 3000; i++) calls.place(request, 'api');
		clock.pass(3000);
		expect(calls.all().every(({ status }) => status === 'ended')).toBe(true);
	});
});
