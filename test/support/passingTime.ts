import type { Fault } from '../../dev/sandbox';
import type { World } from './world';

const now = Date.now;
const later = global.setTimeout;

/** The node waits in slices of at most this many ms (`shared/throttling/wait.ts`); longer timers are others'. */
const SLICE_MS = 200;

/** How many ms have passed beyond those of the clock. */
let passed = 0;

/**
 * Has the node's waits be over at once, and their time passed, until `jest.restoreAllMocks`. For one wait at a time:
 * where several go on side by side, the time of each of them passes.
 */
export function passWaits(): void {
	passed = 0;
	jest.spyOn(Date, 'now').mockImplementation(() => now() + passed);
	jest.spyOn(global, 'setTimeout').mockImplementation((after, ms = 0, ...rest) => {
		if (ms > SLICE_MS) return later(after, ms, ...rest);
		passed += ms;
		return later(after, 0, ...rest);
	});
}

/** Lets so many ms pass, where the node's waits pass. */
export function passTime(ms: number): void {
	passed += ms;
}

/**
 * Lets time pass with each request, and the node's waits be over at once; `jest.restoreAllMocks` ends it.
 * @param ms how much with each request
 * @param faultAt what each is answered with, counted from 0
 */
export function answerInPassing(
	world: World,
	ms: number,
	faultAt: (index: number) => Fault | undefined,
): void {
	passWaits();
	world.sandbox.faults.decide(({ index }) => {
		passTime(ms);
		return faultAt(index);
	});
}
