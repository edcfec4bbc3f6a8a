import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { readAccess } from '../../shared/credential';
import { explanationOf } from '../../shared/errors/nodeErrors';
import { messages } from '../../shared/errors/messages';
import { maxConcurrency } from '../fields/requestOptions';
import type { Operation, Output } from './operation';
import { Item } from './item';
import { Run } from './run';
import { summaryOf, type Ended } from './summary';

/**
 * Runs an operation for all input items: several at once, the output in the input's order, each output paired to its
 * item. Without "On Error: Continue" the first item that fails ends the run: what has not started is not tried, and
 * the error accounts for the others.
 * @param functions n8n's functions for this run
 * @param resource the resource's name, for the account of what was done
 * @param operation what to do
 * @param fields the operation's fields as the panel shows them
 * @throws NodeOperationError or NodeApiError when an item fails and the node does not continue on errors
 */
export async function runItems(
	functions: IExecuteFunctions,
	resource: string,
	operation: Operation,
	fields: INodeProperties[],
): Promise<INodeExecutionData[]> {
	if (functions.getInputData().length === 0) return [];
	const { kind, once } = operation;
	const { api } = await readAccess(functions);
	const task = { resource, kind, fields, done: once?.done };
	const run = new Run(functions, api, task, readConcurrency(functions, operation));
	const continuesOnFail = functions.continueOnFail();
	const ended: Ended[] = [];
	let next = 0;
	let stopped = false;

	const worker = async (): Promise<void> => {
		while (next < run.count && !stopped && !run.signal?.aborted) {
			const index = next++;
			ended[index] = await runItem(operation, new Item(run, index));
			stopped ||= 'error' in ended[index] && !continuesOnFail;
		}
	};
	await Promise.all(Array.from({ length: Math.min(run.concurrency, run.count) }, worker));

	if (stopped || run.signal?.aborted) throw errorOfRun(run, ended);
	const results = ended.flatMap(outputsOf).map(({ json }) => json);
	const hint = operation.hint?.(results, run);
	const hints = [...(hint === undefined ? [] : [hint]), ...run.hints.sentences];
	functions.addExecutionHints(
		...hints.map((message) => ({ message, location: 'outputPane' as const })),
	);
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
	const message = error instanceof Error ? error.message : String(error);
	return item.wrong(messages.wrongExpression(message));
}

function outputsOf(item: Ended): Output[] {
	return 'error' in item ? [{ json: { error: item.error.message } }] : item.outputs;
}

/** The error that ends a run: the first item's that failed, or was canceled, with the account of all others. */
function errorOfRun(run: Run, ended: Ended[]): Error {
	const isCanceled = run.signal?.aborted ?? false;
	const failedAt = ended.findIndex(
		(item) =>
			'error' in item &&
			// An execution that was canceled must end with an error that says so, whatever went wrong before.
			(!isCanceled || explanationOf(item.error)?.canceled === true),
	);
	const failed = ended[failedAt];
	const error = failed && 'error' in failed ? failed.error : canceled(run, ended);
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
