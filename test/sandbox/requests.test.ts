import { ask, fieldsOf, sandboxWith, stopAll, until } from './helpers';

afterEach(stopAll);

describe('every request', () => {
	it('is answered below /v1 when it carries the key as documented', async () => {
		const sandbox = await sandboxWith({ apiKey: 'k-1' });
		expect(sandbox.apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
		expect((await ask(sandbox, 'GET', '/users')).status).toBe(200);
	});

	it.each([
		['no key', undefined],
		['another key', 'Token token=k-2'],
		['quotes around the key', 'Token token="k-1"'],
		['a bearer token', 'Bearer k-1'],
		['the key alone', 'k-1'],
		['the key and more', 'Token token=k-1x'],
	])('is refused with 401 for %s', async (_what, authorization) => {
		const sandbox = await sandboxWith({ apiKey: 'k-1' });
		const got = await ask(
			sandbox,
			'POST',
			'/users',
			{ user: { name: 'A', phone_number: '+441231231' } },
			{ Authorization: authorization },
		);
		expect(got.status).toBe(401);
		expect(fieldsOf(got.json)).toEqual(['error']);
		expect(sandbox.users.all()).toHaveLength(4);
		expect(sandbox.requests).toEqual([expect.objectContaining({ status: 401, acted: false })]);
	});

	it.each(['/users', '/calls/1', '/calls/1/recording', '/filters/1'])(
		'needs its Content-Type on GET %s too',
		async (path) => {
			const sandbox = await sandboxWith();
			sandbox.calls.add({ id: 1, status: 'ended' });
			expect((await ask(sandbox, 'GET', path)).status).toBe(200);
			const got = await ask(sandbox, 'GET', path, undefined, { 'Content-Type': undefined });
			expect(got.status).toBe(415);
		},
	);

	it('may name a charset, and no other type', async () => {
		const sandbox = await sandboxWith();
		const withType = async (type: string) =>
			(await ask(sandbox, 'GET', '/users', undefined, { 'Content-Type': type })).status;
		expect(await withType('application/json; charset=utf-8')).toBe(200);
		expect(await withType('application/x-www-form-urlencoded')).toBe(415);
		expect(await withType('application/jsonp')).toBe(415);
	});

	it.each([
		['GET', '/calls'],
		['PATCH', '/calls/1'],
		['DELETE', '/calls/1'],
		['POST', '/calls/1'],
		['POST', '/calls/1/recording'],
		['GET', '/filters'],
		['POST', '/filters'],
		['PATCH', '/filters/1'],
		['GET', '/users/501'],
		['PUT', '/users/501'],
		['DELETE', '/users'],
		['HEAD', '/users'],
		['OPTIONS', '/users'],
		['GET', '/users/'],
		['GET', '/Users'],
		['GET', '/recordings/1'],
		['GET', '/webhooks'],
		['GET', '/'],
		['GET', '/filters/%E0%A4%A'],
	])('finds nothing at %s %s, which is not documented', async (method, path) => {
		const sandbox = await sandboxWith();
		sandbox.calls.add({ id: 1, status: 'ended' });
		const body = method === 'POST' || method === 'PATCH' ? { call: { filter_id: 1 } } : undefined;
		expect((await ask(sandbox, method, path, body)).status).toBe(404);
		expect(sandbox.requests).toEqual([expect.objectContaining({ method, acted: false })]);
	});

	it('finds nothing outside /v1', async () => {
		const sandbox = await sandboxWith();
		const outside = { ...sandbox, apiUrl: sandbox.apiUrl.replace('/v1', '') };
		expect((await ask(outside, 'GET', '/users')).status).toBe(404);
	});

	it('is noted as it was sent, in order of arrival', async () => {
		const sandbox = await sandboxWith();
		await ask(sandbox, 'GET', '/filters/1%32?x=%20y');
		await ask(sandbox, 'POST', '/users', '{"user": ');
		await ask(sandbox, 'POST', '/users', { user: { name: 'Ü', phone_number: '+44 123123123' } });
		const [first, second, third] = sandbox.requests;
		expect(first).toMatchObject({
			host: 'api',
			method: 'GET',
			path: '/v1/filters/1%32?x=%20y',
			body: '',
			json: undefined,
			acted: false,
			status: 404,
		});
		expect(first?.headers.authorization).toBe('Token token=sandbox-api-key');
		expect(second).toMatchObject({ body: '{"user": ', json: undefined, acted: false, status: 400 });
		expect(third).toMatchObject({
			body: '{"user":{"name":"Ü","phone_number":"+44 123123123"}}',
			json: { user: { name: 'Ü', phone_number: '+44 123123123' } },
			acted: true,
			status: 201,
		});
	});
});

describe('reset and stop', () => {
	it('brings back the beginning, but no id that was given out', async () => {
		const sandbox = await sandboxWith();
		const { requests } = sandbox;
		const place = async () => {
			const call = { filter_id: 1, phone_number: '+44 123123123' };
			return Number((await ask(sandbox, 'POST', '/calls', { call })).at('call', 'id'));
		};
		const before = await place();
		await ask(sandbox, 'DELETE', '/users/501');
		sandbox.filters.set(1, { status: 'unavailable' });
		sandbox.webhooks.subscribe({ event: 'call.ended', url: 'http://localhost:1/' });
		sandbox.faults.always({ kind: 'status', status: 503 });
		sandbox.reset();
		expect(requests).toHaveLength(0);
		expect(sandbox.calls.all()).toEqual([]);
		expect(sandbox.webhooks.all()).toEqual([]);
		expect(sandbox.users.all()).toHaveLength(4);
		expect(sandbox.filters.get(1)?.status).toBe('available');
		expect(await place()).toBeGreaterThan(before);
		expect(requests).toHaveLength(1);
	});

	it('starts without users and target groups when asked to', async () => {
		const sandbox = await sandboxWith({ seed: false });
		expect((await ask(sandbox, 'GET', '/users')).json).toEqual({ users: [] });
		expect((await ask(sandbox, 'GET', '/filters/1')).status).toBe(404);
	});

	it('stops while requests hang, and a second time', async () => {
		const sandbox = await sandboxWith();
		sandbox.faults.next({ kind: 'hang-before' });
		const hanging = ask(sandbox, 'GET', '/users').catch(() => 'closed');
		await until('it has arrived', () => sandbox.requests.length === 1);
		await sandbox.stop();
		expect(await hanging).toBe('closed');
		await sandbox.stop();
		await expect(ask(sandbox, 'GET', '/users')).rejects.toThrow('fetch failed');
	});

	it('says which port is taken, and leaves nothing open', async () => {
		const first = await sandboxWith();
		const port = Number(new URL(first.pageUrl).port);
		await expect(sandboxWith({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
	});
});
