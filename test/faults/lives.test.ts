import { MOST_MS, openLanes } from './promises';
import { reportLife, runLives } from './randomLives';
import { SEED } from './testSettings';

const lanes = openLanes();

it(
	`keeps every promise in 150 random lives (FAULTS_SEED=${SEED})`,
	async () => {
		const tally = await runLives(150, SEED, lanes);
		if (tally.failure) throw new Error(reportLife(tally.failure));
		expect(tally.lives).toBe(150);
		expect(tally.deaths).toBeGreaterThan(0);
	},
	MOST_MS,
);
