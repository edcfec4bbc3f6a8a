import { inLanes, type Decide, type Lane } from './lane';
import { count, emptyTally, type Tally } from './random';
import { HANGING_SECONDS, isHang, runScenario } from './scenario';
import { FAULT_NAMES, type FaultName, type Schedule } from './schedule';

/** A scenario without its faults. */
type Setting = Omit<Schedule, 'faults' | 'listFaults'> & { items: number };

/** What met the n-th request for an item or for the list. */
interface Choice {
	whom: number | 'list';
	n: number;
	fault: FaultName;
}

/** What lets the node send an item again by itself, since LiveCall has certainly not acted. */
const REFUSED: FaultName[] = ['refused', 'tooMany'];

/** What leaves it unknown whether LiveCall has acted. */
const UNKNOWN = FAULT_NAMES.filter((fault) => fault !== 'fine' && !REFUSED.includes(fault));

const ALL_KINDS = { refused: REFUSED.length, unknown: UNKNOWN.length };

/** How many kinds of fault a request meets in the part of a small world that is walked with each test run. */
const SPREAD = { refused: 1, unknown: 3 };

/**
 * Runs every schedule of a part: each request that occurs meets each kind of fault, in every combination. Faults
 * are chosen only for requests that are really sent, since what is sent depends on what met the requests before: a
 * walk over the tree of all decisions, in which each leaf is one scenario and is run once.
 * @returns what came of them; the walk goes no deeper once a promise is broken
 */
export async function runAll({ setting, isSpread = false }: Part, lanes: Lane[]): Promise<Tally> {
	const tally = emptyTally();
	let generation: Choice[][] = [[]];
	while (generation.length > 0 && !tally.failure) {
		const next: Choice[][] = [];
		const jobs = generation.map((chosen) => async (lane: Lane) => {
			if (tally.failure) return;
			const met = await runOne(setting, chosen, lane, tally);
			for (let place = chosen.length; place < met.length; place++) {
				const before = met.slice(0, place);
				for (const fault of isSpread ? spreadAfter(before) : [...REFUSED, ...UNKNOWN]) {
					next.push([...before, { ...met[place], fault }]);
				}
			}
		});
		await inLanes(lanes, jobs[Symbol.iterator]());
		generation = next;
	}
	return tally;
}

/**
 * The faults that a request meets in a part that is spread: all of them at first, and then some, in turn by what was met
 * before, so that each kind comes at each place and beside each other kind.
 */
function spreadAfter(before: Choice[]): FaultName[] {
	if (before.length === 0) return [...REFUSED, ...UNKNOWN];
	const turn = before.reduce((sum, { fault }) => sum + FAULT_NAMES.indexOf(fault), before.length);
	const inTurn = (faults: FaultName[], many: number) =>
		faults.filter((_, place) => (place + turn) % (faults.length / many) === 0);
	return [...inTurn(REFUSED, SPREAD.refused), ...inTurn(UNKNOWN, SPREAD.unknown)];
}

/** A scenario is run again, with more time for what hangs, if a request came that should not, or did not come or may have timed out. */
const MOST_PATIENCE = 64;

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
	const hangs = schedule.faults.flat().some(isHang);
	for (let patience = 2; patience <= MOST_PATIENCE; patience *= 2) {
		const met: Choice[] = [];
		const times = [performance.now()];
		const decide: Decide = (whom, n) => {
			const due = chosen[met.length];
			const fault = due?.whom === whom && due.n === n ? due.fault : 'fine';
			met.push({ whom, n, fault });
			times.push(performance.now());
			return fault;
		};
		const story = await runScenario(schedule, lane, decide, patience);
		times.push(performance.now());
		// The walk is complete only as long as the same choices lead to the same requests. On a machine that stands
		// still for longer than a hanging request may take, another request may time out, too: the next try gives it longer.
		const isSame = chosen.every(
			({ whom, n }, place) => met[place]?.whom === whom && met[place].n === n,
		);
		const isTimely =
			!hangs ||
			times.slice(1).every((time, place) => {
				const before = met[place - 1]?.fault;
				return time - times[place] < longestAfter(before, patience);
			});
		if (!isSame || !isTimely) continue;
		count(tally, story);
		return met;
	}
	throw new Error(`The same choices led to other requests: ${JSON.stringify(chosen)}`);
}

/** How long is waited after a 429 at least, in ms. */
const AFTER_TOO_MANY_MS = 100;

/** How long after a request the next one comes, or the end, in ms, if none times out between that is not meant to. */
function longestAfter(fault: FaultName | undefined, patience: number): number {
	const timeout = HANGING_SECONDS * 1000 * patience;
	if (fault !== undefined && isHang(fault)) return 2 * timeout;
	return fault === 'tooMany' ? timeout + AFTER_TOO_MANY_MS : timeout;
}

function faultsOf(whom: number | 'list', chosen: Choice[]): FaultName[] {
	return chosen.filter((choice) => choice.whom === whom).map(({ fault }) => fault);
}

/** How many schedules follow from where one item, or two of them, still have to be done. */
interface Counts {
	one: number;
	two: number;
}

const NOTHING_FOLLOWS: Counts = { one: 1, two: 1 };

/**
 * How many schedules a node has that stops on failure, with so many tries left.
 *
 * An item that is fine needs no further request; one that was refused is sent again in the next try; one that is unknown is
 * sent again in a Retry at most. Of two items, the second is reached in the same try if the first is fine, and in the
 * next one if the first is unknown: what an earlier try has left unknown does not end a run.
 * @param after what a Retry has in which a person has the unknown sent again, by how many items are not placed then
 */
function countOf(
	tries: number,
	after: Counts = NOTHING_FOLLOWS,
	{ refused, unknown } = ALL_KINDS,
): Counts {
	let { one, two } = after;
	// Of two items, the first is unknown and the second still to be sent.
	let second = after.two;
	for (let left = 1; left <= tries; left++) {
		const oneMore = 1 + refused * one + unknown * after.one;
		two = oneMore + refused * two + unknown * second;
		second = after.one + refused * second + unknown * after.two;
		one = oneMore;
	}
	return { one, two };
}

/**
 * How many schedules a node has that goes on after errors, with two items and two tries. The second try comes only
 * if the first item has failed (n8n looks no further), and sends what was refused.
 * @param kinds how many kinds of fault each request meets but the first, which meets all
 */
function countOfContinuing({ refused, unknown }: typeof SPREAD): number {
	const once = 1 + refused + unknown;
	const twice = 1 + unknown + refused * once;
	return once + UNKNOWN.length * twice + REFUSED.length * once * twice;
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

/** A small world, or a part of it that is spread over the whole. */
export interface Part {
	name: string;
	setting: Setting;
	isSpread?: boolean;
	/** How many the walk must find: one that finds fewer has missed some. */
	schedules: number;
}

const CONTINUING: Part[] = (['continueRegularOutput', 'continueErrorOutput'] as const).map(
	(onError) => ({
		name: onError,
		setting: { ...ALONE, onError },
		schedules: countOfContinuing(ALL_KINDS),
	}),
);

const STOPPING: Part[] = [
	{
		name: 'stop, one try',
		setting: { ...ALONE, tries: 1 },
		schedules: countOf(2).two,
	},
	{
		name: 'stop, then redial what is unknown, one item, one try',
		setting: { ...REDIAL, items: 1, tries: 1 },
		schedules: countOf(1, countOf(1)).one,
	},
];

/** What each test run walks. */
export const SPREAD_OF_SMALL_WORLD: Part[] = [
	...STOPPING,
	...CONTINUING.map((part) => ({
		...part,
		name: `${part.name}, spread`,
		isSpread: true,
		schedules: countOfContinuing(SPREAD),
	})),
];

/**
 * The small world: two items, one after the other, no repeats of a request, Retry On Fail with two tries and one
 * "Retry" (which only a node that stops can have). Complete means that each request that can be sent at all meets each
 * of the twelve kinds of fault in each combination with what met the others; nothing bounds the number of requests
 * but the tries themselves. Without redialling, a Retry only gives further tries.
 */
export const SMALL_WORLD: Part[] = [
	...STOPPING,
	...CONTINUING,
	{ name: 'stop', setting: ALONE, schedules: countOf(4).two },
	{
		name: 'stop, then redial what is unknown, one item',
		setting: { ...REDIAL, items: 1 },
		schedules: countOf(2, countOf(2)).one,
	},
	{
		name: 'stop, then redial what is unknown',
		setting: REDIAL,
		schedules: countOf(2, countOf(2)).two,
	},
];
