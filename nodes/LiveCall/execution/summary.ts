import type { IDataObject } from 'n8n-workflow';
import { mayAlready, SENT_EARLIER } from '../../shared/errors/explain';
import { ofItem } from '../../shared/errors/nodeErrors';
import type { Output } from './operation';
import { ranges } from './hints';
import type { Run } from './run';

/** How one item ended; an item that is missing was not reached. */
export type Ended = { outputs: Output[] } | { error: Error };

/**
 * Says how each item but the failed one ended, in words: done, for what changes LiveCall with its id or why it was
 * skipped; not done, and why; or not tried. An item that this try did not reach may have been done by an earlier one.
 */
export function summaryOf(run: Run, ended: Ended[], failedAt: number): string {
	const { kind, resource } = run.task;
	const done: number[] = [];
	const changed: string[] = [];
	const failed: string[] = [];
	const notTried: number[] = [];
	for (let index = 0; index < run.count; index++) {
		const item = ended[index] ?? endedEarlier(run, index);
		if (!item) notTried.push(index);
		else if ('error' in item) {
			if (index !== failedAt) failed.push(item.error.message);
		} else if (kind === 'write') {
			changed.push(
				...item.outputs.map(({ json }) => `item ${index} (${described(json, resource)})`),
			);
		} else done.push(index);
	}
	const parts = [
		changed.length > 0 ? `Already done: ${changed.join(', ')}.` : '',
		done.length > 0 ? `Already done: ${ranges(done)}.` : '',
		failed.length > 0 ? `Also not done: ${failed.join('; ')}.` : '',
		notTried.length > 0 ? notReached(run, notTried) : '',
		run.isCanceled && run.task.done !== undefined && changed.length > 0 ? AFTER_CANCEL : '',
		...run.hints.sentences,
	];
	return parts.filter((part) => part !== '').join(' ');
}

/** In a Retry, an earlier run may have reached them, of which this one knows nothing. */
function notReached(run: Run, items: number[]): string {
	const which = run.guards.isRetry
		? `Not reached: ${ranges(items)}, which an earlier run may have done.`
		: `Not tried: ${ranges(items)}.`;
	return run.task.done === undefined || run.isCanceled
		? which
		: `${which} To go on with the others, set "On Error" in the node's settings to "Continue" and retry this execution with the currently saved workflow: what was done is not done again.`;
}

/** The editor offers Retry of failed and crashed executions alone (n8n 2.41, `useExecutionHelpers`). */
const AFTER_CANCEL =
	'The editor offers no Retry of a canceled execution, and a new one does again what was done, unless a deduplication key stops it: run the workflow with the items that are left.';

function endedEarlier({ guards, task, count }: Run, index: number): Ended | undefined {
	const entry = guards.ledger.at(index);
	if (!entry || task.done === undefined) return undefined;
	if (entry.state === 'placed') return { outputs: [{ json: entry.answer }] };
	return { error: new Error(ofItem(mayAlready(task.done, SENT_EARLIER), { index, count })) };
}

function described(json: IDataObject, resource: string): string {
	if (json.skipped === true) return `skipped, ${String(json.reason)}`;
	if (json.id === null) return 'done by an earlier run';
	return json.id === undefined ? 'done' : `${resource} ${String(json.id)}`;
}
