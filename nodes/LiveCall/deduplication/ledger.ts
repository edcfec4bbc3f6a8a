import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../shared/json';

/** What an item asks LiveCall to do at most once. */
export interface Asked {
	/** Whom it is done to: the digits of the phone number that is rung or added, or a user's ID. */
	customer: string;
	/** What a person may change to ask for something else, such as another target group. */
	terms: string;
	/** When, in ms since 1970, or `null` for at once; left out where nothing depends on it. */
	at?: number | null;
}

/** What is known of an item's request. */
export type Entry = SentEntry | PlacedEntry;

interface SentEntry extends Asked {
	state: 'sent';
	execution: string;
	/** How often a person has had it sent again. */
	redials?: number;
}

interface PlacedEntry extends Asked {
	state: 'placed';
	execution: string;
	answer: IDataObject;
}

/** Where the ledger lies in the node's context. */
const CONTEXT_KEY = 'liveCallLedger';

/** Where it lies how often a customer's request was sent again on a person's word, and in which run. */
const REDIALS_KEY = 'liveCallRedials';

/** Where the keys lie that n8n's store may hold although no call was placed for them. */
const DOUBTS_KEY = 'liveCallDoubtfulKeys';

/** Stands for the ID of an execution of which there is no ledger. */
const ELSEWHERE = 'elsewhere';

/**
 * What each item of this execution has sent to LiveCall, by run of the node. It lies in the execution's node context,
 * which n8n hands on both to the further tries of Retry On Fail, which run the whole node again, and to "Retry" of a
 * failed execution (n8n 2.41, tried in regular and in queue mode). It is plain JSON and is never cleared by success:
 * n8n also runs a node again when the first item that it gave has a field "error".
 */
export class Ledger {
	private readonly runs: IDataObject;
	private readonly entries: IDataObject;

	/**
	 * @param context the node's context
	 * @param runIndex which run of the node this is within its execution, counted from 0
	 * @param execution the execution's id
	 */
	constructor(
		private readonly context: IDataObject,
		private readonly runIndex: number,
		private readonly execution: string,
	) {
		this.runs = within(context, CONTEXT_KEY);
		this.entries = within(this.runs, String(runIndex));
	}

	/**
	 * What an item has already sent; else what another run has sent to the same customer without a usable answer: an
	 * error output that leads back to the node, or an agent that is told of a failure, asks for the same in a new run.
	 * (A try of Retry On Fail is a new run, too, where the node is a tool: n8n 2.41, `makeHandleToolInvocation`.)
	 */
	find(itemIndex: number, asked: Asked): Entry | undefined {
		const entry = this.at(itemIndex);
		if (entry && this.isSame(entry, asked)) return entry;
		const unknown = this.ofOtherRuns().filter(
			(other) => other.state === 'sent' && this.isSame(other, asked),
		);
		return unknown.find((other) => this.isOfThisExecution(other)) ?? unknown[0];
	}

	/** Whether any item, in any run of the node, has sent something that LiveCall did not definitely refuse. */
	get hasEntries(): boolean {
		return [...this.ofOtherRuns(), ...Object.values(this.entries)].some(isEntry);
	}

	/**
	 * What another run has had placed for the same customer, at the same time: an agent repeats itself, and n8n runs an
	 * agent, tools and all, once more when Retry On Fail is set for it.
	 */
	placedBefore(asked: Asked): PlacedEntry | undefined {
		return this.ofOtherRuns().find(
			(entry): entry is PlacedEntry =>
				entry.state === 'placed' && this.isSame(entry, asked) && isSameTime(entry.at, asked.at),
		);
	}

	/**
	 * How often a customer's request was sent again on a person's word, also where LiveCall then refused it.
	 * @param runs whether the run that goes on counts, too
	 */
	redials(customer: string, runs: 'all' | 'earlier'): number {
		const all = this.context[REDIALS_KEY];
		const known = isObject(all) ? all[customer] : undefined;
		if (!isObject(known)) return 0;
		return runs === 'all' || Number(known.runIndex) < this.runIndex ? Number(known.redials) : 0;
	}

	/** Whether anything was sent to a customer, in any run of the node. */
	knows(customer: string): boolean {
		return [...this.ofOtherRuns(), ...Object.values(this.entries).filter(isEntry)].some(
			(entry) => entry.customer === customer,
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

	/**
	 * To be called before the request goes out.
	 * @param instead the entry of the earlier request that this one is sent in place of, on a person's word
	 */
	sent(itemIndex: number, asked: Asked, instead?: Entry): void {
		const redials = redialsOf(instead) + (instead ? 1 : 0);
		if (instead) {
			this.remove(instead);
			within(this.context, REDIALS_KEY)[asked.customer] = { redials, runIndex: this.runIndex };
		}
		this.entries[itemIndex] = { state: 'sent', ...asked, execution: this.execution, redials };
	}

	/**
	 * To be called when it turns out that an execution of which there is no ledger may have sent the same.
	 * @param mayRedial whether this execution may send it again on a person's word
	 */
	sentElsewhere(itemIndex: number, asked: Asked, redials: number, mayRedial: boolean): Entry {
		const execution = mayRedial ? ELSEWHERE : this.execution;
		const entry = { state: 'sent' as const, ...asked, execution, redials };
		this.entries[itemIndex] = entry;
		return entry;
	}

	/** To be called with LiveCall's answer. */
	placed(itemIndex: number, asked: Asked, answer: IDataObject): void {
		this.entries[itemIndex] = { state: 'placed', ...asked, execution: this.execution, answer };
	}

	/**
	 * To be called when LiveCall certainly did not act.
	 * @param instead the entry of the earlier request that this one was sent in place of: what it did stays unknown
	 */
	refused(itemIndex: number, instead?: Entry): void {
		if (instead) this.entries[itemIndex] = { ...instead };
		else delete this.entries[itemIndex];
	}

	/** Whether an earlier try may have recorded a key without placing a call for it. */
	isDoubtful(key: string): boolean {
		const doubts = this.context[DOUBTS_KEY];
		return isObject(doubts) && doubts[key] === true;
	}

	/**
	 * To be called when n8n's store has not said whether it recorded a key or has not given one back, and when the doubt is
	 * over.
	 */
	setDoubtful(key: string, isDoubtful: boolean): void {
		if (isDoubtful) within(this.context, DOUBTS_KEY)[key] = true;
		else if (this.isDoubtful(key)) delete within(this.context, DOUBTS_KEY)[key];
	}

	/**
	 * Within one execution nobody can have edited the item, so its customer alone decides, also where an expression
	 * gives other terms on each try; in a later execution other terms are something else that is asked for. The time to
	 * call at is part of neither: "in an hour" moves with each try.
	 */
	private isSame(entry: Entry, { customer, terms }: Asked): boolean {
		return entry.customer === customer && (this.isOfThisExecution(entry) || entry.terms === terms);
	}

	private ofOtherRuns(): Entry[] {
		return Object.values(this.runs)
			.filter(isObject)
			.filter((run) => run !== this.entries)
			.flatMap((run) => Object.values(run).filter(isEntry));
	}

	private remove(entry: Entry): void {
		for (const run of Object.values(this.runs).filter(isObject)) {
			for (const [item, known] of Object.entries(run)) if (known === entry) delete run[item];
		}
	}
}

/** "In an hour" is another time after each thought of an agent; up to so many ms it is the same. */
const SAME_TIME_MS = 5 * 60_000;

function isSameTime(one: Asked['at'], other: Asked['at']): boolean {
	if (typeof one === 'number' && typeof other === 'number') {
		return Math.abs(one - other) <= SAME_TIME_MS;
	}
	return one === other;
}

/** How often a person has had a request sent again. */
export function redialsOf(entry: Entry | undefined): number {
	return entry?.state === 'sent' ? (entry.redials ?? 0) : 0;
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
