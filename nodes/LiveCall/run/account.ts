import type { IDataObject } from 'n8n-workflow';
import { mayAlready, SENT_EARLIER } from '../../shared/errors';
import type { Operation, Output } from '../operations/operation';
import type { Run } from './run';

/** How one item ended; an item that is missing was not reached. */
export type Ended = { outputs: Output[] } | { error: Error };

/** What an account says of an item. */
type Account = { outputs: Output[] } | { said: string };

/**
 * Says how each item but the failed one ended, in words: done, for what changes LiveCall with its id or why it was
 * skipped; not done, and why; or not tried. An item that this try did not reach may have been done by an earlier one.
 */
export function accountFor(
	run: Run,
	ended: Ended[],
	count: number,
	resource: string,
	operation: Operation,
	failedAt: number,
): string {
	const done: number[] = [];
	const changed: string[] = [];
	const failed: string[] = [];
	const notTried: number[] = [];
	for (let index = 0; index < count; index++) {
		const item = accountOf(ended[index]) ?? endedEarlier(run, index, operation);
		if (!item) notTried.push(index);
		else if ('said' in item) {
			if (index !== failedAt) failed.push(item.said);
		} else if (operation.kind === 'write') {
			changed.push(...item.outputs.map(({ json }) => `item ${index} (${inWords(json, resource)})`));
		} else done.push(index);
	}
	const parts = [
		changed.length > 0 ? `Already done: ${changed.join(', ')}.` : '',
		done.length > 0 ? `Already done: ${ranges(done)}.` : '',
		failed.length > 0 ? `Also not done: ${failed.join('; ')}.` : '',
		notTried.length > 0 ? `Not tried: ${ranges(notTried)}.` : '',
	];
	return parts.filter((part) => part !== '').join(' ');
}

function accountOf(item: Ended | undefined): Account | undefined {
	return item && 'error' in item ? { said: item.error.message } : item;
}

function endedEarlier(run: Run, index: number, { once }: Operation): Account | undefined {
	const entry = run.ledger.at(index);
	if (!entry || !once) return undefined;
	return entry.state === 'placed'
		? { outputs: [{ json: entry.answer }] }
		: { said: `${mayAlready(once.done, SENT_EARLIER)} [item ${index}]` };
}

function inWords(json: IDataObject, resource: string): string {
	if (json.skipped === true) return `skipped, ${String(json.reason)}`;
	return json.id === undefined ? 'done' : `${resource} ${String(json.id)}`;
}

/** `items 2 to 5, item 7` */
function ranges(indexes: number[]): string {
	const spans: Array<[number, number]> = [];
	for (const index of indexes) {
		const last = spans[spans.length - 1];
		if (last && last[1] === index - 1) last[1] = index;
		else spans.push([index, index]);
	}
	return spans
		.map(([from, to]) => (from === to ? `item ${from}` : `items ${from} to ${to}`))
		.join(', ');
}
