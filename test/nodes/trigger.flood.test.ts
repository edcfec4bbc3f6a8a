import { poll } from '../../dev/launcher/poll';
import type { Fault } from '../../dev/sandbox';
import { alone } from '../support/alone';
import type { Answer, TriggerHost } from '../support/delivery';
import { SECRETS, type World } from '../support/world';

const query = `?token=${SECRETS.webhookToken}`;

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
					await poll(async () => world.seen()[0], {
						what: 'the first question',
						timeoutMs: 5_000,
						everyMs: 5,
					});
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
		{ parameters: { events: ['call.created'], options: { outcome: 'successful' } } },
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
