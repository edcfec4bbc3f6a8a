import type { INodeProperties } from 'n8n-workflow';
import { aNumber } from '../../shared/input/checks';

/** What an operation does to LiveCall: decides how many items run at once. */
export type Kind = 'read' | 'wait' | 'download' | 'write';

const MOST_ITEMS_AT_ONCE = 1_000;
const MOST_RETRIES = 10;

/** How many items run at once. An item that waits asks LiveCall only now and then, so all items wait side by side. */
export const maxConcurrency = {
	byDefault: {
		read: 64,
		wait: MOST_ITEMS_AT_ONCE,
		download: 4,
		write: 1,
	} satisfies Record<Kind, number>,
	check: aNumber('items at once', 1, MOST_ITEMS_AT_ONCE, true),
};

/** How often a request is sent again if that is safe. */
export const maxRetries = {
	byDefault: 3,
	check: aNumber('retries', 0, MOST_RETRIES, true),
};

/** How long one request may take, in seconds. Less than a millisecond would be none, which to axios is no limit at all. */
export const requestTimeout = {
	byDefault: 30,
	check: aNumber('seconds', 0.001, 86_400),
};

/** The options that every operation has. */
export function requestOptions(kind: Kind): INodeProperties[] {
	const concurrency = maxConcurrency.byDefault[kind];
	const retries = maxRetries.byDefault;
	const timeout = requestTimeout.byDefault;
	return [
		{
			displayName: 'Max Concurrency',
			name: 'maxConcurrency',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: MOST_ITEMS_AT_ONCE },
			default: concurrency,
			description:
				'How many items are worked on at once. The output keeps the order of the input. While LiveCall answers that there are too many requests, fewer run by themselves.',
			hint: 'Items at once',
		},
		{
			displayName: 'Max Retries',
			name: 'maxRetries',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: MOST_RETRIES },
			default: retries,
			description:
				'How often a request is sent again when LiveCall is out of reach, answers with a 5xx status or asks to slow down. What would ring a customer or add a user is repeated only where LiveCall certainly did not act on it.',
			hint: 'Tries after the first',
		},
		{
			displayName: 'Request Timeout',
			name: 'requestTimeout',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: timeout,
			description: 'How long to wait for each answer of LiveCall, in seconds',
			hint: 'In seconds',
		},
	];
}
