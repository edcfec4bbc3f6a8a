import type { Fault } from '../../dev/sandbox';
import { alone } from '../support/alone';
import type { Answer, TriggerHost } from '../support/delivery';
import { endedCall, query } from '../support/trigger';
import type { World } from '../support/world';

const endedCalls = (world: World, count: number) =>
	Array.from({ length: count }, () => endedCall(world).id);

async function deliverAll(host: TriggerHost, ids: number[]): Promise<Answer[]> {
	return await Promise.all(
		ids.map(async (id) => await host.deliver({ event: 'call.ended', call: { id } }, { query })),
	);
}

const statuses = (answers: Answer[]) => [...new Set(answers.map(({ status }) => status))].sort();

describe('what deliveries cost LiveCall', () => {
	alone('a silent LiveCall, no more than 10 requests at once', async (world, host) => {
		world.sandbox.faults.always({ kind: 'hang-before' });
		const answers = await deliverAll(host, endedCalls(world, 30));
		expect(statuses(answers)).toEqual([503]);
		const [{ at: first }] = world.seen();
		const atOnce = world.seen().filter(({ at }) => at < first + 5_000).length;
		expect(atOnce).toBeLessThanOrEqual(10);
		// A machine that is busy with something else delivers some of them too late to be asked about.
		expect(atOnce).toBeGreaterThan(1);
	});

	alone('one made-up id many times, two requests in five seconds', async (world, host) => {
		const answers = await deliverAll(host, Array<number>(50).fill(7));
		expect(statuses(answers)).toEqual([404]);
		expect(statuses(await deliverAll(host, [7, 7, 7]))).toEqual([404]);
		const [{ at: first }] = world.seen();
		expect(world.seen().filter(({ at }) => at < first + 5_000)).toHaveLength(2);
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
		alone(`40 deliveries answered ${what}, at most ${most} requests`, async (world, host) => {
			world.sandbox.faults.always(fault);
			const answers = await deliverAll(host, endedCalls(world, 40));
			expect(statuses(answers)).toEqual([503]);
			for (const { retryAfter } of answers) expect(Number(retryAfter)).toBeGreaterThan(0);
			expect(world.seen().length).toBeLessThanOrEqual(most);
			expect(host.started).toEqual([]);
		});
	}

	alone('a moment of overload, no delivery', async (world, host) => {
		world.sandbox.faults.decide(({ index }) =>
			index < 2 ? { kind: 'status', status: 503 } : undefined,
		);
		expect(statuses(await deliverAll(host, endedCalls(world, 20)))).toEqual([200]);
		expect(host.started).toHaveLength(20);
		expect(world.seen().length).toBeLessThanOrEqual(22);
	});

	const stubborn: Array<[string, Fault]> = [
		['is down', { kind: 'status', status: 503, retryAfter: 0 }],
		['is busy', { kind: 'status', status: 429, retryAfter: 0 }],
		['drops the connection', { kind: 'reset-before' }],
	];
	for (const [what, fault] of stubborn) {
		alone(`one delivery while LiveCall ${what}, 3 requests`, async (world, host) => {
			world.sandbox.faults.always(fault);
			expect(statuses(await deliverAll(host, endedCalls(world, 1)))).toEqual([503]);
			expect(world.seen()).toHaveLength(3);
		});
	}
});
