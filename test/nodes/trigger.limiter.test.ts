import { sleep } from 'n8n-workflow';
import { Cache } from '../../nodes/LiveCallTrigger/delivery/cache';
import { AnswerTimes } from '../../nodes/shared/throttling/answerTimes';
import { Limiter } from '../../nodes/shared/throttling/limiter';

/** How long a delivery waits for its answer, in ms. */
const PATIENCE_MS = 8_000;

const limiterOf = (most: number) => new Limiter(most, PATIENCE_MS);

/** Work that ends when it is told to, and notes when it starts. */
class Work {
	readonly started: string[] = [];
	private readonly ends = new Map<string, () => void>();

	constructor(
		private readonly limiter: Limiter,
		private readonly deadline: () => number = () => Date.now() + 60_000,
	) {}

	async run(name: string, deadline = this.deadline()): Promise<string | undefined> {
		return await this.limiter.run(deadline, async () => {
			this.started.push(name);
			await new Promise<void>((resolve) => this.ends.set(name, resolve));
			return name;
		});
	}

	/** Ends some, and lets what comes of it happen. */
	async end(...names: string[]): Promise<void> {
		names.forEach((name) => this.ends.get(name)?.());
		await jest.advanceTimersByTimeAsync(0);
	}
}

beforeEach(() => {
	jest.useFakeTimers();
});
afterEach(() => {
	jest.useRealTimers();
});

describe('a limiter', () => {
	it('lets so many go on at once, the others in their order', async () => {
		const work = new Work(limiterOf(2));
		const all = ['a', 'b', 'c', 'd'].map(async (name) => await work.run(name));
		await work.end();
		expect(work.started).toEqual(['a', 'b']);
		await work.end('b');
		expect(work.started).toEqual(['a', 'b', 'c']);
		await work.end('a', 'c');
		await work.end('d');
		expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
	});

	it('gives a place back when the work fails', async () => {
		const limiter = limiterOf(1);
		const failing = limiter.run(Date.now() + 1_000, async () => {
			throw new Error('It does not work');
		});
		await expect(failing).rejects.toThrow('It does not work');
		expect(await limiter.run(Date.now() + 1_000, async () => 'next')).toBe('next');
	});

	it('starts nothing in a pause, then one by itself, and all once that went through', async () => {
		const limiter = limiterOf(3);
		const work = new Work(limiter);
		limiter.pause(5_000);
		for (const name of ['a', 'b', 'c', 'd']) void work.run(name);
		await jest.advanceTimersByTimeAsync(4_900);
		expect(work.started).toEqual([]);
		await jest.advanceTimersByTimeAsync(400);
		expect(work.started).toEqual(['a']);
		limiter.open();
		await work.end('a');
		expect(work.started).toEqual(['a', 'b', 'c', 'd']);
		await work.end('b', 'c', 'd');
	});

	it.each([
		['named', 60_000, 30_000],
		['short', 1_500, 1_500],
		['over', 0, 0],
	])('pauses as long as it is asked to, but not for long (%s)', (_, askedMs, pausedMs) => {
		const limiter = limiterOf(3);
		limiter.pause(askedMs);
		expect(limiter.pausedForMs).toBe(pausedMs);
	});

	it('pauses twice as long each time, counting once what was in flight together', async () => {
		const limiter = limiterOf(3);
		for (const ms of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
			limiter.pause(undefined);
			limiter.pause(undefined);
			expect(limiter.pausedForMs).toBe(ms);
			await jest.advanceTimersByTimeAsync(ms + 1);
		}
		limiter.open();
		limiter.pause(undefined);
		expect(limiter.pausedForMs).toBe(1_000);
	});

	it('turns away at once what a pause outlasts, waiting or new', async () => {
		const limiter = limiterOf(1);
		const work = new Work(limiter);
		void work.run('a');
		await work.end();
		const waiting = work.run('b', Date.now() + 8_000);
		const patient = work.run('c', Date.now() + 60_000);
		limiter.pause(20_000);
		await work.end('a');
		expect(await waiting).toBeUndefined();
		expect(await work.run('d', Date.now() + 8_000)).toBeUndefined();
		await jest.advanceTimersByTimeAsync(20_500);
		expect(work.started).toEqual(['a', 'c']);
		await work.end('c');
		expect(await patient).toBe('c');
	});

	it('turns away at once whose answer cannot be expected in time', async () => {
		const limiter = limiterOf(2);
		const work = new Work(limiter);
		await answer(limiter, 3_000);
		const patience = () => Date.now() + PATIENCE_MS;
		// Two go on; of those behind them, the fourth would have its turn after 6 s, and its answer after 9.
		const all = ['a', 'b', 'c', 'd', 'e', 'f'].map(
			async (name) => await work.run(name, patience()),
		);
		expect(await Promise.all(all.slice(5))).toEqual([undefined]);
		await jest.advanceTimersByTimeAsync(3_000);
		await work.end('a', 'b');
		expect(work.started).toEqual(['a', 'b', 'c', 'd']);
	});

	it('asks nobody in vain who has waited longer than was expected', async () => {
		const limiter = limiterOf(1);
		const work = new Work(limiter);
		void work.run('a');
		await work.end();
		const late = work.run('b', Date.now() + PATIENCE_MS);
		await jest.advanceTimersByTimeAsync(5_000);
		await work.end('a');
		expect(await late).toBeUndefined();
		expect(work.started).toEqual(['a']);
	});

	it('takes what was cut off for as long as an answer is waited for at all', async () => {
		const limiter = limiterOf(1);
		const work = new Work(limiter);
		const cutOff = limiter.run(Date.now() + 3_000, async () => await sleep(3_000));
		await jest.advanceTimersByTimeAsync(3_000);
		await cutOff;
		void work.run('a', Date.now() + PATIENCE_MS);
		expect(await work.run('b', Date.now() + PATIENCE_MS)).toBeUndefined();
		await work.end('a');
		expect(work.started).toEqual(['a']);
	});

	it('asks where a place is free, whatever is expected', async () => {
		const limiter = limiterOf(1);
		await answer(limiter, PATIENCE_MS);
		expect(await limiter.run(Date.now() + PATIENCE_MS, async () => 'a')).toBe('a');
	});

	it('lets 1,000 wait', async () => {
		const limiter = limiterOf(1);
		const work = new Work(limiter);
		const all = Array.from({ length: 1_010 }, async (_, index) => await work.run(String(index)));
		const first = await Promise.race([...all.slice(0, 1_001), Promise.all(all.slice(1_001))]);
		expect(first).toEqual(Array.from({ length: 9 }, () => undefined));
	});
});

it('the latest 20 answers tell how long one takes, and how long nearly all take at most', () => {
	const times = new AnswerTimes();
	expect([times.meanMs, times.mostMs]).toEqual([0, 0]);
	for (let count = 0; count < 30; count++) times.add(60_000);
	for (let count = 0; count < 10; count++) [1_000, 5_000].forEach((ms) => times.add(ms));
	expect([times.meanMs, times.mostMs]).toEqual([3_000, 7_000]);
});

/** Has one answer that takes so long. */
async function answer(limiter: Limiter, ms: number): Promise<void> {
	const answered = limiter.run(Date.now() + PATIENCE_MS, async () => await sleep(ms));
	await jest.advanceTimersByTimeAsync(ms);
	await answered;
}

/** How long an answer takes, in ms; `random` is from 0 to 1, `at` in ms since the beginning. */
type Takes = (random: number, at: number) => number;

/**
 * Deliveries that come at random moments for so long, so many times as often as they can be answered.
 * @param paceMs how often one can be answered, in ms
 * @returns how many were answered in time
 */
async function through(forMs: number, paceMs: number, times: number, takes: Takes) {
	const limiter = limiterOf(10);
	const random = randomFrom(times);
	const begun = Date.now();
	let answered = 0;
	for (let at = 0; at < forMs; at += (random() * 2 * paceMs) / times) {
		await jest.advanceTimersByTimeAsync(Math.max(0, begun + at - Date.now()));
		const deadline = Date.now() + PATIENCE_MS;
		void limiter.run(deadline, async () => {
			const leftMs = deadline - Date.now();
			const takesMs = takes(random(), Date.now() - begun);
			await sleep(Math.min(takesMs, leftMs));
			if (takesMs < leftMs) answered++;
		});
	}
	await jest.advanceTimersByTimeAsync(PATIENCE_MS);
	return answered;
}

/** Numbers from 0 to 1, the same ones each time (mulberry32). */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

describe.each([1, 2, 5])('at %s times the pace of LiveCall, as much gets through', (times) => {
	it.each<[string, number, Takes]>([
		['3 s for each', 3_000, () => 3_000],
		['2 to 4 s', 3_000, (random) => 2_000 + random * 2_000],
		['half a second', 500, () => 500],
		['6 s', 6_000, () => 6_000],
		['a second, seldom ten', 1_900, (random) => (random < 0.9 ? 1_000 : 10_000)],
		['1 s at first, then 3', 3_000, (_, at) => (at < 5_000 ? 1_000 : 3_000)],
		['3 s at first, then 1', 1_000, (_, at) => (at < 5_000 ? 3_000 : 1_000)],
	])('%s', async (_, meanMs, takes) => {
		const paceMs = meanMs / 10;
		const answered = await through(60_000, paceMs, times, takes);
		expect(answered / (60_000 / paceMs)).toBeGreaterThan(0.9);
	});
});

it('is over its silence soon, whatever has come meanwhile', async () => {
	const answered = await through(30_000, 100, 5, (_, at) => (at < 6_000 ? 60_000 : 1_000));
	// What is asked in the last moment of the silence holds its place for 8 s.
	expect(answered).toBeGreaterThan(0.9 * ((30_000 - 6_000 - PATIENCE_MS) / 100));
});

describe('a cache', () => {
	it('forgets what is older than its time', () => {
		const cache = new Cache<string>(10, 5_000);
		cache.set('a', 'one');
		jest.setSystemTime(Date.now() + 4_999);
		expect(cache.get('a')).toBe('one');
		jest.setSystemTime(Date.now() + 1);
		expect(cache.get('a')).toBeUndefined();
	});

	it('keeps so many, those that were set last', () => {
		const cache = new Cache<number>(2);
		cache.set('a', 1);
		cache.set('b', 2);
		cache.set('a', 3);
		cache.set('c', 4);
		expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([3, undefined, 4]);
	});

	it('makes what it does not have, once', () => {
		const cache = new Cache<object>(2);
		const made = cache.getOrMake('a', () => ({}));
		expect(cache.getOrMake('a', () => ({}))).toBe(made);
	});
});
