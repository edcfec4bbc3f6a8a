import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../shared/json';

/** What an item asked LiveCall to do once. */
export interface Asked {
	/** The digits of the phone number that is rung or added: what must not be done twice. */
	customer: string;
	/** What a person may change to ask for something else, such as another target group. */
	terms: string;
}

/** What is known of an item's request. */
export type Entry =
	| { state: 'sent'; customer: string; terms: string; execution: string }
	| { state: 'placed'; customer: string; terms: string; execution: string; answer: IDataObject };

/** Where the ledger lies in the node's context. */
const CONTEXT_KEY = 'liveCallLedger';

/**
 * What each item of this run has sent to LiveCall. It lies in the execution's node context, which n8n hands on both
 * to the further tries of Retry On Fail, which run the whole node again, and to "Retry" of a failed execution
 * (n8n 2.41, tried in regular and in queue mode). It is plain JSON and is never cleared by success: n8n also runs a
 * node again when the first item that it gave has a field "error".
 */
export class Ledger {
	private readonly runs: IDataObject;
	private readonly entries: IDataObject;

	/**
	 * @param context the node's context
	 * @param runIndex which run of the node this is within its execution, counted from 0
	 * @param execution the execution's id
	 * @param isTool whether an AI agent runs the node
	 */
	constructor(
		context: IDataObject,
		runIndex: number,
		private readonly execution: string,
		private readonly isTool: boolean,
	) {
		this.runs = within(context, CONTEXT_KEY);
		this.entries = within(this.runs, String(runIndex));
	}

	/**
	 * What an item has already sent. Within one execution nobody can have edited the item, so its customer alone
	 * decides, also where an expression gives other terms on each try; in a later execution other terms are
	 * something else that is asked for. The time to call at is part of neither: "in an hour" moves with each try.
	 */
	find(itemIndex: number, asked: Asked): Entry | undefined {
		const entry = this.at(itemIndex);
		if (
			entry?.customer === asked.customer &&
			(this.isOfThisExecution(entry) || entry.terms === asked.terms)
		) {
			return entry;
		}
		return this.isTool ? this.unknownOfAnotherRun(asked) : undefined;
	}

	/**
	 * What an earlier run of this execution has sent to the same customer without a usable answer. Each try of Retry On
	 * Fail is a run of its own where the node is a tool (n8n 2.41, `makeHandleToolInvocation`), and an agent that is told
	 * of the failure may ask for the same once more by itself.
	 */
	private unknownOfAnotherRun(asked: Asked): Entry | undefined {
		return Object.values(this.runs)
			.flatMap((run) => (isObject(run) ? Object.values(run) : []))
			.filter(isEntry)
			.find(
				(entry) =>
					entry.state === 'sent' &&
					entry.customer === asked.customer &&
					this.isOfThisExecution(entry),
			);
	}

	/** What an item has sent, whatever it asked for. */
	at(itemIndex: number): Entry | undefined {
		const entry = this.entries[itemIndex];
		return isEntry(entry) ? entry : undefined;
	}

	/** Whether this execution itself sent the request, in an earlier try. */
	isOfThisExecution(entry: Entry): boolean {
		return entry.execution === this.execution;
	}

	/** To be called before the request goes out. */
	sent(itemIndex: number, asked: Asked): void {
		this.entries[itemIndex] = { state: 'sent', ...asked, execution: this.execution };
	}

	/** To be called with LiveCall's answer. */
	placed(itemIndex: number, asked: Asked, answer: IDataObject): void {
		this.entries[itemIndex] = { state: 'placed', ...asked, execution: this.execution, answer };
	}

	/** To be called when LiveCall certainly did not act. */
	clear(itemIndex: number): void {
		delete this.entries[itemIndex];
	}
}

function within(parent: IDataObject, key: string): IDataObject {
	const found = parent[key];
	if (isObject(found)) return found;
	const made: IDataObject = {};
	parent[key] = made;
	return made;
}

function isEntry(value: unknown): value is Entry {
	return (
		isObject(value) &&
		typeof value.customer === 'string' &&
		typeof value.terms === 'string' &&
		typeof value.execution === 'string' &&
		(value.state === 'sent' || (value.state === 'placed' && isObject(value.answer)))
	);
}
