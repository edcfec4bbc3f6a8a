import { CONTINUES, jsons, locator, pairs, RETRY_ON_FAIL, sharedWorld } from '../support/world';

const world = sharedWorld();

const account = () => world.sandbox.users.all();

/** Has LiveCall name a user of its list once more. */
function listTwice(): void {
	const user = { id: 9, name: 'Twice', phone_number: '+49 30 555030' };
	const body = { users: [user, ...account(), { ...user, id: '9' }] };
	world.sandbox.faults.next({ kind: 'status', status: 200, body }, { method: 'GET' });
}

describe('filter: checkAvailability', () => {
	it('tells whether and when next', async () => {
		const times = ['2035-01-02T09:00:00Z', '2035-01-01T11:00:00+03:00', '2020-01-01T00:00:00Z'];
		world.sandbox.filters.set(1, { status: 'unavailable', available_call_times: times });
		const result = await world.run('filter.checkAvailability', { filterId: locator('1') });
		expect(world.asked()).toEqual(['GET /v1/filters/1']);
		expect(jsons(result)).toEqual([
			{
				id: 1,
				status: 'unavailable',
				available_call_times: times,
				is_available: false,
				next_available_call_time: '2035-01-01T11:00:00+03:00',
			},
		]);
	});

	it('tells when there is no time to come', async () => {
		world.sandbox.filters.set(1, {
			status: 'available',
			available_call_times: ['2020-01-01T00:00:00Z'],
		});
		const result = await world.run('filter.checkAvailability', { filterId: locator('1') });
		expect(jsons(result)[0]).toMatchObject({ is_available: true, next_available_call_time: null });
	});
});

describe('user: getAll', () => {
	it('gives one item a user, paired to the input', async () => {
		const result = await world.run('user.getAll', { returnAll: true });
		expect(world.asked()).toEqual(['GET /v1/users']);
		expect(jsons(result)).toEqual(account());
		expect(pairs(result)).toEqual(account().map(() => 0));
	});

	it('stops at the limit', async () => {
		expect(jsons(await world.run('user.getAll', { limit: 2 }))).toEqual(account().slice(0, 2));
	});

	it('finds by part of the name, in any case', async () => {
		const [user] = account();
		const part = user.name.slice(1, 5).toUpperCase();
		const result = await world.run('user.getAll', { returnAll: true, filters: { name: part } });
		expect(jsons(result)).toContainEqual(user);
		expect(jsons(result).length).toBeLessThan(account().length);
	});

	it('finds a name however its accents are written', async () => {
		world.sandbox.users.add({ name: 'Zoe\u0308', phone_number: '+49 30 555020' });
		const result = await world.run('user.getAll', {
			returnAll: true,
			filters: { name: 'zo\u00eb' },
		});
		expect(jsons(result)).toEqual([expect.objectContaining({ phone_number: '+49 30 555020' })]);
	});

	it('finds by digits of the number', async () => {
		world.sandbox.users.add({ name: 'Odd', phone_number: '+1 (222) 999-8877' });
		const result = await world.run('user.getAll', {
			returnAll: true,
			filters: { phoneNumber: '22 29 99' },
		});
		expect(jsons(result)).toEqual([expect.objectContaining({ name: 'Odd' })]);
	});

	it.each<[string, string[]]>([
		['0048 12', ['zeros', 'plus', 'digits']],
		['+48 12', ['zeros', 'plus', 'digits']],
		['00', ['zeros', 'within']],
		['0012', ['zeros', 'plus', 'digits', 'within', 'twelve']],
	])('finds by part of the number, with 00 or a plus in front: %s', async (part, names) => {
		for (const { id } of account()) world.sandbox.users.remove(id);
		for (const [name, number] of Object.entries({
			zeros: '0048 123 444',
			plus: '+48 123 444',
			digits: '48123444',
			within: '+1 700 123 45',
			twelve: '+3 12',
		}))
			world.sandbox.users.add({ name, phone_number: number });
		const filters = { phoneNumber: part };
		const result = await world.run('user.getAll', { returnAll: true, filters });
		expect(jsons(result).map(({ name }) => name)).toEqual(names);
	});

	it('gives a user that the list names twice once', async () => {
		listTwice();
		const result = await world.run('user.getAll', { returnAll: true, filters: { name: 'twice' } });
		expect(jsons(result)).toMatchObject([{ name: 'Twice', phone_number: '+49 30 555030' }]);
	});

	it.each(['"true"', '" TRUE "', '1'])('takes an expression for Return All: %s', async (value) => {
		const returnAll = `={{ ${value} }}`;
		const result = await world.run('user.getAll', { returnAll, limit: 1 });
		expect(jsons(result)).toEqual(account());
	});
});

describe('user: get', () => {
	it('finds the user in the list, asked for once', async () => {
		const result = await world.run(
			'user.get',
			{ userId: locator('={{ $json.id }}') },
			{ items: [{ id: 502 }, { id: '501' }] },
		);
		expect(jsons(result)).toEqual([world.sandbox.users.get(502), world.sandbox.users.get(501)]);
		expect(world.asked()).toEqual(['GET /v1/users']);
	});

	it('takes an address', async () => {
		const result = await world.run('user.get', {
			userId: locator('https://app.livecall.io/users/503/edit', 'url'),
		});
		expect(jsons(result)).toEqual([world.sandbox.users.get(503)]);
	});
});

describe('user: create', () => {
	it('sends name and number', async () => {
		const result = await world.run('user.create', {
			name: ' Mary Jones ',
			phoneNumber: '+49 30 555000',
		});
		expect(world.asked()).toEqual(['POST /v1/users']);
		expect(world.seen()[0].json).toEqual({
			user: { name: 'Mary Jones', phone_number: '+49 30 555000' },
		});
		expect(jsons(result)).toEqual([
			expect.objectContaining({ id: expect.any(Number), name: 'Mary Jones' }),
		]);
	});

	it('creates nobody twice when Retry On Fail runs the node again', async () => {
		world.meetAt(1, { kind: 'reset-after' });
		const before = account().length;
		const result = await world.run(
			'user.create',
			{ name: '={{ $json.name }}', phoneNumber: '={{ $json.phone }}' },
			{
				items: [
					{ name: 'A', phone: '+49 30 555001' },
					{ name: 'B', phone: '+49 30 555002' },
				],
				node: RETRY_ON_FAIL,
			},
		);
		expect(result.error.message).toContain('may already have created this user');
		expect(account()).toHaveLength(before + 2);
	});
});

describe.each(['user', 'empty'] as const)('user: update, where PATCH answers %s', (patch) => {
	const other = sharedWorld({ undocumentedAnswers: { patch } });

	it('sends what changes and gives the user as it is then', async () => {
		const result = await other.run('user.update', {
			userId: locator('501'),
			updateFields: { name: 'New Name', phoneNumber: '+49 30 777000' },
		});
		expect(other.seen()[0]).toMatchObject({
			method: 'PATCH',
			path: '/v1/users/501',
			json: { user: { name: 'New Name', phone_number: '+49 30 777000' } },
		});
		expect(other.asked().slice(1)).toEqual(patch === 'user' ? [] : ['GET /v1/users']);
		expect(jsons(result)).toEqual([{ id: 501, name: 'New Name', phone_number: '+49 30 777000' }]);
	});
});

describe('user: update, where PATCH answers nothing', () => {
	const other = sharedWorld({ undocumentedAnswers: { patch: 'empty' } });

	it('reads back once for several items', async () => {
		const items = [
			{ id: 501, name: 'One' },
			{ id: 502, name: 'Two' },
			{ id: 503, name: 'Three' },
		];
		const result = await other.run(
			'user.update',
			{ userId: locator('={{ $json.id }}'), updateFields: { name: '={{ $json.name }}' } },
			{ items },
		);
		expect(jsons(result)).toEqual(
			items.map(({ id, name }) => ({ ...other.sandbox.users.get(id), name })),
		);
		expect(other.asked().filter((request) => request.startsWith('GET'))).toHaveLength(1);
	});

	it('asks for the list again where that has failed, whatever has changed meanwhile', async () => {
		const slow = { kind: 'latency', ms: 900 } as const;
		const user = { id: 502, name: 'New', phone_number: '1' };
		other.sandbox.faults.next({ kind: 'hang-before' }, { method: 'GET' });
		other.sandbox.faults.decide(({ path }) => {
			if (path === '/v1/users/502') return { kind: 'status', status: 200, body: { user } };
			return path === '/v1/users/503' ? slow : undefined;
		});
		const result = await other.run(
			'user.update',
			{
				userId: locator('={{ $json.id }}'),
				updateFields: { name: 'New' },
				options: { maxConcurrency: 2, requestTimeout: '={{ $json.timeout }}', maxRetries: 0 },
			},
			{
				// The first waits in vain for the list, while the second changes it, and the third comes after that.
				items: [
					{ id: 501, timeout: 0.5 },
					{ id: 502, timeout: 5 },
					{ id: 503, timeout: 5 },
				],
				node: CONTINUES,
			},
		);
		expect(jsons(result)).toMatchObject([
			{ error: expect.stringContaining('did not answer within') },
			user,
			{ id: 503, name: 'New' },
		]);
	});

	it('reads back a user who is newer than the list', async () => {
		other.sandbox.faults.decide(({ path }) => {
			if (path === '/v1/users/505')
				other.sandbox.users.add({ id: 505, name: '', phone_number: '1' });
			return undefined;
		});
		const result = await other.run(
			'user.update',
			{ userId: locator('={{ $json.id }}'), updateFields: { name: 'Changed' } },
			{ items: [{ id: 501 }, { id: 505 }] },
		);
		expect(jsons(result)).toMatchObject([
			{ id: 501, name: 'Changed' },
			{ id: 505, name: 'Changed', phone_number: '1' },
		]);
		expect(other.asked()).toEqual([
			'PATCH /v1/users/501',
			'GET /v1/users',
			'PATCH /v1/users/505',
			'GET /v1/users',
		]);
	});
});

describe.each(['empty', 'user'] as const)('user: delete, where DELETE answers %s', (answer) => {
	const other = sharedWorld({ undocumentedAnswers: { delete: answer } });

	it('gives only that it is done', async () => {
		const result = await other.run('user.delete', { userId: locator('504') });
		expect(other.asked()).toEqual(['DELETE /v1/users/504']);
		expect(jsons(result)).toEqual([{ deleted: true }]);
		expect(other.sandbox.users.get(504)).toBeUndefined();
	});
});

describe('user: upsert', () => {
	const upsert = async (items: Array<{ name: string; phone: string }>) =>
		await world.run(
			'user.upsert',
			{ name: '={{ $json.name }}', phoneNumber: '={{ $json.phone }}' },
			{ items },
		);

	it('creates, updates or leaves alone, by the digits of the number', async () => {
		const [first, second] = account();
		const result = await upsert([
			{ name: first.name, phone: first.phone_number.replace(/(\d\d)/g, '$1 ') },
			{ name: 'Renamed', phone: second.phone_number },
			{ name: 'Newcomer', phone: '+49 30 555009' },
			{ name: 'Newcomer', phone: '(49) 30/555009' },
		]);
		expect(jsons(result).map(({ upsert_result }) => upsert_result)).toEqual([
			'unchanged',
			'updated',
			'created',
			'unchanged',
		]);
		expect(jsons(result)[1]).toMatchObject({ id: second.id, name: 'Renamed' });
		expect(world.asked()).toEqual([
			'GET /v1/users',
			`PATCH /v1/users/${second.id}`,
			'POST /v1/users',
		]);
	});

	it('knows a user still of whom LiveCall answered a part only', async () => {
		const [, second] = account();
		world.sandbox.faults.next(
			{ kind: 'status', status: 200, body: { user: { id: second.id, name: 'B' } } },
			{ method: 'PATCH' },
		);
		const result = await upsert([
			{ name: 'B', phone: second.phone_number },
			{ name: 'C', phone: second.phone_number },
		]);
		expect(jsons(result).map(({ upsert_result }) => upsert_result)).toEqual(['updated', 'updated']);
		expect(world.asked().filter((request) => request.startsWith('POST'))).toEqual([]);
	});

	it('creates one user for a number that several items have, side by side too', async () => {
		const before = account().length;
		const items = Array.from({ length: 6 }, () => ({ name: 'Twin', phone: '+49 30 555010' }));
		await world.run(
			'user.upsert',
			{
				name: '={{ $json.name }}',
				phoneNumber: '={{ $json.phone }}',
				options: { maxConcurrency: 6 },
			},
			{ items },
		);
		expect(account()).toHaveLength(before + 1);
	});

	it.each([
		['0049 30 555040', '+49 30 555040'],
		['+49 (30) 555040', '0049 30555040'],
	])('takes 00 and a plus in front of a number for the same: %s beside %s', async (one, other) => {
		const before = account().length;
		const result = await world.run(
			'user.upsert',
			{
				name: '={{ $json.name }}',
				phoneNumber: '={{ $json.phone }}',
				options: { maxConcurrency: 2 },
			},
			{
				items: [
					{ name: 'A', phone: one },
					{ name: 'B', phone: other },
				],
			},
		);
		expect(jsons(result)).toMatchObject([
			{ name: 'A', upsert_result: 'created' },
			{ name: 'B', upsert_result: 'updated' },
		]);
		expect(account()).toHaveLength(before + 1);
	});

	it('takes a user that the list names twice for one', async () => {
		listTwice();
		const result = await upsert([{ name: 'Twice', phone: '004930555030' }]);
		expect(jsons(result)).toMatchObject([{ name: 'Twice', upsert_result: 'unchanged' }]);
	});

	it('does not choose between two users with the same number', async () => {
		world.sandbox.users.add({ name: 'Twin A', phone_number: '+49 30 555011' });
		world.sandbox.users.add({ name: 'Twin B', phone_number: '+49 30 55 50 11' });
		const result = await upsert([{ name: 'Twin', phone: '+4930555011' }]);
		expect(result.error.message).toContain('more than one user');
	});

	it('creates nobody twice whose creation may have been done, for another item of the run', async () => {
		world.sandbox.faults.next({ kind: 'status-after', status: 500 }, { method: 'POST' });
		const before = account().length;
		const item = { name: 'Lost', phone: '+49 30 555013' };
		const result = await world.run(
			'user.upsert',
			{ name: '={{ $json.name }}', phoneNumber: '={{ $json.phone }}' },
			{ items: [item, item, item], node: CONTINUES },
		);
		expect(jsons(result)).toEqual([
			{ error: expect.stringContaining('may already have created this user') },
			expect.objectContaining({ name: 'Lost', upsert_result: 'unchanged' }),
			expect.objectContaining({ name: 'Lost', upsert_result: 'unchanged' }),
		]);
		expect(account()).toHaveLength(before + 1);
		expect(world.asked()).toEqual(['GET /v1/users', 'POST /v1/users', 'GET /v1/users']);
	});

	it('knows a user still of whom LiveCall answered the ID only', async () => {
		world.sandbox.faults.next(
			{ kind: 'status', status: 200, body: { user: { id: 9_999 } } },
			{ method: 'POST' },
		);
		const item = { name: 'Brief', phone: '+49 30 555014' };
		const result = await upsert([item, item]);
		expect(jsons(result).map(({ upsert_result }) => upsert_result)).toEqual([
			'created',
			'unchanged',
		]);
		expect(world.asked()).toEqual(['GET /v1/users', 'POST /v1/users']);
	});

	it('finds out by the list what became of a creation that was lost', async () => {
		world.sandbox.faults.next({ kind: 'reset-after' }, { method: 'POST' });
		const before = account().length;
		const result = await world.run(
			'user.upsert',
			{ name: 'Lost', phoneNumber: '+49 30 555012' },
			{ node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
		);
		expect(jsons(result)).toEqual([
			expect.objectContaining({ name: 'Lost', upsert_result: 'unchanged' }),
		]);
		expect(account()).toHaveLength(before + 1);
	});
});
