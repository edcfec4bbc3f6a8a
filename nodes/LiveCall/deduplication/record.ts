import { isObject } from '../../shared/json';

/**
 * What an execution has in common with each "Retry" of it, also if n8n died before it stored anything: the resume token in
 * its start data, with which its `resumeUrl` ends (n8n 2.41, `getAdditionalKeys`). n8n 1.x gives no token; there it is the
 * execution's own ID, under which a job of queue mode that a dead worker left is started again (n8n 1.123, `JobProcessor`).
 * @param execution n8n's `$execution`
 * @param executionId the execution's ID; empty if it has none
 * @returns `undefined` if n8n gives neither
 */
export function lineageOf(execution: unknown, executionId: string): string | undefined {
	const address = isObject(execution) ? String(execution.resumeUrl) : '';
	const token = URL.canParse(address)
		? [...new URL(address).searchParams.values()].pop()
		: undefined;
	return token ?? (executionId === '' ? undefined : executionId);
}

/**
 * The entry which says that a request was about to be sent. It names the subject and not the item: after a crash a workflow
 * starts from its beginning, and the list that it reads may have a row more.
 * @param turn which of the lineage's requests for this subject it is, counted from 1; those that LiveCall refused do not count
 * @param redials how often a person has had it sent again
 */
export function sentEntry(lineage: string, subject: string, turn: number, redials: number): string {
	return JSON.stringify(['sent', lineage, subject, turn, redials]);
}

/** The entry which says that LiveCall has answered a request. */
export function placedEntry(lineage: string, subject: string, turn: number): string {
	return JSON.stringify(['placed', lineage, subject, turn]);
}
