import { Cache } from '../../nodes/LiveCallTrigger/delivery/cache';
import { Limiter } from '../../nodes/shared/throttling/limiter';

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
		const work = new Work(new Limiter(2));
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
		const limiter = new Limiter(1);
		const failing = limiter.run(Date.now() + 1_000, async () => {
			throw new Error('It does not work');
		});
		await expect(failing).rejects.toThrow('It does not work');
		expect(await limiter.run(Date.now() + 1_000, async () => 'next')).toBe('next');
	});

	it('starts nothing in a pause, then one by itself, and all once that went through', async () => {
		const limiter = new Limiter(3);
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
		const limiter = new Limiter(3);
		limiter.pause(askedMs);
		expect(limiter.pausedForMs).toBe(pausedMs);
	});

	it('pauses twice as long each time, counting once what was in flight together', async () => {
		const limiter = new Limiter(3);
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
		const limiter = new Limiter(1);
		const work = new Work(limiter);
		void work.run('a');
		await work.end();
		const waiting = work.run('b', Date.now() + 6_000);
		const patient = work.run('c', Date.now() + 60_000);
		limiter.pause(20_000);
		await work.end('a');
		expect(await waiting).toBeUndefined();
		expect(await work.run('d', Date.now() + 6_000)).toBeUndefined();
		await jest.advanceTimersByTimeAsync(20_500);
		expect(work.started).toEqual(['a', 'c']);
		await work.end('c');
		expect(await patient).toBe('c');
	});
});

it('a limiter turns away what does not get its turn in time', async () => {
	jest.useRealTimers();
	const limiter = new Limiter(1);
	let end = () => {};
	const first = limiter.run(Date.now() + 1_000, async () => {
		await new Promise<void>((resolve) => (end = resolve));
		return 'first';
	});
	const late = await limiter.run(Date.now() + 50, async () => 'second');
	expect(late).toBeUndefined();
	end();
	expect(await first).toBe('first');
	expect(await limiter.run(Date.now() + 50, async () => 'third')).toBe('third');
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
