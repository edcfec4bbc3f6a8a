import type { RowLock } from '../../nodes/LiveCall/deduplication/rowLock';
import { BUSY } from '../support/processedData';
import { Cluster } from './cluster';

/** Processes that share a database whose steps take 5 ms. */
const quick = () => new Cluster(1, () => 5);

/** Processes that take the lock, each several times. All times in ms. */
interface Situation {
	processes: number;
	/** How often each process takes the lock. */
	times: number;
	/** How long a step of the database takes on average. */
	step: number;
	/** The longest pause of a process between two times. */
	pause: number;
	/** By how much two clocks may differ. */
	skew: number;
	/** How many holders are slow, from 0 to 1, and for how long they keep the lock. */
	slow?: { share: number; ms: number };
	/** How many holders die with the lock in hand, from 0 to 1. */
	dying?: number;
}

const SITUATIONS: Array<[string, Situation]> = [
	['quick holders', { processes: 4, times: 30, step: 5, pause: 50, skew: 0 }],
	['clocks that differ', { processes: 4, times: 30, step: 5, pause: 50, skew: 4_000 }],
	[
		'a long queue behind slow holders',
		{ processes: 8, times: 8, step: 5, pause: 50, skew: 200, slow: { share: 0.9, ms: 3_000 } },
	],
	[
		'a slow database and slower holders',
		{ processes: 8, times: 5, step: 60, pause: 50, skew: 200, slow: { share: 0.9, ms: 8_000 } },
	],
	[
		'holders that use up their lease',
		{ processes: 4, times: 6, step: 20, pause: 50, skew: 200, slow: { share: 0.5, ms: 12_000 } },
	],
	['holders that die', { processes: 6, times: 15, step: 5, pause: 200, skew: 200, dying: 0.03 }],
	['a database that is slow', { processes: 4, times: 15, step: 100, pause: 100, skew: 200 }],
];

/** How many times each situation is lived through; `LOCK_SEEDS` sets another number. */
const SEEDS = Number(process.env.LOCK_SEEDS ?? 12);

async function live(situation: Situation, seed: number) {
	const stepMs = ({ time }: Cluster) => situation.step * (0.2 + time.random() * 1.8);
	const cluster = new Cluster(seed, stepMs);
	const { time } = cluster;
	const seen = { held: 0, overlaps: 0, deaths: 0, unfinished: situation.processes };
	let inside = 0;
	const process = async () => {
		const clock = time.clock((time.random() - 0.5) * situation.skew);
		for (let n = 0; n < situation.times; n++) {
			await time.sleep(time.random() * situation.pause);
			const lock = cluster.lock(clock);
			expect(await lock.take()).toBe('taken');
			seen.held++;
			inside++;
			if (inside > 1) seen.overlaps++;
			const isSlow = time.random() < (situation.slow?.share ?? 0);
			await time.sleep(isSlow ? (situation.slow?.ms ?? 0) : situation.step);
			inside--;
			if (time.random() < (situation.dying ?? 0)) seen.deaths++;
			else await lock.release();
		}
		seen.unfinished--;
	};
	await cluster.live(
		async () => await Promise.all(Array.from({ length: situation.processes }, process)),
	);
	return seen;
}

describe('a lock that is a row', () => {
	it.each(SITUATIONS)(
		'has one holder at a time, and everybody gets it: %s',
		async (_, situation) => {
			let deaths = 0;
			for (let seed = 1; seed <= SEEDS; seed++) {
				const seen = await live(situation, seed * 7919);
				deaths += seen.deaths;
				expect({ seed, ...seen }).toMatchObject({
					seed,
					held: situation.processes * situation.times,
					overlaps: 0,
					unfinished: 0,
				});
			}
			expect(deaths > 0).toBe(situation.dying !== undefined);
		},
		120_000,
	);
});

describe('a lock whose lease has run out', () => {
	/** Has one holder stand still for so long that another one, who waits, breaks its lock. */
	async function meet(afterwards: (late: RowLock, other: RowLock) => Promise<void>) {
		const cluster = quick();
		const [late, other] = [cluster.lock(), cluster.lock()];
		await cluster.live(async () => {
			expect(await late.take()).toBe('taken');
			expect(late.isCertain).toBe(true);
			expect(await other.take()).toBe('taken');
			expect(late.isCertain).toBe(false);
			await afterwards(late, other);
		});
		return cluster.data;
	}

	it('is not released by the one who has lost it, but by the one who has it', async () => {
		const data = await meet(async (late) => await late.release());
		expect(data.isLocked).toBe(true);
		const released = await meet(async (late, other) => {
			await late.release();
			await other.release();
		});
		expect(released.isLocked).toBe(false);
	});

	it('is released by the one who has it, however late, if nobody has taken its place', async () => {
		const cluster = quick();
		const lock = cluster.lock();
		await cluster.live(async () => {
			expect(await lock.take()).toBe('taken');
			await cluster.time.sleep(25_000);
			await lock.release();
		});
		expect(cluster.data.isLocked).toBe(false);
	});

	it('counts from before the lock was written', async () => {
		const cluster = new Cluster(1, () => 8_000);
		const lock = cluster.lock();
		expect(await cluster.live(async () => await lock.take())).toBe('taken');
		expect(lock.isCertain).toBe(false);
	});

	it('is not broken when it has changed hands while it was watched', async () => {
		const cluster = quick();
		const { time } = cluster;
		await cluster.live(async () => {
			expect(await cluster.lock().take()).toBe('taken');
			let isTaken = false;
			const taking = cluster
				.lock()
				.take()
				.then(() => (isTaken = true));
			// It is stale after 20 s, and is watched for a second then: meanwhile somebody else breaks it, and takes it.
			await time.sleep(20_500 - time.now);
			await cluster.clear();
			const other = cluster.lock();
			expect(await other.take()).toBe('taken');
			await time.sleep(3_000);
			expect(isTaken).toBe(false);
			await other.release();
			await taking;
		});
	});
});

describe('a lock that is held', () => {
	/**
	 * One process waits from the start on, in ms; one holder keeps the lock until 50 ms before the next one takes it.
	 * @param times.skew by how much the next holder's clock is ahead, in ms
	 * @param times.takenAt when the next holder takes it, and for how long, in ms
	 */
	async function waitBeside(seed: number, { start = 0, skew = 0, takenAt = 0, heldFor = 0 }) {
		const cluster = new Cluster(seed);
		const { time } = cluster;
		const times = { released: 0, taken: 0 };
		const holders = async () => {
			const first = cluster.lock();
			await time.sleep(start);
			await first.take();
			await time.sleep(takenAt - 50 - time.now);
			await first.release();
			const next = cluster.lock(time.clock(skew));
			await next.take();
			await time.sleep(heldFor);
			times.released = time.now;
			await next.release();
		};
		const waiting = async () => {
			await time.sleep(start + 10);
			const patient = cluster.lock({
				...time.clock(),
				// It looks just as often, and never in the moment in which the lock changes hands.
				wait: async (ms) => {
					const isBetween = time.now + ms > takenAt - 80 && time.now < takenAt;
					await time.sleep(isBetween ? takenAt + 30 - time.now : ms);
					return true;
				},
			});
			expect(await patient.take()).toBe('taken');
			times.taken = time.now;
			await patient.release();
		};
		await cluster.live(async () => await Promise.all([holders(), waiting()]));
		return times;
	}

	it.each([
		[
			'is not taken for an old one by a clock that is behind',
			{ start: 3_000, skew: 4_999, takenAt: 16_900, heldFor: 12_000 },
		],
		[
			'is not taken for an old one by a clock that is far behind',
			{ start: 3_000, skew: 9_999, takenAt: 16_900, heldFor: 12_000 },
		],
		[
			'is not broken before its lease is over, taken at the beginning of a period',
			{ takenAt: 5_100, heldFor: 14_900 },
		],
		[
			'is not broken before its lease is over, taken at the end of one',
			{ takenAt: 9_900, heldFor: 14_900 },
		],
		[
			'is not broken too early by a clock that is ahead',
			{ start: 3_000, skew: -900, takenAt: 15_890, heldFor: 14_900 },
		],
	])('%s', async (_, times) => {
		for (let seed = 1; seed <= 8; seed++) {
			const { released, taken } = await waitBeside(seed * 7919, times);
			expect(taken).toBeGreaterThan(released);
		}
	});

	it('is broken for one of two who find it stale in the same moment, also if one of them is slow to delete it', async () => {
		const cluster = quick();
		const { store, time } = cluster;
		const slowStore = {
			...store,
			clearAllProcessedItems: async (...given: Parameters<typeof store.clearAllProcessedItems>) => {
				await time.sleep(300);
				await store.clearAllProcessedItems(...given);
			},
		};
		const lockIn = (its: typeof store) => cluster.lock({ ...time.clock(), random: () => 0.5 }, its);
		let inside = 0;
		const seen: number[] = [];
		const waitWith = async (lock: RowLock) => {
			await lock.take();
			seen.push(++inside);
			await time.sleep(2_000);
			inside--;
			await lock.release();
		};
		await cluster.live(async () => {
			expect(await lockIn(store).take()).toBe('taken');
			await Promise.all([lockIn(store), lockIn(slowStore)].map(waitWith));
		});
		expect(seen).toEqual([1, 1]);
	});
});

/** A lock in a workflow whose row another node uses, or has used. */
async function lockBeside(prepare: (cluster: Cluster) => Promise<unknown>) {
	const cluster = quick();
	const { data, time } = cluster;
	return await cluster.live(async () => {
		await prepare(cluster);
		const before = data.keys();
		const startedAt = time.now;
		const taken = await cluster.lock().take();
		return { taken, before, after: data.keys(), waited: time.now - startedAt };
	});
}

const entries = (count: number) => Array.from({ length: count }, (_, n) => `lead ${n}`);

describe('a row of another node, in the place of the lock,', () => {
	it.each([1, 2, 21, 22, 30, 81, 82, 5_000])(
		'is recognised and left as it is: %i entries',
		async (count) => {
			const { taken, before, after, waited } = await lockBeside(
				async (cluster) => await cluster.record(entries(count), 'workflow'),
			);
			expect(taken).toBe('foreign');
			expect(after).toEqual(before);
			expect(waited).toBeLessThan(2_500);
		},
	);

	it.each([
		['before the lock is broken, and asked again', 5_000],
		['while the lock is watched', 20_500],
	])('is left as it is if it takes the place of the lock of a dead holder %s', async (_, at) => {
		const cluster = quick();
		const { time } = cluster;
		await cluster.live(async () => {
			// Its holder has died, and somebody who has waited for longer has broken it.
			expect(await cluster.lock().take()).toBe('taken');
			let taken: string | undefined;
			const taking = cluster
				.lock()
				.take()
				.then((how) => (taken = how));
			await time.sleep(at - time.now);
			expect(taken).toBeUndefined();
			await cluster.clear();
			await cluster.record(entries(30), 'workflow');
			await taking;
			expect(taken).toBe('foreign');
			expect(cluster.data.keys()).toEqual(entries(30));
		});
	});

	it.each(['latestIncrementalKey', 'latestDate'] as const)(
		'is recognised in the mode %s',
		async (mode) => {
			const { taken, before, after } = await lockBeside(
				async ({ store }) => await store.checkProcessedAndRecord([1], 'workflow', { mode }),
			);
			expect(taken).toBe('foreign');
			expect(after).toEqual(before);
		},
	);
});

describe('a lock whose store fails', () => {
	const error = BUSY;

	it.each([0, 1, 2, 3].flatMap((at) => [[at, 'before'] as const, [at, 'after'] as const]))(
		'is taken all the same when the operation %i fails once, %s writing',
		async (at, when) => {
			const { taken } = await lockBeside(async ({ data }) =>
				data.failAt((operation) => (operation === at ? { when, error } : undefined)),
			);
			expect(taken).toBe('taken');
		},
	);

	it('says what the store says when it goes on failing', async () => {
		await expect(
			lockBeside(async ({ data }) => data.failAt(() => ({ when: 'before', error }))),
		).rejects.toThrow(error);
	});
});

it('gives up when the one who waits does', async () => {
	const cluster = new Cluster();
	const clock = cluster.time.clock();
	const waits: number[] = [];
	const impatient = {
		...clock,
		wait: async (ms: number) => {
			waits.push(ms);
			return waits.length < 3;
		},
	};
	const taken = await cluster.live(async () => [
		await cluster.lock(clock).take(),
		await cluster.lock(impatient).take(),
	]);
	expect(taken).toEqual(['taken', 'givenUp']);
	expect(waits).toHaveLength(3);
});
