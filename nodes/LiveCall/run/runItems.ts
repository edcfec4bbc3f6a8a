import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { readConnection } from '../../shared/credential';
import { explanations } from '../../shared/explanations';
import { aConcurrency } from '../input/checks';
import type { Operation, Output } from '../operations/operation';
import { accountFor, type Ended } from './account';
import { Item } from './item';
import { Run } from './run';

/** How many items run at once when the options say nothing. */
export const DEFAULT_CONCURRENCY: Record<Operation['kind'], number> = {
	read: 64,
	download: 4,
	write: 1,
};

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
	const count = functions.getInputData().length;
	if (count === 0) return [];
	const most = readMost(functions, operation);
	const run = new Run(functions, await readConnection(functions), fields, most);
	const goesOn = functions.continueOnFail();
	const ended: Ended[] = [];
	let next = 0;
	let stopped = false;

	const worker = async (): Promise<void> => {
		while (next < count && !stopped && !run.signal?.aborted) {
			const index = next++;
			ended[index] = await runItem(operation, new Item(run, index));
			stopped ||= 'error' in ended[index] && !goesOn;
		}
	};
	await Promise.all(Array.from({ length: Math.min(most, count) }, worker));

	if (stopped || run.signal?.aborted) throw theEnd(run, ended, count, resource, operation);
	const hint = operation.hint?.(ended.flatMap(outputsOf).map(({ json }) => json));
	if (hint !== undefined) functions.addExecutionHints({ message: hint, location: 'outputPane' });
	return ended.flatMap((item, index) =>
		outputsOf(item).map((output) => ({ ...output, pairedItem: { item: index } })),
	);
}

/** How many items run at once. An option that is wrong is named by each item, before it asks LiveCall anything. */
function readMost(functions: IExecuteFunctions, { kind }: Operation): number {
	try {
		const checked = aConcurrency(functions.getNodeParameter('options.maxConcurrency', 0, null));
		return 'value' in checked ? checked.value : DEFAULT_CONCURRENCY[kind];
	} catch {
		// An expression that fails is the item's own to tell.
		return DEFAULT_CONCURRENCY[kind];
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

/** What the node makes itself already names its item; the rest, such as an expression that fails, does not. */
function asNodeError(error: unknown, item: Item): Error {
	if (
		error instanceof Error &&
		'context' in error &&
		error.message.includes(`[item ${item.index}]`)
	)
		return error;
	const message = error instanceof Error ? error.message : String(error);
	return item.wrong(explanations.wrongExpression(message));
}

function outputsOf(item: Ended): Output[] {
	return 'error' in item ? [{ json: { error: item.error.message } }] : item.outputs;
}

/** The error that ends a run: the first item's that failed, or was canceled, with the account of all others. */
function theEnd(
	run: Run,
	ended: Ended[],
	count: number,
	resource: string,
	operation: Operation,
): Error {
	const isCanceled = run.signal?.aborted ?? false;
	const failedAt = ended.findIndex(
		(item) =>
			item !== undefined &&
			'error' in item &&
			// n8n tells an execution that was canceled by this word in the error that ends it, whatever went wrong before.
			(!isCanceled || item.error.message.includes('canceled')),
	);
	const failed = ended[failedAt];
	const error = failed && 'error' in failed ? failed.error : canceled(run, ended);
	const account = accountFor(run, ended, count, resource, operation, failedAt);
	if (account !== '' && 'description' in error) {
		error.description = `${String(error.description ?? '')} ${account}`.trim();
	}
	return error;
}

function canceled(run: Run, ended: Ended[]): Error {
	const last = new Item(run, Math.max(0, ended.length - 1));
	return last.wrong(explanations.canceled());
}
