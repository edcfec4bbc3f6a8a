import type { Fault, Sandbox } from '../../dev/sandbox';
import {
	ask,
	codeOf,
	headersFor,
	listenTo,
	pause,
	sandboxWith,
	stopAll,
	stoppedClock,
	until,
	type Got,
} from './helpers';

afterEach(stopAll);

const CALL = { call: { filter_id: 1, phone_number: '+44 123123123' } };

/** Places a call through a fault. Gives what the client got or the code of its error, and how many calls there are. */
async function placeThrough(fault: Fault) {
	const sandbox = await sandboxWith();
	sandbox.faults.next(fault);
	const [got, code] = await attempt(sandbox);
	const [seen] = sandbox.requests;
	expect(sandbox.requests).toHaveLength(1);
	expect(seen?.fault).toBe(fault.kind);
	expect(seen?.status).toBe(got?.status);
	expect(seen?.acted).toBe(sandbox.calls.placed().length === 1);
	return { sandbox, got, code, placed: sandbox.calls.placed().length };
}

async function attempt(sandbox: Sandbox): Promise<[Got | undefined, string | undefined]> {
	try {
		return [await ask(sandbox, 'POST', '/calls', CALL), undefined];
	} catch (error) {
		return [undefined, codeOf(error)];
	}
}

describe('a fault on one request', () => {
	it('status: says no and does nothing', async () => {
		const { got, placed } = await placeThrough({
			kind: 'status',
			status: 429,
			body: { message: 'slow down' },
			retryAfter: 7,
		});
		expect(got).toMatchObject({ status: 429, json: { message: 'slow down' } });
		expect(got?.headers['retry-after']).toBe('7');
		expect(placed).toBe(0);
	});

	it('status: sends a text as it is', async () => {
		const fault = {
			kind: 'status',
			status: 502,
			body: '<h1>Bad</h1>',
			retryAfter: 'soon',
		} as const;
		const { got } = await placeThrough(fault);
		expect(got).toMatchObject({ status: 502, text: '<h1>Bad</h1>' });
		expect(got?.headers).toMatchObject({
			'content-type': 'text/html; charset=utf-8',
			'retry-after': 'soon',
		});
		const plain = await placeThrough({ ...fault, contentType: 'text/plain' });
		expect(plain.got?.headers['content-type']).toBe('text/plain');
	});

	it('status: has words of its own where none are given', async () => {
		const { got } = await placeThrough({ kind: 'status', status: 503 });
		expect(got?.json).toEqual({ status: 503, error: 'Service Unavailable' });
	});

	it('status: sends bytes as they are', async () => {
		const body = Buffer.of(0xff, 0xd8, 0x00, 0xe4);
		const sandbox = await sandboxWith();
		const contentType = 'image/jpeg';
		sandbox.faults.next({ kind: 'status', status: 200, body, contentType });
		const response = await fetch(`${sandbox.apiUrl}/users`);
		expect(response.headers.get('content-type')).toBe(contentType);
		expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
	});

	it('trickle: acts, and is a while in saying so', async () => {
		const { got, placed } = await placeThrough({ kind: 'trickle', everyMs: 2 });
		expect([got?.status, placed]).toEqual([201, 1]);
		expect(got?.at('call', 'phone_number')).toBe(CALL.call.phone_number);
	});

	const page = {
		headers: { 'content-type': expect.stringContaining('text/html') },
		text: expect.stringContaining('<html>'),
	};
	const location = 'http://127.0.0.1:1/elsewhere';
	it.each<[Fault, Partial<Got>, number]>([
		[{ kind: 'status-after', status: 502 }, { status: 502 }, 1],
		[{ kind: 'html' }, { status: 200, ...page }, 1],
		[{ kind: 'html', status: 502 }, { status: 502, ...page }, 0],
		[{ kind: 'empty-object' }, { status: 200, text: '{}' }, 1],
		[{ kind: 'empty-body' }, { status: 200, text: '' }, 1],
		[{ kind: 'empty-body', status: 204 }, { status: 204 }, 1],
		[{ kind: 'redirect', location }, { status: 302, headers: { location } }, 0],
		[{ kind: 'redirect', location, status: 307 }, { status: 307 }, 0],
	])('%j: answers so, and acts or not', async (fault, answer, count) => {
		const { got, placed } = await placeThrough(fault);
		expect(got).toMatchObject(answer);
		expect(placed).toBe(count);
	});

	it.each<[Fault, string, number]>([
		[{ kind: 'reset-before' }, 'ECONNRESET', 0],
		[{ kind: 'reset-after' }, 'ECONNRESET', 1],
		[{ kind: 'hang-before', ms: 20 }, 'UND_ERR_SOCKET', 0],
		[{ kind: 'hang-after', ms: 20 }, 'UND_ERR_SOCKET', 1],
	])('%j: breaks the connection, and acts or not', async (fault, ended, count) => {
		const { got, code, placed } = await placeThrough(fault);
		expect([got, code, placed]).toEqual([undefined, ended, count]);
	});

	it('cut-off-json: acts, and sends JSON that ends too early though nothing is missing on the wire', async () => {
		const { got, placed } = await placeThrough({ kind: 'cut-off-json' });
		expect(got).toMatchObject({ status: 201, json: undefined });
		expect(got?.text).toMatch(/^\{"call":\{/);
		expect(got?.headers['content-length']).toBe(String(got?.text.length));
		expect(placed).toBe(1);
	});

	it('cut-connection: acts, and sends less than it announced', async () => {
		const sandbox = await sandboxWith();
		sandbox.faults.next({ kind: 'cut-connection' });
		const heard = await listenTo(`${sandbox.apiUrl}/users`, headersFor(sandbox));
		expect(heard).toMatchObject({ status: 200, failure: 'ECONNRESET' });
		expect(heard.announced).toBe(JSON.stringify({ users: sandbox.users.all() }).length);
		expect(heard.received).toBe(Math.floor(Number(heard.announced) / 2));
		sandbox.faults.next({ kind: 'cut-connection' });
		expect((await attempt(sandbox))[1]).toBe('UND_ERR_SOCKET');
		expect(sandbox.calls.placed()).toHaveLength(1);
	});

	it.each([
		['hang-before', 0],
		['hang-after', 1],
	] as const)('%s: gives no answer', async (kind, count) => {
		const sandbox = await sandboxWith();
		sandbox.faults.next({ kind });
		const pending = attempt(sandbox);
		const seen = () => sandbox.requests.some(({ acted }) => acted === (count === 1));
		await until('the request is seen', seen);
		const first = await Promise.race([pending, pause(150).then(() => 'silence')]);
		expect(first).toBe('silence');
		expect(sandbox.calls.placed()).toHaveLength(count);
		expect(sandbox.requests).toMatchObject([{ acted: count === 1 }]);
		expect(sandbox.requests[0]?.status).toBeUndefined();
		expect(sandbox.requests[0]?.over).toBe(false);
		await sandbox.stop();
		await until('the request is over', () => sandbox.requests[0]?.over === true);
		expect((await pending)[1]).toBeDefined();
	});

	it('latency: acts at once, and answers later', async () => {
		const sandbox = await sandboxWith();
		sandbox.faults.next({ kind: 'latency', ms: 120 });
		const started = Date.now();
		const pending = attempt(sandbox);
		await until('it has acted', () => sandbox.calls.placed().length === 1);
		expect(sandbox.requests[0]?.status).toBeUndefined();
		expect((await pending)[0]?.status).toBe(201);
		expect(Date.now() - started).toBeGreaterThanOrEqual(115);
	});

	it('does not count as acting when the request is refused anyway', async () => {
		const sandbox = await sandboxWith();
		sandbox.faults.next({ kind: 'empty-object' });
		await ask(sandbox, 'POST', '/calls', { call: { filter_id: 99 } });
		expect(sandbox.requests).toMatchObject([{ acted: false, status: 200 }]);
	});

	it('can cut off an answer that has no body', async () => {
		const sandbox = await sandboxWith();
		sandbox.faults.next({ kind: 'cut-off-json' });
		expect(await ask(sandbox, 'DELETE', '/users/501')).toMatchObject({ status: 200, text: '{' });
		expect(sandbox.users.get(501)).toBeUndefined();
	});
});

describe('a fault on a download', () => {
	async function download(fault: Fault) {
		const sandbox = await sandboxWith();
		const { id } = sandbox.calls.add({ status: 'ended', recordedBytes: 40_000 });
		sandbox.faults.next(fault);
		const got = await ask(sandbox, 'GET', `/calls/${id}/recording`);
		expect(got.status).toBe(200);
		const heard = await listenTo(String(got.at('recording', 'url')));
		expect(sandbox.requests.at(-1)).toMatchObject({ host: 'recordings', fault: fault.kind });
		return heard;
	}

	const half = { status: 200, announced: 40_000, received: 20_000 };
	it.each<[string, Fault, object]>([
		['is refused', { kind: 'expired-link' }, expect.objectContaining({ status: 403 })],
		['ends after half', { kind: 'truncated-download' }, { ...half, failure: 'ECONNRESET' }],
		['has no bytes', { kind: 'empty-download' }, { ...half, announced: 0, received: 0 }],
		['falls silent half way', { kind: 'stalled-download' }, { ...half, failure: 'silence' }],
	])('%s: %j', async (_, fault, heard) => {
		expect(await download(fault)).toEqual(heard);
	});
});

describe('the plan', () => {
	const failing = { kind: 'status', status: 500 } as const;

	async function statuses(sandbox: Sandbox, ...paths: string[]): Promise<number[]> {
		const all: number[] = [];
		for (const path of paths) all.push((await ask(sandbox, 'GET', path)).status);
		return all;
	}

	it('uses a queued fault once, for the first request that matches', async () => {
		const sandbox = await sandboxWith();
		sandbox.faults.next(failing, { path: /^\/v1\/filters\/2$/g });
		sandbox.faults.next({ kind: 'status', status: 502 }, { method: 'get' });
		sandbox.faults.next({ kind: 'status', status: 504 }, { host: 'recordings' });
		expect(await statuses(sandbox, '/filters/1', '/filters/2', '/filters/2')).toEqual([
			502, 500, 200,
		]);
	});

	it('keeps a standing fault until it is let go', async () => {
		const sandbox = await sandboxWith();
		const release = sandbox.faults.always(failing, { method: 'GET', host: 'api' });
		expect(await statuses(sandbox, '/users', '/users')).toEqual([500, 500]);
		release();
		expect(await statuses(sandbox, '/users')).toEqual([200]);
	});

	it('lets the latest of two standing faults count', async () => {
		const sandbox = await sandboxWith();
		sandbox.faults.always(failing);
		const release = sandbox.faults.always({ kind: 'status', status: 503 });
		expect(await statuses(sandbox, '/users')).toEqual([503]);
		release();
		expect(await statuses(sandbox, '/users')).toEqual([500]);
	});

	it('begins with the pace that it was started with, and goes back to it', async () => {
		const { now } = stoppedClock();
		const sandbox = await sandboxWith({ now, requestsPerSecond: 2, latencyMs: 1 });
		for (let round = 0; round < 2; round++) {
			expect(await statuses(sandbox, '/users', '/users', '/users')).toEqual([200, 200, 429]);
			expect(sandbox.requests.map(({ fault }) => fault)).toEqual(['latency', 'latency', 'limit']);
			sandbox.reset();
		}
		sandbox.faults.switch('down', true);
		expect(await statuses(sandbox, '/users')).toEqual([503]);
	});

	it('asks the schedule function first, with the number of the request', async () => {
		const sandbox = await sandboxWith();
		await ask(sandbox, 'GET', '/users');
		sandbox.faults.always({ kind: 'status', status: 503 });
		const asked: unknown[] = [];
		sandbox.faults.decide((request) => {
			asked.push(request);
			return request.index === 1 ? failing : undefined;
		});
		await ask(sandbox, 'POST', '/calls', CALL);
		expect(await statuses(sandbox, '/users', '/users')).toEqual([500, 503]);
		expect(asked).toMatchObject([
			{ host: 'api', method: 'POST', path: '/v1/calls', json: CALL, index: 0 },
			{ method: 'GET', path: '/v1/users', index: 1 },
			{ index: 2 },
		]);
		sandbox.faults.decide(undefined);
		expect(await statuses(sandbox, '/users')).toEqual([503]);
	});

	it('forgets everything when cleared', async () => {
		const sandbox = await sandboxWith();
		sandbox.faults.next(failing);
		sandbox.faults.always(failing);
		sandbox.faults.decide(() => failing);
		sandbox.faults.limit(0.001);
		sandbox.faults.switch('down', true);
		sandbox.faults.clear();
		expect(await statuses(sandbox, '/users', '/users')).toEqual([200, 200]);
		expect(sandbox.faults.switches()).toEqual({ down: false, busy: false });
	});

	it('limits requests to so many a second, and says when to come again', async () => {
		const clock = stoppedClock();
		const sandbox = await sandboxWith({ now: clock.now });
		sandbox.faults.limit(3);
		const four = ['/users', '/users', '/users', '/users'];
		expect(await statuses(sandbox, ...four)).toEqual([200, 200, 200, 429]);
		expect(sandbox.requests.at(-1)).toMatchObject({ fault: 'limit', acted: false, status: 429 });
		const refused = await ask(sandbox, 'POST', '/calls', CALL);
		expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
		expect(sandbox.calls.placed()).toEqual([]);
		clock.pass(334);
		expect(await statuses(sandbox, '/users', '/users')).toEqual([200, 429]);
		clock.pass(60_000);
		expect(await statuses(sandbox, ...four)).toEqual([200, 200, 200, 429]);
		sandbox.faults.limit(undefined);
		expect(await statuses(sandbox, ...four)).toEqual([200, 200, 200, 200]);
	});

	it('says more than a second where the rate is low', async () => {
		const clock = stoppedClock();
		const sandbox = await sandboxWith({ now: clock.now });
		sandbox.faults.limit(0.25);
		expect(await statuses(sandbox, '/users')).toEqual([200]);
		expect((await ask(sandbox, 'GET', '/users')).headers['retry-after']).toBe('4');
		clock.pass(4000);
		expect(await statuses(sandbox, '/users')).toEqual([200]);
	});
});
