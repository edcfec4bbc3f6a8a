import { COLUMNS, ROWS } from '../faults/matrix';
import { FAULT_NAMES } from '../faults/schedule';
import { SMALL_WORLD, SPREAD_OF_SMALL_WORLD } from '../faults/smallWorld';
import { readPage, textOf } from './readPage';

/** The first number that stands behind some words in a file, such as a constant's name. */
function numberIn(file: string, words: string): number {
	const [, found = ''] = textOf(file).split(words);
	return Number(/\d[\d_]*/.exec(found)?.[0].replaceAll('_', ''));
}

const constant = (file: string, name: string) => numberIn(`nodes/${file}.ts`, `const ${name} = `);
const lock = (name: string) => constant('LiveCall/deduplication/rowLock', name);
const withKeys = constant('LiveCall/deduplication/claim', 'MOST_WITH_KEYS');

/** A dead holder's lock is watched, and then all wait for half of that time to all of it. */
const settling = lock('SETTLING_MS');
const broken = {
	soonest: (lock('LEASE_MS') + 1.5 * settling) / 1000,
	latest: (lock('STALE_PERIODS') * lock('PERIOD_MS') + 2 * settling) / 1000,
};

const [stop, redial, spread] = SPREAD_OF_SMALL_WORLD.map(({ schedules }) => schedules);
const [whole] = SMALL_WORLD.filter(({ name }) => SPREAD_OF_SMALL_WORLD[2]?.name.startsWith(name));
const smallWorld = SMALL_WORLD.reduce((sum, { schedules }) => sum + schedules, 0);

const config = JSON.parse(textOf('package.json')).config;
const written = (count: number) => count.toLocaleString('en-US');
const IN_WORDS: Record<number, string> = { 12: 'twelve', 13: 'thirteen' };

describe('what a page says of a number is what the code has', () => {
	it.each([
		['reliability.md', `waiting for ${Math.ceil(broken.soonest)} to ${broken.latest} seconds`],
		['scaling.md', `waiting for ${Math.ceil(broken.soonest)} to ${broken.latest} seconds`],
		['reliability.md', `more than ${lock('LEASE_MS') / 1000} seconds with the lock in hand`],
		['reliability.md', `the latest ${written(withKeys)} entries`],
		['reliability.md', `some ${written(withKeys / 4)} keys are remembered`],
		[
			'reliability.md',
			`keeps ${written(constant('LiveCall/deduplication/claim', 'MOST_WITHOUT_KEYS'))} entries`,
		],
		['reliability.md', `one of ${IN_WORDS[FAULT_NAMES.length]} things`],
		['reliability.md', `all ${IN_WORDS[ROWS.length]} operations and ${COLUMNS.length} faults`],
		['reliability.md', `${numberIn('test/faults/random.test.ts', 'runRandom(')} run with`],
		['reliability.md', `${numberIn('test/faults/lives.test.ts', 'runLives(')} run with`],
		['reliability.md', `by night: ${written(smallWorld)} schedules`],
		['reliability.md', `"Stop Workflow" (${stop}, and ${redial} with redialling`],
		['reliability.md', `${spread} that are spread over the ${written(whole?.schedules ?? 0)}`],
		[
			'reliability.md',
			`A list of ${numberIn('test/faults/crashedList.ts', 'const ITEMS = ')} with`,
		],
		['compatibility.md', `Tested on ${config.n8n}:`],
		['compatibility.md', `its last version, ${config.n8nOldest}, is tested too`],
		['../README.md', `Tested on n8n ${config.n8n} and ${config.n8nOldest}:`],
	])('%s: %s', (page, words) => {
		const says = readPage(page).replace(/\s+/g, ' ').includes(words);
		// By `toContain`, a failure shows the whole page.
		expect({ page, words, says }).toEqual({ page, words, says: true });
	});
});
