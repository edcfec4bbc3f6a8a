import { processedData } from '../support/engine';
import { inLanes, type Decide, type Lane } from './lane';
import { count, emptyTally, type Tally } from './random';
import { runScenario } from './scenario';
import { FAULT_NAMES, type FaultName, type Schedule } from './schedule';

/** A scenario without its faults. */
type Setting = Omit<Schedule, 'faults' | 'listFaults'> & { items: number };

/** What met the n-th request for an item or for the list. */
interface Choice {
	whom: number | 'list';
	n: number;
	fault: FaultName;
}

/**
 * Runs every schedule of a setting: each request that occurs meets each kind of fault, in every combination. Faults
 * are chosen only for requests that are really sent, since what is sent depends on what met the requests before: a
 * walk over the tree of all decisions, in which each leaf is one scenario and is run once.
 * @returns what came of them; the walk goes no deeper once a promise is broken
 */
export async function runAll(setting: Setting, lanes: Lane[]): Promise<Tally> {
	const tally = emptyTally();
	let generation: Choice[][] = [[]];
	while (generation.length > 0 && !tally.failure) {
		const next: Choice[][] = [];
		const jobs = generation.map((chosen) => async (lane: Lane) => {
			if (tally.failure) return;
			const met = await runOne(setting, chosen, lane, tally);
			for (let place = chosen.length; place < met.length; place++) {
				for (const fault of FAULT_NAMES) {
					if (fault !== 'fine') next.push([...met.slice(0, place), { ...met[place], fault }]);
				}
			}
		});
		await inLanes(lanes, jobs[Symbol.iterator]());
		processedData.clear();
		generation = next;
	}
	return tally;
}

/** How often a scenario is run again in which a request came that should not, or did not come. */
const MOST_TRIES = 20;

/**
 * Runs one scenario: what was chosen, and fine for everything after it.
 * @returns what met which request, in order
 */
async function runOne(
	{ items, ...setting }: Setting,
	chosen: Choice[],
	lane: Lane,
	tally: Tally,
): Promise<Choice[]> {
	const schedule: Schedule = {
		...setting,
		faults: Array.from({ length: items }, (_, item) => faultsOf(item, chosen)),
		listFaults: faultsOf('list', chosen),
	};
	for (let tries = 1; tries <= MOST_TRIES; tries++) {
		const met: Choice[] = [];
		const decide: Decide = (whom, n) => {
			const fault = chosen[met.length]?.fault ?? 'fine';
			met.push({ whom, n, fault });
			return fault;
		};
		const story = await runScenario(schedule, lane, decide, tries);
		// The walk is complete only as long as the same choices lead to the same requests. On a machine that stands
		// still for longer than a hanging request may take, that request may time out before it has left: the next try
		// gives it longer.
		const isSame = chosen.every(
			({ whom, n }, place) => met[place]?.whom === whom && met[place].n === n,
		);
		if (!isSame) continue;
		count(tally, story);
		return met;
	}
	throw new Error(`The same choices led to other requests: ${JSON.stringify(chosen)}`);
}

function faultsOf(whom: number | 'list', chosen: Choice[]): FaultName[] {
	return chosen.filter((choice) => choice.whom === whom).map(({ fault }) => fault);
}

const ALONE: Setting = {
	operation: 'call.create',
	items: 2,
	concurrency: 1,
	maxRetries: 0,
	onError: 'stopWorkflow',
	tries: 2,
	retries: [{ redialUnknown: false, concurrency: 1 }],
	keys: 'none',
	runAgain: false,
};

const REDIAL: Setting = { ...ALONE, retries: [{ redialUnknown: true, concurrency: 1 }] };

/**
 * The small world: two items, one after the other, no repeats of a request, Retry On Fail with two tries and one
 * "Retry" (which only a node that stops can have). Complete means that each request that can be sent at all meets each
 * of the twelve kinds of fault in each combination with what met the others; nothing bounds the number of requests
 * but the tries themselves. With t tries left, one item that stops on failure has S(t) = 10 + 2 S(t-1) schedules, since
 * only two of the kinds let it be sent again (S(0) = 1). Of two items, the second goes on with the tries that are left when
 * the first is unknown, which nine kinds leave it: T(t) = S(t) + 2 T(t-1) + 9 S(t-1), T(0) = 1: T(2) = 188, T(4) = 2388.
 * If the node goes on after errors, the second try comes only when the first item failed: 1 * 12 + 9 * S(2) + 2 * 12 * S(2) =
 * 1134. One item that is tried once and then, if it was not placed, once more with "Redial If Unknown" has 1 + 11 * 12 =
 * 133. The walk must find just as many: one that finds fewer has missed some.
 */
export const SMALL_WORLD: Array<{ name: string; setting: Setting; schedules: number }> = [
	{ name: 'stop, one try', setting: { ...ALONE, tries: 1 }, schedules: 188 },
	{
		name: 'continue in the regular output',
		setting: { ...ALONE, onError: 'continueRegularOutput' },
		schedules: 1134,
	},
	{
		name: 'continue in the error output',
		setting: { ...ALONE, onError: 'continueErrorOutput' },
		schedules: 1134,
	},
	{
		name: 'stop, then redial what is unknown, one item, one try',
		setting: { ...REDIAL, items: 1, tries: 1 },
		schedules: 133,
	},
];

/** What takes too long for each test run; `run.ts --small-world` adds it. */
export const REST_OF_SMALL_WORLD: typeof SMALL_WORLD = [
	{ name: 'stop', setting: ALONE, schedules: 2388 },
	{ name: 'stop, then redial what is unknown', setting: REDIAL, schedules: 4566 },
	{
		name: 'stop, then redial what is unknown, one item',
		setting: { ...REDIAL, items: 1 },
		schedules: 1057,
	},
];
