import './quiet';

import { Lane } from './lane';
import { report, runRandom, shrink, type Tally } from './random';
import { runAll, SMALL_WORLD } from './smallWorld';
import { SEED } from './testSettings';

let lanes: Lane[];

beforeAll(async () => {
	lanes = await Promise.all(Array.from({ length: 4 }, async () => await Lane.open()));
}, 60_000);
afterAll(async () => await Promise.all(lanes.map(async (lane) => await lane.close())));

/** Throws what a person needs to see a failure again. */
async function expectNothingBroken({ failure }: Tally): Promise<void> {
	if (!failure) return;
	const found = report(failure.schedule, failure.broken);
	const smallest = await shrink(failure.schedule, lanes[0]);
	throw new Error(
		`${found}\n\nThe smallest that does:\n${report(smallest.schedule, smallest.broken)}`,
	);
}

it(`keeps every promise in 300 random schedules (FAULTS_SEED=${SEED})`, async () => {
	const tally = await runRandom(300, SEED, lanes);
	await expectNothingBroken(tally);
	expect(tally).toMatchObject({ schedules: 300, doubleRings: 0, unaccounted: 0 });
}, 300_000);

describe('keeps every promise in all schedules of a small world', () => {
	it.each(SMALL_WORLD)(
		'$name: $schedules schedules',
		async ({ setting, schedules }) => {
			const tally = await runAll(setting, lanes);
			await expectNothingBroken(tally);
			expect(tally).toMatchObject({ schedules, doubleRings: 0, unaccounted: 0 });
		},
		300_000,
	);
});
