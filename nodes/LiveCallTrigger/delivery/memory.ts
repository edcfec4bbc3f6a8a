import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { outcomeOf } from '../../shared/call';
import { isEnd, type CallEvent } from '../../shared/events';
import { wait } from '../../shared/throttling/wait';
import { Cache } from './cache';

/** How many deliveries of a node are remembered. */
const MOST = 1_000;

/**
 * Shared by all executions of this n8n process: the latest deliveries of each trigger node, oldest first, for the 1,000
 * nodes that had a delivery last. n8n gives each delivery a copy of the static data, so of deliveries that overlap each
 * would know only itself.
 */
const latestOf = new Cache<string[]>(1_000);

/** No outcome and no time is longer than this; a delivery that nobody verifies may carry any text. */
const MOST_CHARACTERS = 64;

/**
 * What tells a delivery apart from its repeats: the event and the call, of an end also how and when. LiveCall may call
 * again (`is_retried` in its newer API), and the second end is news.
 */
export function identityOf(event: CallEvent, callId: string, call: IDataObject): string {
	const end = isEnd(event) ? [outcomeOf(call).toLowerCase(), momentOf(call.ended_at)] : [];
	return [event, callId, ...end].map((part) => part.slice(0, MOST_CHARACTERS)).join(' ');
}

/** One moment may be written with another offset, or with ms. What is no time is told apart by its text. */
function momentOf(time: IDataObject[string]): string {
	const text = typeof time === 'object' ? '' : String(time ?? '');
	const ms = Date.parse(text);
	return Number.isNaN(ms) ? text : String(ms);
}

/**
 * Remembers a delivery that starts the workflow, across restarts of n8n.
 * @param delivery what tells it apart; see {@link identityOf}
 * @returns whether it is the first of its kind among the latest 1,000
 */
export function rememberIfNew(functions: IWebhookFunctions, delivery: string): boolean {
	const node = `${functions.getWorkflow().id} ${functions.getNode().id}`;
	const latest = latestOf.getOrMake(node, () => []);
	const stored = functions.getWorkflowStaticData('node');
	const known = new Set(latest);
	// What only the static data know was delivered before this process began, or to another one: it counts as older.
	const order = [...entries(stored.seen).filter((entry) => !known.has(entry)), ...latest];
	if (order.includes(delivery)) return false;
	latest.splice(0, latest.length, ...[...order, delivery].slice(-MOST));
	store(stored, latest);
	return true;
}

function entries(seen: unknown): string[] {
	return Array.isArray(seen) ? seen.map(String) : [];
}

/**
 * Has n8n store the latest deliveries when it answers this one. The list itself is handed over, so that n8n writes what
 * it holds by then.
 *
 * n8n stores static data that is marked as changed when it answers a delivery. n8n 2.41 answers after the start of the
 * workflow (`executeWebhook`), and starting it builds the workflow once more around the same static data, which takes
 * the mark away (`WorkflowRunner.establishContextForPersistence`). That happens in the turn of the event loop in which
 * `webhook()` returns; a timer fires in a later one, and sets the mark again. n8n 1.123 answers before the start and
 * needs the first mark.
 *
 * The node must not answer by itself, which would store the data, too: the sender would then run ahead of n8n, which
 * grew by 2.7 GB while 500 deliveries came, 20 at a time.
 */
function store(stored: IDataObject, latest: string[]): void {
	stored.seen = latest;
	void wait(1, undefined).then(() => {
		stored.seen = latest;
	});
}
