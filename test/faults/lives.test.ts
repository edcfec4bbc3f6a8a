import './quiet';

import { Lane } from './lane';
import { reportLife, runLives } from './randomLives';
import { SEED } from './testSettings';

let lanes: Lane[];

beforeAll(async () => {
	lanes = await Promise.all(Array.from({ length: 4 }, async () => await Lane.open()));
}, 60_000);
afterAll(async () => await Promise.all(lanes.map(async (lane) => await lane.close())));

it(`keeps every promise in 150 random lives (FAULTS_SEED=${SEED})`, async () => {
	const tally = await runLives(150, SEED, lanes);
	if (tally.failure) throw new Error(reportLife(tally.failure));
	expect(tally.lives).toBe(150);
	expect(tally.deaths).toBeGreaterThan(0);
}, 300_000);
