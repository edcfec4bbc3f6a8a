import type { Fault } from '../../dev/sandbox';
import type { World } from './world';

const now = Date.now;

/**
 * Lets time pass with each request, so that a wait of minutes is over in seconds; `jest.restoreAllMocks` ends it.
 * @param ms how much with each request
 * @param faultAt what each is answered with, counted from 0
 */
export function answerInPassing(
	world: World,
	ms: number,
	faultAt: (index: number) => Fault | undefined,
): void {
	let passed = 0;
	jest.spyOn(Date, 'now').mockImplementation(() => now() + passed);
	world.sandbox.faults.decide(({ index }) => {
		passed += ms;
		return faultAt(index);
	});
}
