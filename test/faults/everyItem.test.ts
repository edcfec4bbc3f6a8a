import './quiet';

import fc from 'fast-check';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { resources } from '../../nodes/LiveCall/operations';
import { runNode, type RunResult } from '../support/engine';
import { pairOf, World } from '../support/world';
import { anyTrial, arrange, metBy, type Trial } from './failures';
import {
	OPERATIONS_ON_SUBJECTS,
	subjectOf,
	subjectsIn,
	type OperationOnSubject,
	type Subject,
} from './operations';

/** How an item ended, as a person, a workflow or an agent is told. */
type Ending =
	| { as: 'done'; json: IDataObject[] }
	/** Done, as the error that ended the run says. */
	| { as: 'accounted' }
	| { as: 'failed'; message: string }
	| { as: 'notTried' };

async function endingsOf(
	world: World,
	trial: Trial,
	on: OperationOnSubject,
	subjects: Subject[],
): Promise<Ending[]> {
	const result = await runNode(arrange(world, trial, on, subjects));
	if (trial.isTool) return [heardBy(result)];
	return result.failed ? accountOf(result, trial) : outputsOf(result, trial);
}

/** What the agent was told whose tool the node is. */
function heardBy({ run }: RunResult): Ending {
	const heard = run.data.resultData.runData.Agent[0].data?.main[0] ?? [];
	expect(heard).toHaveLength(1);
	const text = String(heard[0].json.heard);
	if (!text.startsWith('[')) return { as: 'failed', message: text };
	const json: IDataObject[] = JSON.parse(text);
	const [first] = json;
	return typeof first?.error === 'string'
		? { as: 'failed', message: first.error }
		: { as: 'done', json };
}

/** What came out of each output, by the item that it is paired to. */
function outputsOf({ output, errorOutput }: RunResult, { items, onError }: Trial): Ending[] {
	const endings = Array.from({ length: items }, (): Ending[] => []);
	const isError = ({ json }: INodeExecutionData) => typeof json.error === 'string';
	if (onError !== 'continueRegularOutput') expect(output.filter(isError)).toEqual([]);
	expect(errorOutput.filter((item) => !isError(item))).toEqual([]);
	if (onError !== 'continueErrorOutput') expect(errorOutput).toEqual([]);
	for (const outputs of [output, errorOutput]) {
		const pairs = outputs.map(pairOf);
		expect(pairs).toEqual([...pairs].sort((one, other) => one - other));
		for (const index of new Set(pairs)) {
			const own = outputs.filter((item) => pairOf(item) === index);
			const errors = own.filter(isError);
			if (errors.length === 0)
				endings[index].push({ as: 'done', json: own.map(({ json }) => json) });
			else {
				expect(own).toHaveLength(1);
				endings[index].push({ as: 'failed', message: String(own[0]?.json.error) });
			}
		}
	}
	return onceEach(endings);
}

/** How each item ended, as the error that ended the run says. What fails before the first item fails them all. */
function accountOf({ error, output }: RunResult, { items, onError, failure }: Trial): Ending[] {
	expect(onError).toBe('stopWorkflow');
	expect(output).toEqual([]);
	const { message } = error;
	const description = String(error.description);
	const endings = Array.from({ length: items }, (): Ending[] => []);
	const failedAt = itemsNamed(message);
	if (failedAt.length === 0 && failure.where === 'before the first item') {
		return endings.map(() => ({ as: 'failed', message }));
	}
	endings[failedAt[0] ?? 0].push({ as: 'failed', message });
	const [, others = ''] = /Also not done: (.*)/.exec(description) ?? [];
	for (const [own] of others.matchAll(/.*?\[item \d+\]/g)) {
		endings[itemsNamed(own)[0]].push({ as: 'failed', message: own.replace(/^[;.] /, '') });
	}
	for (const index of listed(description, 'Already done')) endings[index].push({ as: 'accounted' });
	for (const index of listed(description, 'Not tried')) endings[index].push({ as: 'notTried' });
	return onceEach(endings);
}

function itemsNamed(text: string): number[] {
	return [...text.matchAll(/\[item (\d+)\]/g)].map(([, index]) => Number(index));
}

function listed(description: string, title: string): number[] {
	const list = new RegExp(`${title}: ((?:items? \\d+(?: to \\d+)?(?: \\([^)]*\\))?(?:, )?)+)`);
	const [, found = ''] = list.exec(description) ?? [];
	return [...found.matchAll(/items? (\d+)(?: to (\d+))?/g)].flatMap(([, from, to = from]) =>
		Array.from({ length: Number(to) - Number(from) + 1 }, (_, n) => Number(from) + n),
	);
}

function onceEach(endings: Ending[][]): Ending[] {
	expect(endings.map(({ length }) => length)).toEqual(endings.map(() => 1));
	return endings.flat();
}

/** Holds what is told of an item against what the sandbox saw. */
function expectTrue(
	{ sandbox }: World,
	ending: Ending,
	trial: Trial,
	on: OperationOnSubject,
	subjects: Subject[],
	index: number,
) {
	const subject = subjects[index];
	const own = sandbox.requests.filter(
		(request) =>
			request.host === 'api' &&
			[index, ...(on.isShared ? [-1] : [])].includes(subjectOf(request, subjects)),
	);
	if (ending.as === 'done') {
		expect(ending.json.filter(({ input }) => input !== undefined)).toEqual([]);
		expect(ending.json.filter((json) => !on.isAnswer(json, subject))).toEqual([]);
		expect(ending.json).not.toEqual([]);
	}
	if (ending.as === 'done' || ending.as === 'accounted') {
		const isRead = () => own.some(({ acted, status = 0 }) => acted && status < 300);
		expect(on.isDone ? on.isDone(sandbox, subject) : isRead()).toBe(true);
	}
	if (ending.as === 'notTried') expect(own.filter(({ method }) => method !== 'GET')).toEqual([]);
	if (ending.as === 'failed') {
		expect(metBy(trial, on)).toContain(index);
		const mayBeDone = own.some(({ method, acted }) => method === 'POST' && acted);
		if (mayBeDone) expect(ending.message).toMatch(/LiveCall may already have/);
		expect(own.filter(({ method, acted }) => method === 'POST' && acted).length).toBeLessThan(2);
	}
	if (trial.failure.where === 'before the first item') {
		expect(['failed', 'notTried']).toContain(ending.as);
		expect(own).toEqual([]);
	}
}

/** Holds an operation against many trials, in a world of its own. */
async function hold(on: OperationOnSubject): Promise<void> {
	const world = await World.start();
	const once = async (trial: Trial) => {
		world.sandbox.reset();
		const subjects = subjectsIn(world, trial.items);
		const endings = await endingsOf(world, trial, on, subjects);
		endings.forEach((ending, index) => expectTrue(world, ending, trial, on, subjects, index));
	};
	try {
		await fc.assert(fc.asyncProperty(anyTrial(on), once), { numRuns: 30 });
	} finally {
		await world.sandbox.stop();
	}
}

describe('whatever fails, each input item comes out once, as what LiveCall saw', () => {
	/** All operations side by side, since most of the time they wait. */
	let held: Map<string, PromiseSettledResult<void>>;
	beforeAll(async () => {
		const results = await Promise.allSettled(OPERATIONS_ON_SUBJECTS.map(hold));
		held = new Map(results.map((result, n) => [OPERATIONS_ON_SUBJECTS[n].operation, result]));
	}, 120_000);

	it.each(OPERATIONS_ON_SUBJECTS)('$operation', ({ operation }) => {
		const result = held.get(operation);
		if (result?.status === 'rejected') throw result.reason;
		expect(result).toBeDefined();
	});

	it('is held for all operations that the node has', () => {
		const all = resources.flatMap(({ option, operations }) =>
			operations.map((operation) => `${option.value}.${operation.option.value}`),
		);
		expect(OPERATIONS_ON_SUBJECTS.map(({ operation }) => operation).sort()).toEqual(all.sort());
	});
});
