import type { RunResult } from '../support/engine';
import type { Execution, Story } from './scenario';
import type { Schedule } from './schedule';
import { pairOf } from '../support/world';

/** How an execution says that an item ended. */
type Ending =
	| { as: 'placed'; id: number }
	| { as: 'skipped' }
	| { as: 'refused'; message: string }
	| { as: 'unknown'; message: string }
	| { as: 'notTried' };

/** A promise that was broken. */
export interface Broken {
	promise: 'double ring' | 'unaccounted' | 'lost' | 'pairing' | 'ledger' | 'secret';
	what: string;
}

const UNKNOWN = /^LiveCall may already have (placed this call|created this user): /;

/** What is said where LiveCall was not asked to act, or certainly did not. */
const NOT_DONE = [
	/^LiveCall refused to (place the call|create the user)\b/,
	/^LiveCall knows no (target group|user) "\d+": /,
	/^LiveCall is receiving too many requests and did not (place the call|create the user)\b/,
	/^The deduplication key ".*" stands for another customer, too, and no call was placed/,
];

/** What is said where the users could not be listed: then no user is created. */
const NOT_LISTED = [
	/^LiveCall refused to list the users\b/,
	/^LiveCall is receiving too many requests and did not list the users\b/,
	/^LiveCall answered with status 50[03]\b/,
	/^LiveCall did not answer within 0\.\d seconds/,
	/^The connection to LiveCall was lost before its answer was complete/,
	/^LiveCall's answer (was a web page|was cut off or is not JSON|came without the list "users")/,
];

/**
 * Holds a scenario against what the node promises.
 * @returns what was broken; empty when all is well
 */
export function brokenIn(story: Story): Broken[] {
	const { schedule, executions, secrets } = story;
	const count = schedule.faults.length;
	const broken: Broken[] = [];
	/** How often each item may have been acted on by now. */
	const allowed = Array.from({ length: count }, () => 1);
	const acted = Array.from({ length: count }, () => 0);
	/** How much of that a person has looked at and put aside, by having the item sent once more. */
	const putAside = Array.from({ length: count }, () => 0);
	let before: Ending[] = [];

	executions.forEach((execution, number) => {
		const found = (promise: Broken['promise'], what: string) =>
			broken.push({ promise, what: `execution ${number} (${execution.kind}): ${what}` });
		const endings = readEndings(execution.result, schedule, found);

		for (let index = 0; index < count; index++) {
			const deeds = execution.deeds[index];
			if (execution.redialUnknown && before[index]?.as === 'unknown') {
				allowed[index]++;
				if (deeds.asked > 0) putAside[index] = acted[index];
			}
			// An execution of its own knows nothing of the others: it tells what it did itself.
			if (execution.kind === 'again') putAside[index] = acted[index];
			acted[index] += deeds.acted;
			if (deeds.acted > 1) found('double ring', `item ${index} was acted on ${deeds.acted} times`);
			if (acted[index] > allowed[index]) {
				found('double ring', `item ${index} was acted on ${acted[index]} times in all`);
			}
			const ending = endings[index];
			if (!ending) continue;
			checkNothingLost(ending, index, execution, acted[index] > putAside[index], schedule, found);
			checkLedger(ending, index, execution, schedule, found);
		}
		if (schedule.keys === 'shared') {
			for (let index = 0; index + 1 < count; index += 2) {
				const pair = acted[index] + acted[index + 1];
				if (pair >= allowed[index] + allowed[index + 1]) {
					found(
						'double ring',
						`items ${index} and ${index + 1}, one key, were acted on ${pair} times`,
					);
				}
			}
		}
		for (const secret of secrets) {
			if (execution.result.stored.includes(secret)) found('secret', 'n8n would store a secret');
		}
		before = endings.map((ending) => ending ?? { as: 'notTried' });
	});
	return broken;
}

type Found = (promise: Broken['promise'], what: string) => void;

/** What LiveCall did must be told, and what is told must have been done. */
function checkNothingLost(
	ending: Ending,
	index: number,
	{ kind, deeds }: Execution,
	mustBeTold: boolean,
	{ keys }: Schedule,
	found: Found,
): void {
	const { ids } = deeds[index];
	if (ending.as === 'placed' && !ids.includes(ending.id)) {
		found('lost', `item ${index} is said to be ${ending.id}, but LiveCall has ${ids.join(', ')}`);
	}
	if (mustBeTold && ending.as !== 'placed' && ending.as !== 'unknown') {
		found(
			'lost',
			`LiveCall acted on item ${index} (${ids.join(', ')}), which is said: ${inWords(ending)}`,
		);
	}
	const mayBeSkipped = keys === 'shared' || (keys === 'own' && kind === 'again');
	if (ending.as === 'skipped' && !mayBeSkipped) {
		found('lost', `item ${index} was skipped, though nobody else has its key`);
	}
}

/** The ledger decides what a next try does: it must say the same as the execution. */
function checkLedger(
	ending: Ending,
	index: number,
	{ result, redialUnknown }: Execution,
	{ operation }: Schedule,
	found: Found,
): void {
	const entry = ledgerEntry(result, index);
	// An upsert that finds its user in the list need not have created it, and does not write down that it found it.
	const isSettledByList = operation === 'user.upsert' && ending.as === 'placed';
	const expected = { placed: 'placed', unknown: 'sent', skipped: '', refused: '', notTried: '' };
	const state = entry?.state ?? '';
	// Where a request was sent again on a person's word and refused, what the first one did is still unknown.
	const isRefusedRedial = ending.as === 'refused' && redialUnknown && state === 'sent';
	const agrees =
		isRefusedRedial ||
		(state === expected[ending.as] && (ending.as !== 'placed' || entry?.id === ending.id));
	if (!agrees && !isSettledByList) {
		found(
			'ledger',
			`item ${index} is said: ${inWords(ending)}; the ledger says: ${state || 'nothing'}`,
		);
	}
}

function ledgerEntry(
	{ contextData }: RunResult,
	index: number,
): { state: string; id: unknown } | undefined {
	const entry = ['node:LiveCall', 'liveCallLedger', '0', String(index)].reduce<unknown>(
		entryOf,
		contextData,
	);
	const state = entryOf(entry, 'state');
	if (typeof state !== 'string') return undefined;
	return { state, id: entryOf(entryOf(entry, 'answer'), 'id') };
}

function entryOf(value: unknown, key: string): unknown {
	return typeof value === 'object' && value !== null
		? Object.entries(value).find(([name]) => name === key)?.[1]
		: undefined;
}

/** Reads how each item ended, from nothing but what a person can see; `undefined` where that cannot be told. */
function readEndings(
	result: RunResult,
	schedule: Schedule,
	found: Found,
): Array<Ending | undefined> {
	const count = schedule.faults.length;
	const endings = Array.from({ length: count }, (): Ending[] => []);
	const add = (index: number, ending: Ending | undefined, source: string) => {
		if (!ending || !endings[index])
			found('unaccounted', `item ${index}: nobody can tell from ${source}`);
		else endings[index].push(ending);
	};
	if (result.failed) readError(result, schedule, add, found);
	else readOutput(result, schedule, add, found);
	return endings.map((ways, index) => {
		if (ways.length === 1) return ways[0];
		found(
			'unaccounted',
			`item ${index} ended in ${ways.length} ways: ${ways.map(inWords).join(', ')}`,
		);
		return undefined;
	});
}

type Add = (index: number, ending: Ending | undefined, source: string) => void;

function readOutput(result: RunResult, schedule: Schedule, add: Add, found: Found): void {
	const { output, errorOutput } = result;
	for (const items of [output, errorOutput]) {
		const order = items.map(pairOf);
		if (order.some((index, place) => place > 0 && index <= order[place - 1])) {
			found('pairing', `the output is in the order ${order.join(', ')}`);
		}
	}
	if (schedule.onError !== 'continueErrorOutput' && errorOutput.length > 0) {
		found('pairing', 'there is an error output that nobody asked for');
	}
	for (const item of [...output, ...errorOutput]) {
		const index = pairOf(item);
		const { id, skipped, error } = item.json;
		const isError = typeof error === 'string';
		if (isError && schedule.onError === 'stopWorkflow') {
			found('unaccounted', `item ${index} came out as an error though the node should stop`);
		}
		if (isError !== errorOutput.includes(item) && schedule.onError === 'continueErrorOutput') {
			found('pairing', `item ${index} came out of the wrong output`);
		}
		if (isError) {
			if (itemNamedIn(error, schedule) !== index)
				found('pairing', `item ${index} has the error "${error}"`);
			add(index, endingOfMessage(error, schedule), JSON.stringify(error));
		} else if (typeof id === 'number') add(index, { as: 'placed', id }, 'its id');
		else if (skipped === true) add(index, { as: 'skipped' }, 'its output');
		else add(index, undefined, JSON.stringify(item.json));
	}
}

/** Reads the error that ended a run: its own item, and the account of all others in its description. */
function readError({ error, output }: RunResult, schedule: Schedule, add: Add, found: Found): void {
	if (schedule.onError !== 'stopWorkflow') found('unaccounted', 'the node should have gone on');
	if (output.length > 0) found('unaccounted', 'there is output beside the error');
	const description = String(error.description ?? '');
	const failedAt = itemNamedIn(error.message, schedule);
	add(failedAt, endingOfMessage(error.message, schedule), JSON.stringify(error.message));
	if (schedule.faults.length > 1 && !description.startsWith(`Item ${failedAt}: `)) {
		found('pairing', `item ${failedAt} has the description "${description}"`);
	}

	const done = part(description, 'Already done');
	for (const [, index, id, skipped] of done.matchAll(
		/item (\d+) \((?:(?:call|user) (\d+)|(skipped), [a-z]+)\)/g,
	)) {
		add(Number(index), skipped ? { as: 'skipped' } : { as: 'placed', id: Number(id) }, done);
	}
	for (const message of part(description, 'Also not done').split(/(?<=\[item \d+\]); /)) {
		if (message !== '')
			add(itemNamedIn(message, schedule), endingOfMessage(message, schedule), message);
	}
	const notReached = part(description, 'Not tried') || part(description, 'Not reached');
	for (const [, from, to] of notReached.matchAll(/items? (\d+)(?: to (\d+))?/g)) {
		for (let index = Number(from); index <= Number(to ?? from); index++) {
			add(index, { as: 'notTried' }, 'the account');
		}
	}
}

function part(description: string, title: string): string {
	const next = '(?=\\. (?:Also not done|Not tried|Not reached): |\\.$)';
	return new RegExp(`\\b${title}: (.*?)${next}`).exec(description)?.[1] ?? '';
}

/** The item that a message is about, which it names where there is more than one; -1 where it does not. */
function itemNamedIn(message: string, { faults }: Schedule): number {
	const named = /\[item (\d+)\]$/.exec(message)?.[1];
	return faults.length === 1 && named === undefined ? 0 : Number(named ?? -1);
}

function endingOfMessage(message: string, { operation }: Schedule): Ending | undefined {
	if (UNKNOWN.test(message)) return { as: 'unknown', message };
	const notDone = operation === 'user.upsert' ? [...NOT_DONE, ...NOT_LISTED] : NOT_DONE;
	return notDone.some((form) => form.test(message)) ? { as: 'refused', message } : undefined;
}

function inWords(ending: Ending): string {
	if (ending.as === 'placed') return `placed (${ending.id})`;
	return 'message' in ending ? `${ending.as} ("${ending.message}")` : ending.as;
}
