import './quiet';

import { Lane } from './lane';
import { report, shrink, type Tally } from './random';

/** How long one walk or one batch of random schedules may take, in ms. */
export const MOST_MS = 300_000;

/** Gives the lanes that all tests of a file share. They are open while its tests run. Most of the time they wait. */
export function openLanes(): Lane[] {
	const lanes: Lane[] = [];
	beforeAll(async () => {
		lanes.push(...(await Promise.all(Array.from({ length: 8 }, async () => await Lane.open()))));
	}, 60_000);
	afterAll(async () => await Promise.all(lanes.map(async (lane) => await lane.close())));
	return lanes;
}

/** Throws what a person needs to see a failure again. */
export async function expectNothingBroken({ failure }: Tally, lane: Lane): Promise<void> {
	if (!failure) return;
	const found = report(failure.schedule, failure.broken);
	const smallest = await shrink(failure.schedule, lane);
	throw new Error(
		`${found}\n\nThe smallest that does:\n${report(smallest.schedule, smallest.broken)}`,
	);
}
