import type { INodeExecutionData } from 'n8n-workflow';
import { explanationOf } from '../../shared/errors/nodeErrors';

/** For how long a run is held that only repeats the errors with which its items came, in ms. */
export const loopBrake = { ms: 5_000 };

/**
 * Whether a run gives each of its items the very error with which it came, so that an error output that leads back to the
 * node would turn as fast as n8n can. n8n merges the error into the item that it sends to an error output.
 * @param isFirstRun whether the node runs for the first time in its execution
 */
export function repeatsErrors(
	items: INodeExecutionData[],
	errors: Array<Error | undefined>,
	isFirstRun: boolean,
): boolean {
	return errors.every((error, index) => {
		if (!error) return false;
		const isLeftUnknown = explanationOf(error)?.isLeftUnknownEarlier === true;
		return (
			(isLeftUnknown && !isFirstRun) ||
			withoutItem(error.message) === withoutItem(items[index]?.json.error)
		);
	});
}

function withoutItem(message: unknown): string | undefined {
	return typeof message === 'string' ? message.replace(/ \[item \d+\]$/, '') : undefined;
}
