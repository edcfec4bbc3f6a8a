import { MOST_MS, openLanes } from './promises';
import { reportLife, runLives } from './randomLives';
import { SEED } from '../support/seed';

const lanes = openLanes();

it(
	`keeps every promise in 150 random lives (seed ${SEED})`,
	async () => {
		const tally = await runLives(150, SEED, lanes);
		if (tally.failure) throw new Error(reportLife(tally.failure));
		expect(tally.lives).toBe(150);
		expect(tally.deaths).toBeGreaterThan(0);
	},
	MOST_MS,
);
