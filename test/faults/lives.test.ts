import { inLanes, type Lane } from './lane';
import { brokenInLife, live, type Life } from './lives';
import { MOST_MS, openLanes } from './promises';
import { reportLife, runLives } from './randomLives';
import { SEED } from '../support/seed';

const lanes = openLanes();

it(
	`keeps every promise in 60 random lives (seed ${SEED})`,
	async () => {
		const tally = await runLives(60, SEED, lanes);
		if (tally.failure) throw new Error(reportLife(tally.failure));
		expect(tally.lives).toBe(60);
		expect(tally.deaths).toBeGreaterThan(0);
	},
	MOST_MS,
);

/**
 * Two customers, with one key or without keys: n8n dies with the first one's call, its store fails for good amid the
 * Retry, and a further Retry finds on record what was claimed in vain.
 */
const KEPT_ON_RECORD: Life = {
	operation: 'call.create',
	faults: [['fine'], ['fine']],
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
		const lives = (['shared', 'none'] as const).flatMap((keys) =>
			(['before', 'after'] as const).flatMap((when) =>
				Array.from({ length: 20 }, (_, at): Life => {
					const store = { at, lasting: 'forEver' as const, when };
					return { ...KEPT_ON_RECORD, keys, chapters: [first, { ...second, store }, third] };
				}),
			),
		);
		const each = function* () {
			for (const life of lives) {
				yield async (lane: Lane) => {
					const found = brokenInLife(life, await live(life, lane));
					broken.push(...found.map((what) => `${what}: ${JSON.stringify(life)}`));
				};
			}
		};
		await inLanes(lanes, each());
		expect(broken).toEqual([]);
	},
	MOST_MS,
);
