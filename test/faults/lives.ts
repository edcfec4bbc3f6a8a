import fc from 'fast-check';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import {
	processedData,
	retry,
	retryCrashed,
	runNode,
	type RunResult,
	type RunSettings,
} from '../support/engine';
import { canonicalNumber } from '../../nodes/shared/phoneNumber';
import type { StoreFailure } from '../support/processedData';
import type { Deeds, Lane } from './lane';
import { itemFaults, type FaultName, type OnError } from './schedule';
import { pairOf } from '../support/world';

/** One execution of a life. */
interface Chapter {
	/** Which of the executions before is retried, counted from 0; the first chapter is the first execution. */
	retries: number;
	redialUnknown: boolean;
	/** The request with which n8n dies, counted from 0 in this execution; it stores nothing of the execution then. */
	dies: number | null;
	/** How n8n's store of processed data fails during it. */
	store: StoreFailure | null;
}

/**
 * What may become of a few customers over several executions: n8n dies, its store fails, the error output leads back to
 * the node, and a person retries any of the executions that can be retried. Plain JSON, to be printed and replayed.
 */
export interface Life {
	operation: 'call.create' | 'user.create';
	/** For each customer, what meets the requests one after the other over all executions; then all is fine. */
	faults: FaultName[][];
	concurrency: number;
	onError: OnError;
	tries: number;
	/** How often the error output leads back to the node. */
	loops: number;
	keys: 'none' | 'own' | 'shared';
	chapters: Chapter[];
}

const storeFailure: fc.Arbitrary<StoreFailure> = fc.record({
	at: fc.integer({ min: 0, max: 30 }),
	lasting: fc.oneof(
		{ weight: 4, arbitrary: fc.constant('once' as const) },
		{ weight: 1, arbitrary: fc.constant('forEver' as const) },
	),
	when: fc.constantFrom<StoreFailure['when']>('before', 'after'),
});

const chapter: fc.Arbitrary<Chapter> = fc.record({
	retries: fc.nat({ max: 3 }),
	redialUnknown: fc.boolean(),
	dies: fc.option(fc.nat({ max: 6 }), { freq: 2 }),
	store: fc.option(storeFailure, { freq: 2 }),
});

/** Any life that means something. */
export const anyLife: fc.Arbitrary<Life> = fc
	.record<Life>({
		operation: fc.constantFrom<Life['operation'][]>('call.create', 'call.create', 'user.create'),
		faults: fc.array(itemFaults, { minLength: 1, maxLength: 5 }),
		concurrency: fc.integer({ min: 1, max: 4 }),
		onError: fc.constantFrom<OnError[]>(
			'stopWorkflow',
			'continueRegularOutput',
			'continueErrorOutput',
		),
		tries: fc.integer({ min: 1, max: 3 }),
		loops: fc.nat({ max: 3 }),
		keys: fc.constantFrom<Life['keys'][]>('none', 'none', 'own', 'shared'),
		chapters: fc.array(chapter, { minLength: 2, maxLength: 4 }),
	})
	.map(meaningful);

function meaningful(life: Life): Life {
	const loops = life.onError === 'continueErrorOutput' ? life.loops : 0;
	return {
		...life,
		loops,
		keys: life.operation === 'call.create' ? life.keys : 'none',
		chapters: life.chapters.map(({ dies, store, ...rest }) => ({
			...rest,
			dies,
			// What an execution could not put on record is lost when n8n dies in it: that is said, and no promise.
			store: dies === null ? store : null,
		})),
	};
}

/** What a chapter said of a customer. */
export type Told =
	| 'placed'
	| 'unknown'
	| 'skipped'
	| 'otherCustomer'
	| 'doubtfulKey'
	| 'storeFailed'
	| 'notDone';

/** What n8n's store says of a customer when an execution is over. */
export type Recorded = 'nothing' | 'sent' | 'placed';

/** A chapter that has been lived through. */
interface Lived {
	chapter: Chapter;
	/** Which one it retried; `undefined` for the first. */
	retried: number | undefined;
	died: boolean;
	result: RunResult;
	/** For each customer. */
	told: Array<Set<Told>>;
	deeds: Deeds[];
	/** For each customer. */
	recorded: Recorded[];
	/** Whether it says that a key or a request may have stayed on record. */
	saysItMayBeKept: boolean;
}

let lives = 0;

/** Lives through a life in n8n's engine. */
export async function live(life: Life, lane: Lane): Promise<Lived[]> {
	const workflowId = `life-${++lives}`;
	const met = life.faults.map(() => 0);
	let requests = 0;
	let current: Chapter | undefined;
	let die: (() => void) | undefined;
	const numbers = lane.begin(life.faults.length, (whom) => {
		if (typeof whom !== 'number') return 'fine';
		if (requests++ === current?.dies) die?.();
		return life.faults[whom][met[whom]++] ?? 'fine';
	});
	const items = itemsOf(life, numbers);
	const lived: Lived[] = [];
	for (const [place, next] of life.chapters.entries()) {
		const retried = place === 0 ? undefined : next.retries % lived.length;
		const before = retried === undefined ? undefined : lived[retried];
		if (before && !before.died && !before.result.failed) continue;
		current = next;
		requests = 0;
		processedData.failIn(workflowId, next.store ?? undefined);
		let restore: (() => void) | undefined;
		const settings: RunSettings = {
			...settingsFor(life, next),
			items,
			credential: lane.credential,
			workflowId,
			onStart: (cancel) => {
				die = () => {
					if (restore) return;
					restore = processedData.snapshot(workflowId);
					cancel();
				};
			},
		};
		const result = await (before === undefined
			? runNode(settings)
			: (before.died ? retryCrashed : retry)(before.result, {
					parameters: settings.parameters,
					onStart: settings.onStart,
				}));
		die = undefined;
		processedData.failIn(workflowId);
		const died = restore !== undefined;
		if (restore) restore();
		else processedData.snapshot(workflowId)();
		lived.push({
			chapter: next,
			retried,
			died,
			result,
			told: toldIn(result, life, numbers),
			deeds: await lane.look(),
			recorded: numbers.map((number) => recordedOf(number, processedData.keys(workflowId))),
			saysItMayBeKept:
				/Whether n8n recorded|key is recorded, perhaps|did not take (the deduplication key|back)/.test(
					JSON.stringify(result.run.data) + String(result.error.description),
				),
		});
	}
	processedData.forget(workflowId);
	return lived;
}

function itemsOf({ keys, faults }: Life, numbers: string[]) {
	return numbers.map((phone, index) => ({
		phone,
		key: keys === 'shared' ? `pair ${index - (index % 2)}` : `lead ${index}`,
		seconds: mayTimeOut(faults[index]) ? 0.2 : 20,
	}));
}

function settingsFor(
	life: Life,
	{ redialUnknown }: Chapter,
): Pick<RunSettings, 'parameters' | 'node' | 'loop'> {
	const [resource, name] = life.operation.split('.');
	const parameters: INodeParameters = {
		resource,
		operation: name,
		phoneNumber: '={{ $json.phone }}',
		...(life.operation === 'call.create' ? { filterId: '1' } : { name: 'Ada Lovelace' }),
		options: {
			maxConcurrency: life.concurrency,
			maxRetries: 0,
			requestTimeout: '={{ $json.seconds }}',
			...(redialUnknown ? { redialUnknown } : {}),
			...(life.keys === 'none' ? {} : { deduplicationKey: '={{ $json.key }}' }),
		},
	};
	const node: Partial<INode> = {
		onError: life.onError,
		retryOnFail: life.tries > 1,
		maxTries: life.tries,
		waitBetweenTries: 1,
	};
	return {
		parameters,
		node,
		loop: life.loops > 0 ? { from: 'errorOutput', times: life.loops } : undefined,
	};
}

/** What a person reads of each customer, in the output of all runs or in the error that ended the node. */
function toldIn(result: RunResult, life: Life, numbers: string[]): Array<Set<Told>> {
	const told = numbers.map(() => new Set<Told>());
	if (result.failed && life.onError === 'stopWorkflow') {
		const text = `${result.error.message} ${String(result.error.description)}`;
		const all = numbers.length === 1 ? `${text} [item 0]` : text;
		for (const [, item] of all.matchAll(
			/item (\d+) \((?:(?:call|user) \d+|done by an earlier run)\)/g,
		)) {
			told[Number(item)].add('placed');
		}
		for (const [, item] of all.matchAll(/item (\d+) \(skipped/g)) told[Number(item)].add('skipped');
		for (const [message, item] of all.matchAll(/.*?\[item (\d+)\]/g)) {
			told[Number(item)].add(toldBy(message));
		}
		return told;
	}
	for (const { output, errorOutput } of result.runs) {
		for (const item of [...output, ...errorOutput]) {
			const { json } = item;
			const phone = json.phone_number ?? json.phone;
			const byPhone = numbers.findIndex((number) => number === phone);
			told[byPhone >= 0 ? byPhone : Math.max(0, pairOf(item))].add(toldOf(json));
		}
	}
	return told;
}

function toldOf(json: IDataObject): Told {
	if (typeof json.error === 'string') return toldBy(json.error);
	return json.skipped === true ? 'skipped' : 'placed';
}

function toldBy(message: string): Told {
	const [, told] = MESSAGES.find(([form]) => form.test(message)) ?? [];
	return told ?? 'notDone';
}

const MESSAGES: Array<[RegExp, Told]> = [
	[/LiveCall may already have/, 'unknown'],
	[/stands for another customer/, 'otherCustomer'],
	[/key is recorded, perhaps/, 'doubtfulKey'],
	[/n8n's database did not|Whether n8n recorded/, 'storeFailed'],
];

/** Entries of requests are lists: what they say, the lineage, and the customer. */
function recordedOf(number: string, entries: string[]): Recorded {
	const customer = canonicalNumber(number);
	const said = entries
		.filter((entry) => entry.startsWith('['))
		.map((entry): unknown[] => JSON.parse(entry))
		.filter((entry) => entry[2] === customer)
		.map(([first]) => first);
	if (said.includes('placed')) return 'placed';
	return said.includes('sent') ? 'sent' : 'nothing';
}

/** Holds a life against what the node promises; gives what was broken. */
export function brokenInLife(life: Life, lived: Lived[]): string[] {
	const broken: string[] = [];
	const allowed = life.faults.map(() => 1);
	const acted = life.faults.map(() => 0);
	const asked = life.faults.map(() => 0);
	/** Whom a person has had dialled again in a retry of which execution, and in any. */
	const redialed = new Set<string>();
	const isRedialed = life.faults.map(() => false);
	/** Whether it was on record as sent when n8n died, or something is told that explains why it stayed so. */
	const explained = life.faults.map(() => false);
	lived.forEach((one, place) => {
		const { chapter, retried, died, told, deeds, recorded, saysItMayBeKept } = one;
		const before = lived[place - 1]?.recorded;
		life.faults.forEach((_, customer) => {
			const redial = `${retried} ${customer}`;
			if (chapter.redialUnknown && retried !== undefined && acted[customer] > 0) {
				const wasPlaced = !lived[retried].died && lived[retried].told[customer].has('placed');
				if (!wasPlaced && !redialed.has(redial)) allowed[customer]++;
				redialed.add(redial);
			}
			// What stayed on record as sent is dialled again on a person's word, too, even if it never went out.
			const wasUnknown = asked[customer] > 0 || (before?.[customer] ?? 'nothing') !== 'nothing';
			isRedialed[customer] ||= chapter.redialUnknown && wasUnknown && deeds[customer].asked > 0;
			acted[customer] += deeds[customer].acted;
			asked[customer] += deeds[customer].asked;
			explained[customer] ||= saysItMayBeKept || (died && recorded[customer] !== 'nothing');
		});
		// What is on record as sent when n8n dies stays so: that can be the requests in flight, and no others.
		const inVain = life.faults.filter(
			(_, customer) =>
				died &&
				(asked[customer] === 0 || isNeverUnknown(life, customer)) &&
				recorded[customer] === 'sent' &&
				(before?.[customer] ?? 'nothing') === 'nothing',
		);
		if (inVain.length > life.concurrency) {
			broken.push(
				`execution ${place}: ${inVain.length} requests are on record as sent, and were not in flight`,
			);
		}
		life.faults.forEach((_, customer) => {
			const found = (what: string) =>
				broken.push(`execution ${place}: customer ${customer} ${what}`);
			// What an execution says that n8n does not survive, nobody reads.
			const words = died ? [] : [...told[customer]];
			const saysNot = (...these: Told[]) => words.some((word) => !these.includes(word));
			if (acted[customer] > allowed[customer]) {
				found(`was rung ${acted[customer]} times, ${allowed[customer]} allowed`);
			}
			const isTold = words.includes('placed') || words.includes('unknown');
			if (!died && deeds[customer].acted > 0 && !isTold) {
				found(`was rung, which is said: ${words.join(', ')}`);
			}
			if (words.includes('skipped')) found('was skipped, though the key is its own');
			if (words.includes('placed') && acted[customer] === 0) {
				found('is said to be placed, though nobody was called');
			}
			const isNeverAsked = asked[customer] === 0 && !mayTimeOut(life.faults[customer]);
			if (words.includes('unknown') && isNeverAsked && !explained[customer]) {
				found('is said to be unknown, though LiveCall was never asked');
			}
			// If it was dialled once more, what became of the first is not known.
			const isPlaced = before?.[customer] === 'placed' && !isRedialed[customer];
			if (isPlaced && saysNot('placed', 'storeFailed')) {
				found(`is on record as placed, which is said: ${words.join(', ')}`);
			}
			const isKeyTaken = words.includes('otherCustomer');
			if (
				isKeyTaken &&
				!othersWithItsKey(life, customer).some(
					(other) => asked[other] > 0 || explained[other] || mayTimeOut(life.faults[other]),
				)
			) {
				found('is said to have the key of another customer, who was never called');
			}
		});
		if (died || isStopped(life, one)) return;
		life.faults.forEach((_, customer) => {
			if (told[customer].size === 0) {
				broken.push(`execution ${place}: customer ${customer} was left undone without a word`);
			}
		});
	});
	return broken;
}

/** Whether LiveCall answers all requests for a customer. */
function isNeverUnknown(life: Life, customer: number): boolean {
	return life.faults[customer].every((fault) => ['fine', 'refused', 'tooMany'].includes(fault));
}

/** If a customer's request is to hang, its time-out is short, and a busy machine may be too slow for its others, too. */
function mayTimeOut(faults: FaultName[]): boolean {
	return faults.some((fault) => fault.startsWith('hang'));
}

/** Whether a fresh failure may have kept an execution from reaching all of its items. */
function isStopped({ onError }: Life, { told, deeds }: Lived): boolean {
	return (
		onError === 'stopWorkflow' &&
		told.some(
			(words, customer) =>
				[...words].some((word) => word !== 'placed' && word !== 'unknown') ||
				(words.has('unknown') && deeds[customer].asked > 0),
		)
	);
}

/** The other customers that have the same key. */
function othersWithItsKey({ keys, faults }: Life, customer: number): number[] {
	const other = customer % 2 === 0 ? customer + 1 : customer - 1;
	return keys === 'shared' && other < faults.length ? [other] : [];
}
