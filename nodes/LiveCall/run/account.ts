import type { IDataObject } from 'n8n-workflow';
import { createUserTopic, placeCallTopic } from '../../shared/errors';
import type { Output } from '../operations/operation';
import { Item } from './item';
import { outcomeUnknown } from './once';
import type { Run } from './run';

/** How one item ended; an item that is missing was not reached. */
export type Ended = { outputs: Output[] } | { error: Error };

/**
 * Says how each item but the failed one ended, in words: done, with its id or why it was skipped; not done, and why;
 * or not tried. An item that this try did not reach may have been done by an earlier one.
 */
export function accountFor(
	run: Run,
	ended: Ended[],
	count: number,
	resource: string,
	failedAt: number,
): string {
	const done: string[] = [];
	const failed: string[] = [];
	const notTried: number[] = [];
	for (let index = 0; index < count; index++) {
		const item = ended[index] ?? endedEarlier(run, index, resource);
		if (!item) notTried.push(index);
		else if ('outputs' in item) {
			done.push(...item.outputs.map(({ json }) => `item ${index} (${inWords(json, resource)})`));
		} else if (index !== failedAt) failed.push(item.error.message);
	}
	const parts = [
		done.length > 0 ? `Already done: ${done.join(', ')}.` : '',
		failed.length > 0 ? `Also not done: ${failed.join('; ')}.` : '',
		notTried.length > 0 ? `Not tried: ${ranges(notTried)}.` : '',
	];
	return parts.filter((part) => part !== '').join(' ');
}

function endedEarlier(run: Run, index: number, resource: string): Ended | undefined {
	const entry = run.ledger.at(index);
	if (!entry) return undefined;
	if (entry.state === 'placed') return { outputs: [{ json: entry.answer }] };
	const topic = resource === 'call' ? placeCallTopic : createUserTopic;
	return { error: outcomeUnknown(new Item(run, index), topic) };
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
