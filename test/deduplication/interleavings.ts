import type { Clock } from '../../nodes/LiveCall/deduplication/rowLock';
import { InMemoryProcessedData } from '../support/processedData';
import { storeOf } from './processes';

/** A process that waits: for the turn of its next step, or until others have done something. */
interface Waiting {
	process: number;
	asleep: boolean;
	go: () => void;
}

/** What a process of n8n works with. */
export interface Process {
	data: InMemoryProcessedData;
	/** A clock that stands still, and in whose time one process waits for the others. */
	clock(now: number): Clock;
}

/** A function that says which of some processes has the next turn, as an index. */
type Choose = (choices: number) => number;

/** More steps than any two processes need. */
const MOST_STEPS = 1_000;

/** Lets processes meet once; `choose` decides who goes first at each step, and `before` is in the node's row already. */
export async function meet(
	choose: Choose,
	works: Array<(process: Process) => Promise<unknown>>,
	before: string[] = [],
): Promise<InMemoryProcessedData> {
	let waiting: Waiting[] = [];
	const data = new InMemoryProcessedData();
	if (before.length > 0) {
		await storeOf(data).checkProcessedAndRecord(before, 'node', { mode: 'entries' });
	}
	let running = works.length;
	const all = Promise.all(
		works.map(async (work, process) => {
			const turn = async (asleep: boolean) =>
				await new Promise<void>((go) => waiting.push({ process, asleep, go }));
			const clock = (now: number): Clock => ({
				now: () => now,
				wait: async () => {
					await turn(true);
					return true;
				},
				random: () => 0.5,
			});
			await work({ data: data.forProcess(async () => await turn(false)), clock });
			running--;
		}),
	);
	for (let steps = 0; running > 0; steps++) {
		if (steps > MOST_STEPS) throw new Error('The processes wait for each other');
		await new Promise((resolve) => setImmediate(resolve));
		if (waiting.length === 0) continue;
		const awake = waiting.filter(({ asleep }) => !asleep);
		// Nobody looks twice at what has not changed: whoever sleeps wakes when somebody else has made a step.
		const candidates = awake.length > 0 ? awake : waiting;
		candidates.sort((one, other) => one.process - other.process);
		const next = candidates[candidates.length > 1 ? choose(candidates.length) : 0];
		waiting = waiting.filter((one) => one !== next);
		for (const other of waiting) other.asleep = false;
		next.go();
	}
	await all;
	return data;
}

/**
 * Lets processes meet in every order of their steps that there is.
 * @param works what they do; asked for anew for each meeting
 * @param check looks at what came of each meeting
 * @param before what the node's row holds already
 * @returns how many orders there are
 */
export async function meetInEveryOrder(
	works: () => Array<(process: Process) => Promise<unknown>>,
	check: (data: InMemoryProcessedData) => void,
	before: string[] = [],
): Promise<number> {
	const open: number[][] = [[]];
	let orders = 0;
	for (let given = open.pop(); given; given = open.pop()) {
		const chosen: number[] = [];
		const data = await meet(
			(choices) => {
				const place = chosen.length;
				const choice = given[place] ?? 0;
				// What lies beyond the given choices is chosen first here, and otherwise in a meeting of its own.
				if (place >= given.length) {
					for (let other = 1; other < choices; other++) open.push([...chosen, other]);
				}
				chosen.push(choice);
				return choice;
			},
			works(),
			before,
		);
		orders++;
		check(data);
	}
	return orders;
}
