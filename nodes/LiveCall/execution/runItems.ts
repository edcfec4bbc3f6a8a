import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { readAccess } from '../../shared/credential';
import {
	explanationOf,
	isLeftUnknown,
	messageOf,
	operationError,
} from '../../shared/errors/nodeErrors';
import { messages, type Explanation } from '../../shared/errors/messages';
import type { Result } from '../../shared/result';
import { maxConcurrency } from '../fields/requestOptions';
import type { Operation, Output } from './operation';
import { Item } from './item';
import { brakeLoop } from './loopBrake';
import { Run, type Task } from './run';
import { summaryOf, type Ended } from './summary';

/** What a run of the node is to do. */
export interface Chosen extends Pick<Task, 'resource' | 'fields'> {
	operation: Operation;
}

/**
 * Runs an operation for all input items: several at once, the output in the input's order, each output paired to its
 * item. Without "On Error: Continue" the first item that fails ends the run, and the error accounts for all others; an item
 * that an earlier run has left unknown ends it only after all others.
 * @param functions n8n's functions for this run
 * @param choose what is to be done; may throw
 * @throws NodeOperationError or NodeApiError if an item fails and the node does not continue on errors, or if the execution
 *   was canceled. If it continues, nothing else is thrown: n8n would send the input to the success output
 *   (n8n 2.41, `WorkflowExecute.handleNodeErrorOutput`)
 */
export async function runItems(
	functions: IExecuteFunctions,
	choose: () => Chosen,
): Promise<INodeExecutionData[]> {
	if (functions.getInputData().length === 0) return [];
	const begun = await begin(functions, choose);
	if (!begun.ok) return await failAll(functions, begun.error);
	const { run, operation } = begun.value;
	try {
		return await runAll(run, operation);
	} finally {
		await run.close();
	}
}

/** All that comes before the first item. Whatever fails there fails each item, like any other failure. */
async function begin(
	functions: IExecuteFunctions,
	choose: () => Chosen,
): Promise<Result<{ run: Run; operation: Operation }, Explanation>> {
	try {
		const { resource, operation, fields } = choose();
		const access = await readAccess(functions).catch((error: unknown) => messageOf(error));
		if (typeof access === 'string') {
			return { ok: false, error: messages.credentialUnreadable(access) };
		}
		const { kind, atMostOnce } = operation;
		const task = { resource, kind, fields, done: atMostOnce?.done };
		const run = new Run(functions, access.api, task, readConcurrency(functions, operation));
		return { ok: true, value: { run, operation } };
	} catch (error) {
		return { ok: false, error: explanationOf(error) ?? messages.wrongExpression(messageOf(error)) };
	}
}

/** Fails each item, for what is wrong with all of them. */
async function failAll(
	functions: IExecuteFunctions,
	why: Explanation,
): Promise<INodeExecutionData[]> {
	const node = functions.getNode();
	if (!functions.continueOnFail()) throw operationError(node, why);
	const items = functions.getInputData();
	const ended = items.map((_, index) => ({
		error: operationError(node, why, { index, count: items.length }),
	}));
	await brakeLoop(functions, ended.map(errorOf), false);
	return paired(ended);
}

async function runAll(run: Run, operation: Operation): Promise<INodeExecutionData[]> {
	const { functions } = run;
	const continuesOnFail = functions.continueOnFail();
	const ended = await runSideBySide(run, operation, continuesOnFail);
	const hasFailed = !continuesOnFail && ended.some(errorOf);
	if (!hasFailed) await brakeLoop(functions, ended.map(errorOf), run.index === 0);
	if (hasFailed || run.isCanceled) throw errorOfRun(run, ended);
	addHints(run, operation, ended);
	return paired(ended);
}

/** @returns how the items ended; those that were not reached are missing */
async function runSideBySide(
	run: Run,
	operation: Operation,
	continuesOnFail: boolean,
): Promise<Ended[]> {
	const ended: Ended[] = [];
	let next = 0;
	let isStopped = false;
	const worker = async (): Promise<void> => {
		while (next < run.count && !isStopped && !run.isCanceled) {
			const index = next++;
			const item = await runItem(operation, new Item(run, index));
			ended[index] = item;
			isStopped ||= !continuesOnFail && 'error' in item && !isLeftUnknown(item.error);
		}
	};
	await Promise.all(Array.from({ length: Math.min(run.concurrency, run.count) }, worker));
	return ended;
}

function addHints(run: Run, operation: Operation, ended: Ended[]): void {
	const results = ended.flatMap(outputsOf).map(({ json }) => json);
	const hint = operation.hint?.(results, run.functions.getTimezone());
	const sentences = [...(hint === undefined ? [] : [hint]), ...run.hints.sentences];
	run.functions.addExecutionHints(
		...sentences.map((message) => ({ message, location: 'outputPane' as const })),
	);
}

function paired(ended: Ended[]): INodeExecutionData[] {
	return ended.flatMap((item, index) =>
		outputsOf(item).map((output) => ({ ...output, pairedItem: { item: index } })),
	);
}

/** How many items run at once. An option that is wrong is named by each item, before it asks LiveCall anything. */
function readConcurrency(functions: IExecuteFunctions, { kind }: Operation): number {
	const byDefault = maxConcurrency.byDefault[kind];
	try {
		const given = functions.getNodeParameter('options.maxConcurrency', 0, null);
		const checked = maxConcurrency.check(given);
		return checked.ok ? checked.value : byDefault;
	} catch {
		// An expression that fails is the item's own to tell.
		return byDefault;
	}
}

async function runItem(operation: Operation, item: Item): Promise<Ended> {
	try {
		const output = await operation.execute(item);
		return { outputs: Array.isArray(output) ? output : [output] };
	} catch (error) {
		return { error: asNodeError(error, item) };
	}
}

/** What this package throws already names its item; the rest, such as an expression that fails, does not. */
function asNodeError(error: unknown, item: Item): Error {
	if (error instanceof Error && explanationOf(error)) return error;
	return item.wrong(messages.wrongExpression(messageOf(error)));
}

function errorOf(item: Ended | undefined): Error | undefined {
	return item && 'error' in item ? item.error : undefined;
}

function outputsOf(item: Ended): Output[] {
	return 'error' in item ? [{ json: { error: item.error.message } }] : item.outputs;
}

/** The error that ends a run: the first item's that failed, or was canceled, with the account of all others. */
function errorOfRun(run: Run, ended: Ended[]): Error {
	const failedAt = ended.findIndex(
		(item) =>
			'error' in item &&
			// An execution that was canceled must end with an error that says so, whatever went wrong before.
			(!run.isCanceled || explanationOf(item.error)?.canceled === true),
	);
	const error = errorOf(ended[failedAt]) ?? canceled(run, ended);
	if ('description' in error) {
		const summary = summaryOf(run, ended, failedAt);
		error.description = `${String(error.description ?? '')} ${summary}`.trim();
	}
	return error;
}

function canceled(run: Run, ended: Ended[]): Error {
	const last = new Item(run, Math.max(0, ended.length - 1));
	return last.wrong(messages.canceled());
}
