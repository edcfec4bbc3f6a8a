import { isObject } from '../../shared/json';
import type { Claim } from './claims';

/**
 * How many calls n8n keeps on record for a node. A row is read and written as a whole for each call; this keeps that
 * short where nobody has asked for a record. A row that holds keys is not cut to it: see `Claims`.
 */
const MOST_RECORDS = 10_000;

/**
 * What an execution has in common with each "Retry" of it, also where n8n died before it stored anything: the resume
 * token in its start data, with which its `resumeUrl` ends (n8n 2.41, `getAdditionalKeys`). The rest of that address
 * names the execution, which "Retry" changes.
 * @param execution n8n's `$execution`
 * @returns `undefined` where n8n gives no token, as n8n 1.x does
 */
export function lineageOf(execution: unknown): string | undefined {
	const address = isObject(execution) ? String(execution.resumeUrl) : '';
	return URL.canParse(address) ? [...new URL(address).searchParams.values()].pop() : undefined;
}

/** The place of a request within an execution, and how often a person has had it sent again. */
export interface Place {
	runIndex: number;
	itemIndex: number;
	customer: string;
	redials: number;
}

/**
 * The claim of a request by the execution and all that retry it.
 * @param isNews whether the execution knows of no request like this for the customer. One that knows of none, since n8n
 *   died, starts from the beginning, and must not send in its first run what was sent later in a loop
 */
export function recordClaim(lineage: string, place: Place, isNews: boolean): Claim {
	const { runIndex, itemIndex, customer, redials } = place;
	const entry = JSON.stringify([lineage, runIndex, itemIndex, customer, redials]);
	const inLoop = JSON.stringify([lineage, customer, redials]);
	return {
		name: entry,
		entry,
		others: isNews ? [inLoop] : [],
		besides: runIndex > 0 ? [inLoop] : [],
		most: MOST_RECORDS,
	};
}
