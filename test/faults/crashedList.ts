import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import {
	processedData,
	retry,
	retryCrashed,
	runNode,
	type RunResult,
	type RunSettings,
} from '../support/engine';
import type { World } from '../support/world';

/** What a list looks like when a Retry reads it anew. */
const LISTS = ['asItWas', 'rowsInFront', 'rowsTakenOut', 'otherOrder'] as const;

/** An execution of a list in the middle of which n8n dies. */
interface Death {
	/** The request with which it dies, counted from 0. */
	at: number;
	/** Whether LiveCall acts on that request. */
	isActedOn: boolean;
}

/** A list with which n8n dies, once or more often, until a Retry ends. Plain JSON. */
export interface CrashedList {
	operation: 'call.create' | 'user.create';
	hasKeys: boolean;
	onError: 'stopWorkflow' | 'continueRegularOutput';
	concurrency: number;
	/** How many items a loop feeds at a time in each execution; none if all come at once. A loop goes on after errors. */
	batches: number[];
	deaths: Death[];
	/** What the list is like in each Retry. */
	lists: Array<(typeof LISTS)[number]>;
}

/** Any list with which n8n dies. */
export const anyCrashedList: fc.Arbitrary<CrashedList> = fc
	.record({
		operation: fc.constantFrom<CrashedList['operation'][]>(
			'call.create',
			'call.create',
			'user.create',
		),
		hasKeys: fc.boolean(),
		onError: fc.constantFrom<CrashedList['onError'][]>('stopWorkflow', 'continueRegularOutput'),
		concurrency: fc.integer({ min: 1, max: 4 }),
		batches: fc.oneof(
			fc.constant<number[]>([]),
			fc.array(fc.constantFrom(7, 10, 25), { minLength: 5, maxLength: 5 }),
		),
		deaths: fc.array(fc.record({ at: fc.nat({ max: 40 }), isActedOn: fc.boolean() }), {
			minLength: 1,
			maxLength: 3,
		}),
		lists: fc.array(fc.constantFrom(...LISTS), { minLength: 5, maxLength: 5 }),
	})
	.map(
		(list): CrashedList => ({
			...list,
			hasKeys: list.hasKeys && list.operation === 'call.create',
			onError: list.batches.length > 0 ? 'continueRegularOutput' : list.onError,
		}),
	);

/** How a Retry says that a customer's item ended. */
export type Account = 'placed' | 'unknown' | 'other';

/** What became of a list. */
export interface Finished {
	/** How each customer of the last list ended, as the Retry says with which the list was done. */
	account: Map<string, Account[]>;
	/** How often each customer was rung or added by then. */
	rung: Map<string, number>;
	/** The customers that a last Retry asked LiveCall for, on a person's word. */
	redialed: string[];
	/** How they ended in that Retry. */
	redialAccount: Map<string, Account[]>;
}

const ITEMS = 60;
const customers = Array.from(
	{ length: 2 * ITEMS },
	(_, n) => `+49 30 3${String(n).padStart(6, '0')}`,
);
let workflows = 0;

/** Has n8n die with a list, retries it until it is done, and then once more on a person's word. */
export async function finish(list: CrashedList, world: World): Promise<Finished> {
	const { deaths, lists } = list;
	const workflowId = `list-${++workflows}`;
	let rows = customers.slice(0, ITEMS);
	let crashed: RunResult | undefined;
	let added = ITEMS;
	const next = () => {
		const how = lists[executions];
		if (how === 'rowsInFront') rows = [...customers.slice(added, (added += 3)), ...rows];
		if (how === 'rowsTakenOut') rows = rows.filter((_, n) => n % 9 !== 0);
		if (how === 'otherOrder') rows = [...rows].reverse();
		executions++;
	};
	let executions = 0;
	for (const death of deaths) {
		const settings = settingsFor(list, rows, executions, false, world, workflowId);
		crashed = await dying(death, world, workflowId, async (onStart) =>
			crashed
				? await retryCrashed(crashed, { ...settings, onStart })
				: await runNode({ ...settings, onStart }),
		);
		next();
	}
	if (!crashed) throw new Error('n8n has not died');
	world.sandbox.faults.decide(undefined);
	const settings = settingsFor(list, rows, executions, false, world, workflowId);
	const done = await retryCrashed(crashed, { ...settings, onStart: undefined });
	const rung = rungIn(world, list);
	const asked = world.sandbox.requests.length;
	const again = settingsFor(list, rows, executions, true, world, workflowId);
	const redialed = done.failed
		? await retry(done, { parameters: again.parameters })
		: await retryCrashed(crashed, { ...again, onStart: undefined });
	processedData.forget(workflowId);
	return {
		account: accountOf(done, rows),
		rung,
		redialed: world.sandbox.requests
			.slice(asked)
			.filter(({ method }) => method === 'POST')
			.map(({ body }) => customers.find((phone) => body.includes(phone)) ?? body),
		redialAccount: accountOf(redialed, rows),
	};
}

function settingsFor(
	{ operation, hasKeys, onError, concurrency, batches }: CrashedList,
	rows: string[],
	execution: number,
	redialUnknown: boolean,
	world: World,
	workflowId: string,
): RunSettings {
	const [resource, name] = operation.split('.');
	return {
		credential: world.credential,
		workflowId,
		items: rows.map((phone) => ({ phone, lead: `lead ${phone}` })),
		batchSize: batches[execution],
		node: { onError },
		parameters: {
			resource,
			operation: name,
			phoneNumber: '={{ $json.phone }}',
			...(operation === 'call.create' ? { filterId: '1' } : { name: 'Ada Lovelace' }),
			options: {
				maxConcurrency: concurrency,
				...(redialUnknown ? { redialUnknown } : {}),
				...(hasKeys ? { deduplicationKey: '={{ $json.lead }}' } : {}),
			},
		},
	};
}

/** Runs until n8n dies: what it has recorded by then is kept, and nothing else. */
async function dying(
	{ at, isActedOn }: Death,
	world: World,
	workflowId: string,
	run: (onStart: RunSettings['onStart']) => Promise<RunResult>,
): Promise<RunResult> {
	let cancel: (() => void) | undefined;
	let restore: (() => void) | undefined;
	let requests = 0;
	world.sandbox.faults.decide(({ method }) => {
		if (method !== 'POST' || requests++ !== at) return undefined;
		restore = processedData.snapshot(workflowId);
		cancel?.();
		return { kind: isActedOn ? 'hang-after' : 'hang-before' };
	});
	const result = await run((stop) => (cancel = stop));
	// A list of which less is left than that dies after its last request.
	(restore ?? processedData.snapshot(workflowId))();
	return result;
}

function rungIn({ sandbox }: World, { operation }: CrashedList): Map<string, number> {
	const all = operation === 'call.create' ? sandbox.calls.placed() : sandbox.users.all();
	const rung = new Map<string, number>();
	for (const { phone_number } of all) rung.set(phone_number, (rung.get(phone_number) ?? 0) + 1);
	return rung;
}

/** How the customers of a list ended, in the output of all runs or in the error. */
function accountOf(result: RunResult, rows: string[]): Map<string, Account[]> {
	const account = new Map<string, Account[]>();
	const add = (phone: unknown, how: Account) =>
		account.set(String(phone), [...(account.get(String(phone)) ?? []), how]);
	if (result.failed) {
		const text = `${result.error.message}\n${String(result.error.description)}`;
		for (const [, item] of text.matchAll(
			/item (\d+) \((?:(?:call|user) \d+|done by an earlier run)\)/g,
		))
			add(rows[Number(item)], 'placed');
		for (const [message, item] of text.matchAll(/.*?\[item (\d+)\]/g))
			add(rows[Number(item)], toldBy(message));
		return account;
	}
	let before = 0;
	for (const { output } of result.runs) {
		for (const { json, pairedItem } of output) {
			const item =
				typeof pairedItem === 'object' && !Array.isArray(pairedItem) ? pairedItem.item : -1;
			add(rows[before + item], toldOf(json));
		}
		before += output.length;
	}
	return account;
}

function toldOf({ error, phone_number }: IDataObject): Account {
	if (typeof error === 'string') return toldBy(error);
	return typeof phone_number === 'string' ? 'placed' : 'other';
}

function toldBy(message: string): Account {
	return message.includes('LiveCall may already have') ? 'unknown' : 'other';
}
