import { expectNothingBroken, MOST_MS, openLanes } from './promises';
import { runAll, SPREAD_OF_SMALL_WORLD } from './smallWorld';

const lanes = openLanes();

it.each(SPREAD_OF_SMALL_WORLD)(
	'keeps every promise in all schedules of a small world: $name, $schedules schedules',
	async (part) => {
		const tally = await runAll(part, lanes);
		await expectNothingBroken(tally, lanes[0]);
		expect(tally).toMatchObject({ schedules: part.schedules, doubleRings: 0, unaccounted: 0 });
	},
	MOST_MS,
);
