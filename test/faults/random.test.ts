import { expectNothingBroken, MOST_MS, openLanes } from './promises';
import { runRandom } from './random';
import { SEED } from '../support/seed';

const lanes = openLanes();

it(
	`keeps every promise in 100 random schedules (seed ${SEED})`,
	async () => {
		const tally = await runRandom(100, SEED, lanes);
		await expectNothingBroken(tally, lanes[0]);
		expect(tally).toMatchObject({ schedules: 100, doubleRings: 0, unaccounted: 0 });
	},
	MOST_MS,
);
