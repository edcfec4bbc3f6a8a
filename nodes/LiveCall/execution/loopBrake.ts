import type { IExecuteFunctions } from 'n8n-workflow';
import { isLeftUnknown } from '../../shared/errors/nodeErrors';
import { wait } from '../../shared/throttling/wait';

/** For how long a run is held that only repeats the errors with which its items came, in ms. */
export const loopBrake = { ms: 5_000 };

/**
 * Holds a run that gives each of its items the very error with which it came: an error output that leads back to the node
 * would turn as fast as n8n can. n8n merges the error into the item that it sends to an error output.
 * @param isFirstRun whether the node runs for the first time in its execution
 */
export async function brakeLoop(
	functions: IExecuteFunctions,
	errors: Array<Error | undefined>,
	isFirstRun: boolean,
): Promise<void> {
	const items = functions.getInputData();
	const repeats = (error: Error | undefined, index: number) =>
		error !== undefined &&
		((isLeftUnknown(error) && !isFirstRun) ||
			withoutItem(error.message) === withoutItem(items[index]?.json.error));
	if (errors.every(repeats)) await wait(loopBrake.ms, functions.getExecutionCancelSignal());
}

function withoutItem(message: unknown): string | undefined {
	return typeof message === 'string' ? message.replace(/ \[item \d+\]$/, '') : undefined;
}
