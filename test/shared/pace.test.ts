import fc from 'fast-check';
import { getEventListeners } from 'node:events';
import { Pace } from '../../nodes/shared/throttling/pace';

let pace: Pace;
let cancel: AbortController;
let started: number[];
let rejections: number[];

/** Begins a run of which so many requests may be in flight. */
function begin(most: number): void {
	cancel = new AbortController();
	pace = new Pace(most, cancel.signal);
	started = [];
	rejections = [];
}

/** Asks for turns, one for each number. */
function ask(numbers: number[], again = false): void {
	for (const number of numbers) {
		void pace.turn(again).then((mayStart) => (mayStart ? started : rejections).push(number));
	}
}

/** Lets so many ms pass, and everything happen that is due. */
const pass = async (ms: number) => await jest.advanceTimersByTimeAsync(ms);

/** Does something so many times. */
const times = (count: number, act: () => void) => upTo(count).forEach(act);

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);

beforeEach(() => {
	jest.useFakeTimers({ now: new Date('2026-11-26T12:00:00Z') });
	begin(4);
});
afterEach(() => void jest.useRealTimers());

describe('the pace of a run', () => {
	it('gives as many turns as may be in flight, and one more for each that ends, in order', async () => {
		ask(upTo(7));
		await pass(0);
		expect(started).toEqual([0, 1, 2, 3]);
		pace.end();
		await pass(0);
		expect(started).toEqual([0, 1, 2, 3, 4]);
		pace.end();
		pace.end();
		await pass(0);
		expect(started).toEqual(upTo(7));
	});

	it('does not grow beyond what may be in flight', async () => {
		ask(upTo(30));
		for (let ended = 0; ended < 10; ended++) {
			await pass(0);
			pace.end();
		}
		await pass(0);
		expect(started).toHaveLength(14);
	});
});

it('needs nobody who may cancel', async () => {
	pace = new Pace(2);
	ask(upTo(3));
	await pass(0);
	pace.end();
	await pass(0);
	expect(started).toEqual([0, 1, 2]);
});

describe('after a 429', () => {
	/** Has all requests of a full run answered, some of them with 429. */
	async function answer(most: number, told: number, waitMs: number): Promise<void> {
		begin(most);
		ask(upTo(most));
		await pass(0);
		times(most - told, () => pace.end());
		times(told, () => pace.slowDown(waitMs));
	}

	it('nobody gets a turn before the wait is over', async () => {
		await answer(4, 1, 10_000);
		ask([10, 11]);
		await pass(9_999);
		expect(started).toEqual(upTo(4));
		await pass(200);
		expect(started).toEqual([...upTo(4), 10]);
	});

	it('of several waits the longest holds, in whatever order they come', async () => {
		await answer(4, 0, 0);
		ask(upTo(3, 10));
		await pass(0);
		pace.slowDown(1_000);
		pace.slowDown(5_000);
		pace.slowDown(2_000);
		ask([20]);
		await pass(4_999);
		expect(started).not.toContain(20);
		await pass(200);
		expect(started).toContain(20);
	});

	it('a wait that grows while it is waited for is waited for to its end', async () => {
		await answer(4, 0, 0);
		ask(upTo(2, 10));
		await pass(0);
		pace.slowDown(1_000);
		ask([20]);
		await pass(500);
		pace.slowDown(3_000);
		await pass(2_900);
		expect(started).not.toContain(20);
		await pass(300);
		expect(started).toContain(20);
	});

	/** How many are in flight after each of so many that go through, with more waiting than can be. */
	async function inFlightAfterEach(ends: number): Promise<number[]> {
		ask(upTo(300, 1_000));
		let ended = 0;
		const before = started.length - 1;
		return await upTo(ends).reduce(
			async (counts: Promise<number[]>) => {
				const soFar = await counts;
				pace.end();
				await pass(0);
				return [...soFar, started.length - before - ++ended];
			},
			Promise.resolve([1]),
		);
	}

	it.each([
		[64, 1],
		[64, 32],
		[64, 64],
		[9, 1],
		[2, 2],
		[1, 1],
	])('of %d requests, %d of them told so, one goes on at first', async (most, told) => {
		await answer(most, told, 1_000);
		ask(upTo(10, 500));
		await pass(1_200);
		expect(started).toHaveLength(most + 1);
	});

	it.each([1, 3, 16])(
		'the number grows with each that goes through, then with each round: %d told so',
		async (told) => {
			await answer(16, told, 1_000);
			ask([500]);
			await pass(1_200);
			const rounds = [8, 9, 10].flatMap((atOnce) => Array<number>(atOnce).fill(atOnce));
			expect(await inFlightAfterEach(7 + rounds.length - 1)).toEqual([
				1,
				2,
				3,
				4,
				5,
				6,
				7,
				...rounds,
			]);
		},
	);

	it('the number grows to what it was before, and no further', async () => {
		await answer(4, 1, 1_000);
		ask([500]);
		await pass(1_200);
		expect(await inFlightAfterEach(12)).toEqual([1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4]);
	});

	it('one that comes after the wait is halved once more', async () => {
		await answer(16, 1, 1_000);
		ask([500]);
		await pass(1_200);
		expect((await inFlightAfterEach(7)).pop()).toBe(8);
		times(8, () => pace.slowDown(1_000));
		await pass(1_200);
		// Four is half of eight: from there on, it takes a round to grow.
		expect(await inFlightAfterEach(8)).toEqual([1, 2, 3, 4, 4, 4, 4, 5, 5]);
	});

	it('what ends during the wait does not count', async () => {
		await answer(8, 0, 0);
		ask(upTo(8, 100));
		await pass(0);
		pace.slowDown(1_000);
		times(7, () => pace.end());
		ask(upTo(10, 500));
		await pass(1_200);
		expect(started).toHaveLength(17);
	});

	it('a request that was told to come again goes before those that have not begun', async () => {
		await answer(4, 1, 1_000);
		ask([20, 21]);
		ask([3], true);
		await pass(1_200);
		expect(started.slice(4)).toEqual([3]);
		pace.end();
		await pass(0);
		expect(started.slice(4)).toEqual([3, 20, 21]);
	});
});

describe('a cancel', () => {
	it('turns away all that wait for a turn, and all that ask later', async () => {
		ask(upTo(6));
		await pass(0);
		cancel.abort();
		await pass(0);
		expect(rejections).toEqual([4, 5]);
		ask([6]);
		await pass(0);
		expect(rejections).toEqual([4, 5, 6]);
	});

	it('turns away all that wait for the end of a pause, at once', async () => {
		ask([0]);
		await pass(0);
		pace.slowDown(30_000);
		ask([0], true);
		ask([1]);
		await pass(100);
		cancel.abort();
		await pass(0);
		expect(rejections).toEqual([0, 1]);
	});
});

describe('a pace whose run is over', () => {
	it('listens no longer to the signal, which outlives it', () => {
		expect(getEventListeners(cancel.signal, 'abort')).toHaveLength(1);
		pace.dispose();
		expect(getEventListeners(cancel.signal, 'abort')).toEqual([]);
		pace.dispose();
		new Pace(2).dispose();
	});
});

describe('a pace that is stopped', () => {
	it('turns away those that wait and those that come, and opens when its time is over', async () => {
		ask(upTo(6));
		await pass(0);
		pace.stopFor(60_000);
		await pass(0);
		expect(rejections).toEqual([4, 5]);
		times(4, () => pace.end());
		await pass(59_999);
		ask([6]);
		await pass(0);
		expect(rejections).toEqual([4, 5, 6]);
		await pass(1);
		ask([7]);
		await pass(0);
		expect(started).toEqual([0, 1, 2, 3, 7]);
	});

	it('says for how long, and keeps the longest of several times', async () => {
		expect(pace.stoppedForMs).toBe(0);
		pace.stopFor(60_000);
		pace.stopFor(40_000);
		await pass(15_000);
		expect(pace.stoppedForMs).toBe(45_000);
		await pass(60_000);
		expect(pace.stoppedForMs).toBe(0);
	});
});

/** What happens to a request in flight: it ends, or LiveCall answers 429 and asks for so many ms. */
const anyAnswer = fc.option(fc.nat(2_000), { nil: undefined, freq: 3 });

it('never lets more be in flight than may be, and gives everybody a turn in the end', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.integer({ min: 1, max: 8 }),
			fc.array(anyAnswer, { maxLength: 40 }),
			async (most, answers) => {
				begin(most);
				ask(upTo(20));
				let inFlight = 0;
				let counted = 0;
				let told = 0;
				for (const waitMs of [...answers, ...upTo(60).map(() => undefined)]) {
					await pass(2_200);
					inFlight += started.length - counted;
					counted = started.length;
					expect(inFlight).toBeLessThanOrEqual(most);
					if (inFlight === 0) continue;
					inFlight--;
					if (waitMs === undefined) pace.end();
					else {
						pace.slowDown(waitMs);
						ask([100 + told++], true);
					}
				}
				expect(started).toHaveLength(20 + told);
			},
		),
		{ numRuns: 50 },
	);
});
