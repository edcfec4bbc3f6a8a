import { inLanes, type Lane } from './lane';
import { brokenInLife, live, type Life } from './lives';
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

/**
 * Two customers share a key, and n8n's store fails for good as it takes out what the second one claimed in vain: a Retry
 * finds that on record.
 */
const KEPT_ON_RECORD: Life = {
	operation: 'call.create',
	faults: [['fine'], ['fine'], ['refused']],
	concurrency: 1,
	onError: 'stopWorkflow',
	tries: 2,
	loops: 0,
	keys: 'shared',
	chapters: [
		{ retries: 0, redialUnknown: false, dies: 0, store: null },
		{ retries: 0, redialUnknown: false, dies: null, store: null },
		{ retries: 0, redialUnknown: false, dies: null, store: null },
	],
};

it(
	'says that the store may keep what was claimed in vain, at whichever of its uses it fails for good',
	async () => {
		const [first, second, third] = KEPT_ON_RECORD.chapters;
		const broken: string[] = [];
		const livesAt = function* () {
			for (let at = 0; at < 16; at++) {
				const store = { at, lasting: 'forEver' as const, when: 'before' as const };
				const life = { ...KEPT_ON_RECORD, chapters: [first, { ...second, store }, third] };
				yield async (lane: Lane) => {
					const found = brokenInLife(life, await live(life, lane));
					broken.push(...found.map((what) => `use ${at}: ${what}`));
				};
			}
		};
		await inLanes(lanes, livesAt());
		expect(broken).toEqual([]);
	},
	MOST_MS,
);
