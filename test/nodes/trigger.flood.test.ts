import type { Fault } from '../../dev/sandbox';
import { alone } from '../support/alone';
import type { Answer, TriggerHost } from '../support/delivery';
import { query, until } from '../support/trigger';
import type { World } from '../support/world';

const ended = (world: World) => world.sandbox.calls.add({ status: 'ended', outcome: 'successful' });

async function deliverAll(host: TriggerHost, ids: number[]): Promise<Answer[]> {
	return await Promise.all(
		ids.map(async (id) => await host.deliver({ event: 'call.ended', call: { id } }, { query })),
	);
}

const statuses = (answers: Answer[]) => [...new Set(answers.map(({ status }) => status))].sort();

describe('what deliveries cost LiveCall', () => {
	alone('1,000 made-up ids in a flood, at most 10 at once', {}, async (world, host) => {
		const ids = Array.from({ length: 1_000 }, (_, index) => index + 1);
		const answers = await deliverAll(host, ids);
		expect(statuses(answers)).toEqual([404, 503]);
		// Each takes a second or more for two requests, 10 go on at once, and none begins after 6 seconds.
		const [{ at: first }] = world.seen();
		const [{ at: last }] = world.seen().slice(-1);
		expect(world.seen().length).toBeLessThanOrEqual(20 * ((last - first) / 1_000 + 1));
		const rejections = answers.filter(({ status }) => status === 503);
		for (const { retryAfter } of rejections) expect(Number(retryAfter)).toBeGreaterThan(0);
		expect(host.started).toEqual([]);
		expect(host.errors).toEqual([]);
	});

	alone('a silent LiveCall, 10 requests at once', {}, async (world, host) => {
		world.sandbox.faults.always({ kind: 'hang-before' });
		const answers = await deliverAll(
			host,
			Array.from({ length: 30 }, () => ended(world).id),
		);
		expect(statuses(answers)).toEqual([503]);
		const [{ at: first }] = world.seen();
		expect(world.seen().filter(({ at }) => at < first + 5_000)).toHaveLength(10);
	});

	alone('one made-up id many times, two requests', {}, async (world, host) => {
		const answers = await deliverAll(
			host,
			Array.from({ length: 50 }, () => 7),
		);
		expect(statuses(answers)).toEqual([404]);
		expect(statuses(await deliverAll(host, [7, 7, 7]))).toEqual([404]);
		expect(world.seen()).toHaveLength(2);
	});

	const busy: Array<[string, Fault, number]> = [
		// 10 at once, then one after each pause of 1, 2 and 4 seconds.
		['503', { kind: 'status', status: 503 }, 13],
		['500 and a web page', { kind: 'status', status: 500, body: '<html>' }, 13],
		['429', { kind: 'status', status: 429 }, 13],
		['503 for 2 seconds', { kind: 'status', status: 503, retryAfter: 2 }, 13],
		['429 for a minute', { kind: 'status', status: 429, retryAfter: 60 }, 10],
		['429 for a day', { kind: 'status', status: 429, retryAfter: 86_400 }, 10],
	];
	for (const [what, fault, most] of busy) {
		alone(`40 deliveries answered ${what}, at most ${most} requests`, {}, async (world, host) => {
			world.sandbox.faults.always(fault);
			const answers = await deliverAll(
				host,
				Array.from({ length: 40 }, () => ended(world).id),
			);
			expect(statuses(answers)).toEqual([503]);
			for (const { retryAfter } of answers) expect(Number(retryAfter)).toBeGreaterThan(0);
			expect(world.seen().length).toBeLessThanOrEqual(most);
			expect(host.started).toEqual([]);
		});
	}

	alone('a moment of overload, no delivery', {}, async (world, host) => {
		world.sandbox.faults.decide(({ index }) =>
			index < 2 ? { kind: 'status', status: 503 } : undefined,
		);
		const ids = Array.from({ length: 40 }, () => ended(world).id);
		expect(statuses(await deliverAll(host, ids))).toEqual([200]);
		expect(host.started).toHaveLength(40);
		expect(world.seen().length).toBeLessThanOrEqual(42);
	});

	const stubborn: Array<[string, Fault]> = [
		['is down', { kind: 'status', status: 503, retryAfter: 0 }],
		['is busy', { kind: 'status', status: 429, retryAfter: 0 }],
		['drops the connection', { kind: 'reset-before' }],
	];
	for (const [what, fault] of stubborn) {
		alone(`one delivery while LiveCall ${what}, 3 requests`, {}, async (world, host) => {
			world.sandbox.faults.always(fault);
			expect(statuses(await deliverAll(host, [ended(world).id]))).toEqual([503]);
			expect(world.seen()).toHaveLength(3);
		});
	}
});

describe('a delivery that says that a call has ended', () => {
	const says: Array<[string, (id: number) => unknown]> = [
		['by its event', (id) => ({ event: 'call.ended', call: { id } })],
		['by the status', (id) => ({ call: { id, status: 'ended' } })],
		['by the time', (id) => ({ data: { id, type: 'calls', attributes: { ended_at: '2026' } } })],
	];
	for (const [how, payload] of says) {
		for (const outcome of ['successful', 'unsuccessful', 'any']) {
			const parameters = { options: { outcome } };
			alone(
				`${how} waits for LiveCall to say so, too (${outcome})`,
				{ parameters },
				async (world, host) => {
					const { id } = world.sandbox.calls.add({ status: 'started' });
					const answer = host.deliver(payload(id), { query });
					await until('the first question', () => world.seen()[0]);
					world.sandbox.calls.end(id, {
						outcome: outcome === 'unsuccessful' ? 'failed' : 'successful',
					});
					expect((await answer).status).toBe(200);
					expect(host.started).toMatchObject([{ event: 'call.ended', status: 'ended' }]);
					expect(world.seen()).toHaveLength(2);
				},
			);
		}
	}

	for (const outcome of ['successful', 'unsuccessful']) {
		const parameters = { options: { outcome } };
		alone(
			`is answered 503 while LiveCall does not (${outcome})`,
			{ parameters },
			async (world, host) => {
				const { id } = world.sandbox.calls.add({ status: 'started' });
				const [answer] = await deliverAll(host, [id]);
				expect(answer).toMatchObject({
					status: 503,
					body: expect.stringContaining('not ended yet'),
				});
				expect(Number(answer.retryAfter)).toBeGreaterThan(0);
				expect(host.started).toEqual([]);
				expect(world.seen()).toHaveLength(3);
				world.sandbox.calls.end(id, { outcome: outcome === 'successful' ? outcome : 'failed' });
				expect(statuses(await deliverAll(host, [id]))).toEqual([200]);
				expect(host.started).toHaveLength(1);
			},
		);
	}

	alone(
		'is answered 200 where the trigger does not listen to it',
		{ parameters: { events: ['call.created'] } },
		async (world, host) => {
			const { id } = world.sandbox.calls.add({ status: 'started' });
			expect(statuses(await deliverAll(host, [id]))).toEqual([200]);
			expect(host.started).toEqual([]);
		},
	);

	alone('starts the workflow where any outcome will do', {}, async (world, host) => {
		const { id } = world.sandbox.calls.add({ status: 'initiated' });
		expect(statuses(await deliverAll(host, [id]))).toEqual([200]);
		expect(host.started).toMatchObject([{ event: 'call.ended', status: 'initiated' }]);
		expect(world.seen()).toHaveLength(3);
	});
});

/** LiveCall says that the call has ended, and does not say how. */
const outcomeIsMissing = (call: object): Fault => ({
	kind: 'status',
	status: 200,
	body: { call: { ...call, outcome: null } },
});

describe('an end whose outcome LiveCall does not tell yet', () => {
	const named = (id: number) => ({ event: 'call.ended', call: { id } });
	const unnamed = (id: number) => ({ call: { id } });
	for (const outcome of ['successful', 'unsuccessful', 'any']) {
		for (const payload of [named, unnamed]) {
			const parameters = { options: { outcome } };
			alone(
				`is asked for again (${outcome}, ${payload.name})`,
				{ parameters },
				async (world, host) => {
					const call = ended(world);
					world.sandbox.faults.next(outcomeIsMissing(call));
					expect((await host.deliver(payload(call.id), { query })).status).toBe(200);
					const told = { event: 'call.ended', outcome: 'successful' };
					expect(host.started).toMatchObject(outcome === 'unsuccessful' ? [] : [told]);
					expect(world.seen()).toHaveLength(2);
				},
			);
		}

		alone(
			`stays unknown (${outcome})`,
			{ parameters: { options: { outcome } } },
			async (world, host) => {
				const call = ended(world);
				world.sandbox.faults.always(outcomeIsMissing(call));
				const [answer] = await deliverAll(host, [call.id]);
				expect(world.seen()).toHaveLength(3);
				if (outcome === 'any') {
					expect(answer.status).toBe(200);
					expect(host.started).toMatchObject([{ event: 'call.ended', outcome: null }]);
					return;
				}
				expect(answer).toMatchObject({
					status: 503,
					body: expect.stringContaining('how this call ended'),
				});
				expect(host.started).toEqual([]);
				world.sandbox.faults.clear();
				expect(statuses(await deliverAll(host, [call.id]))).toEqual([200]);
				expect(host.started).toHaveLength(outcome === 'successful' ? 1 : 0);
			},
		);
	}

	alone('is no matter of a creation', {}, async (world, host) => {
		const call = ended(world);
		world.sandbox.faults.next(outcomeIsMissing(call));
		await host.deliver({ event: 'call.created', call: { id: call.id } }, { query });
		expect(host.started).toMatchObject([{ event: 'call.created' }]);
		expect(world.seen()).toHaveLength(1);
	});

	alone('is asked for anew by who shares the answer to a creation', {}, async (world, host) => {
		const call = world.sandbox.calls.add({ status: 'ended', outcome: null });
		const body = { call: { ...call, outcome: 'successful' } };
		world.sandbox.faults.next({ kind: 'latency', ms: 200 });
		world.sandbox.faults.next({ kind: 'status', status: 200, body });
		const created = host.deliver({ event: 'call.created', call: { id: call.id } }, { query });
		await until('the question about the creation', () => world.seen()[0]);
		await host.deliver(unnamed(call.id), { query });
		await created;
		expect(host.started.map(({ event, outcome }) => [event, outcome])).toEqual([
			['call.created', null],
			['call.ended', 'successful'],
		]);
	});
});

describe("another program's answer in place of LiveCall's", () => {
	const foreign: Array<[string, Fault]> = [
		['404 and a web page', { kind: 'status', status: 404, body: '<html>Not found</html>' }],
		['404 and text', { kind: 'status', status: 404, body: '404 page not found' }],
		['403 and a web page', { kind: 'status', status: 403, body: '<html>Are you human?</html>' }],
		['403 and text', { kind: 'status', status: 403, body: 'Forbidden' }],
	];
	for (const [what, fault] of foreign) {
		for (const whenUnverifiable of ['reject', 'accept']) {
			const parameters = { options: { whenUnverifiable } };
			alone(
				`${what}, is 503 for this call, and no pause for others (${whenUnverifiable})`,
				{ parameters },
				async (world, host) => {
					const [call, other] = [ended(world), ended(world)];
					world.sandbox.faults.always(fault, { path: new RegExp(`/${call.id}$`) });
					const [answer] = await deliverAll(host, [call.id]);
					expect(answer.status).toBe(503);
					expect(Number(answer.retryAfter)).toBeGreaterThan(0);
					expect(statuses(await deliverAll(host, [call.id, call.id]))).toEqual([503]);
					expect(world.seen()).toHaveLength(2);
					expect(statuses(await deliverAll(host, [other.id]))).toEqual([200]);
					expect(host.started).toMatchObject([{ id: other.id, verified: true }]);
				},
			);
		}

		alone(`${what}, is asked for once more`, {}, async (world, host) => {
			const { id } = ended(world);
			world.sandbox.faults.next(fault);
			expect(statuses(await deliverAll(host, [id]))).toEqual([200]);
			expect(host.started).toMatchObject([{ id, verified: true }]);
		});
	}

	alone('is forgotten after 5 seconds', {}, async (world, host) => {
		const { id } = ended(world);
		world.sandbox.faults.next({ kind: 'status', status: 404, body: 'not found' });
		world.sandbox.faults.next({ kind: 'status', status: 404, body: 'not found' });
		expect(statuses(await deliverAll(host, [id]))).toEqual([503]);
		await new Promise((resolve) => setTimeout(resolve, 5_100));
		expect(statuses(await deliverAll(host, [id]))).toEqual([200]);
	});
});

describe('a call that LiveCall does not know', () => {
	alone('yet is asked for once more', {}, async (world, host) => {
		const { id } = ended(world);
		world.sandbox.faults.next({ kind: 'status', status: 404 });
		expect(statuses(await deliverAll(host, [id]))).toEqual([200]);
		expect(world.seen()).toHaveLength(2);
	});

	alone('is asked for anew when 5 seconds have passed', {}, async (world, host) => {
		const { id } = ended(world);
		world.sandbox.faults.next({ kind: 'status', status: 404 });
		world.sandbox.faults.next({ kind: 'status', status: 404 });
		expect(statuses(await deliverAll(host, [id]))).toEqual([404]);
		expect(statuses(await deliverAll(host, [id]))).toEqual([404]);
		expect(world.seen()).toHaveLength(2);
		await new Promise((resolve) => setTimeout(resolve, 5_100));
		expect(statuses(await deliverAll(host, [id]))).toEqual([200]);
		expect(world.seen()).toHaveLength(3);
	});
});
