import { ask, fieldsOf, sandboxWith, stopAll, stoppedClock } from './helpers';

afterEach(stopAll);

const HOUR = 3_600_000;

describe('GET /filters/:id', () => {
	it('answers exactly the documented fields', async () => {
		const sandbox = await sandboxWith();
		const got = await ask(sandbox, 'GET', '/filters/1');
		expect(got.status).toBe(200);
		expect(fieldsOf(got.json)).toEqual(['filter']);
		expect(fieldsOf(got.at('filter'))).toEqual(['available_call_times', 'id', 'status']);
	});

	it('begins with groups that are there, that come later, never, and every five minutes', async () => {
		for (let hour = 0; hour < 24; hour++) {
			const { now } = stoppedClock(Date.UTC(2026, 2, 1, hour, 59, 59));
			const { filters } = await sandboxWith({ now });
			const [sales, support, closed, list] = filters.all();
			expect(sales?.status).toBe('available');
			expect(support?.status).toBe('unavailable');
			const later = (support?.available_call_times ?? []).map((time) => Date.parse(time));
			expect(later.length).toBeGreaterThan(0);
			expect(Math.min(...later)).toBeGreaterThan(now() + HOUR);
			expect(closed).toMatchObject({ status: 'unavailable', available_call_times: [] });
			const [first, second] = (list?.available_call_times ?? []).map((time) => Date.parse(time));
			expect(first).toBe(now() + 1000);
			expect(second).toBe(now() + 1000 + 5 * 60_000);
			await stopAll();
		}
	});

	it('is available during working hours, past midnight too', async () => {
		const clock = stoppedClock(Date.UTC(2026, 2, 1, 21, 59, 59));
		const sandbox = await sandboxWith({ now: clock.now });
		sandbox.filters.add({ id: 7, hours: [{ fromMinute: 22 * 60, toMinute: 60 }] });
		const filter = async () => (await ask(sandbox, 'GET', '/filters/7')).at('filter');
		expect(await filter()).toMatchObject({ id: 7, status: 'unavailable' });
		clock.pass(1000);
		expect(await filter()).toMatchObject({ status: 'available' });
		clock.pass(3 * HOUR - 1);
		expect(await filter()).toMatchObject({ status: 'available' });
		clock.pass(1);
		expect(await filter()).toMatchObject({
			status: 'unavailable',
			available_call_times: expect.arrayContaining([
				'2026-03-02T22:00:00Z',
				'2026-03-02T23:00:00Z',
			]),
		});
	});

	it('gives times that are still to come, soonest first, as the docs write them', async () => {
		const { now } = stoppedClock();
		const sandbox = await sandboxWith({ now });
		const times = sandbox.filters.get(1)?.available_call_times ?? [];
		expect(times[0]).toBe('2026-07-17T13:00:00Z');
		expect(times).toEqual([...new Set(times)].sort());
	});

	it('says what a test pins, until that is let go', async () => {
		const sandbox = await sandboxWith();
		const pinned = {
			status: 'unavailable',
			available_call_times: ['2030-01-01T11:00:00Z'],
		} as const;
		sandbox.filters.set(1, { ...pinned, available_call_times: [...pinned.available_call_times] });
		expect((await ask(sandbox, 'GET', '/filters/1')).json).toEqual({
			filter: { id: 1, ...pinned },
		});
		sandbox.filters.set(1, {});
		expect(sandbox.filters.get(1)?.status).toBe('available');
		expect(() => sandbox.filters.set(99, {})).toThrow('no filter 99');
	});

	it('finds no unknown filter', async () => {
		const sandbox = await sandboxWith();
		expect((await ask(sandbox, 'GET', '/filters/99')).status).toBe(404);
		expect((await ask(sandbox, 'GET', '/filters/sales')).status).toBe(404);
	});
});

describe('users', () => {
	const ada = { name: 'Ada', phone_number: '+44 123 123123' };

	it('are listed with exactly the documented fields', async () => {
		const sandbox = await sandboxWith();
		const got = await ask(sandbox, 'GET', '/users');
		expect(got.status).toBe(200);
		expect(fieldsOf(got.json)).toEqual(['users']);
		expect(got.json).toEqual({ users: sandbox.users.all() });
		expect(sandbox.users.all()).toHaveLength(4);
		for (const user of sandbox.users.all()) {
			expect(user).toEqual({
				id: expect.any(Number),
				name: expect.stringMatching(/\w/),
				phone_number: expect.stringMatching(/^\+\d{7,15}$/),
			});
		}
	});

	it('are created', async () => {
		const sandbox = await sandboxWith();
		const got = await ask(sandbox, 'POST', '/users', { user: ada });
		expect(got.status).toBe(201);
		expect(got.json).toEqual({ user: { id: expect.any(Number), ...ada } });
		expect(sandbox.users.get(Number(got.at('user', 'id')))).toEqual(got.at('user'));
	});

	it.each([
		[{ name: 'Ada' }, { phone_number: ["can't be blank"] }],
		[{ phone_number: '+44 123123123' }, { name: ["can't be blank"] }],
		[
			{ name: '', phone_number: 'x' },
			{ name: ["can't be blank"], phone_number: ['is invalid'] },
		],
	])('are not created from %j', async (user, errors) => {
		const sandbox = await sandboxWith();
		const got = await ask(sandbox, 'POST', '/users', { user });
		expect(got.status).toBe(422);
		expect(got.json).toEqual({ errors });
		expect((await ask(sandbox, 'POST', '/users', user)).status).toBe(400);
		expect(sandbox.users.all()).toHaveLength(4);
	});

	it('are changed in the fields that are given', async () => {
		const sandbox = await sandboxWith();
		const before = sandbox.users.get(501);
		const got = await ask(sandbox, 'PATCH', '/users/501', { user: { name: 'Ada' } });
		expect(got.status).toBe(200);
		expect(got.json).toEqual({ user: { ...before, name: 'Ada' } });
		await ask(sandbox, 'PATCH', '/users/501', { user: { phone_number: '+441231234' } });
		expect(sandbox.users.get(501)).toEqual({ id: 501, name: 'Ada', phone_number: '+441231234' });
	});

	it.each([
		['/users/501', { user: { name: ' ' } }, 422],
		['/users/501', { user: { phone_number: 'x' } }, 422],
		['/users/501', { name: 'Ada' }, 400],
		['/users/99', { user: { name: 'Ada' } }, 404],
	])('are not changed by PATCH %s %j', async (path, body, status) => {
		const sandbox = await sandboxWith();
		const before = sandbox.users.all();
		expect((await ask(sandbox, 'PATCH', path, body)).status).toBe(status);
		expect(sandbox.users.all()).toEqual(before);
		expect(sandbox.requests).toMatchObject([{ acted: false }]);
	});

	it('are deleted, once', async () => {
		const sandbox = await sandboxWith();
		const got = await ask(sandbox, 'DELETE', '/users/501');
		expect([got.status, got.text]).toEqual([204, '']);
		expect(sandbox.users.get(501)).toBeUndefined();
		expect((await ask(sandbox, 'DELETE', '/users/501')).status).toBe(404);
		expect(sandbox.requests).toMatchObject([{ acted: true }, { acted: false }]);
	});

	it('answer what is not documented the other way too', async () => {
		const sandbox = await sandboxWith({ undocumentedAnswers: { patch: 'empty', delete: 'user' } });
		const patched = await ask(sandbox, 'PATCH', '/users/501', { user: { name: 'Ada' } });
		expect([patched.status, patched.text]).toEqual([204, '']);
		const user = sandbox.users.get(501);
		expect(user?.name).toBe('Ada');
		expect((await ask(sandbox, 'DELETE', '/users/501')).json).toEqual({ user });
	});
});
