import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../shared/json';

/** What an item asks LiveCall to do at most once. */
export interface Asked {
	/** Whom it is done to: the phone number that is rung or added, in the form in which numbers are compared. */
	subject: string;
	/** What is done: who has been called may still be added as a user. */
	deed: 'call' | 'userCreation' | 'userDeletion';
	/** When, in ms since 1970, or `null` for at once; left out if nothing depends on it. */
	at?: number | null;
}

/** What is known of an item's request. */
export type Entry = SentEntry | PlacedEntry;

export interface SentEntry extends Asked {
	state: 'sent';
	execution: string;
	/** Which of the execution's requests for this subject it is, counted from 1. */
	turn: number;
	/** How often a person has had it sent again. */
	redials: number;
}

interface PlacedEntry extends Asked {
	state: 'placed';
	execution: string;
	answer: IDataObject;
}

/** Where the ledger lies in the node's context. */
const CONTEXT_KEY = 'liveCallLedger';

/** How many requests there were for each subject, in all runs of the node, without those that LiveCall refused. */
const TURNS_KEY = 'liveCallTurns';

/** The entries which say that a call was placed, and which the record does not have yet. */
const TO_RECORD_KEY = 'liveCallToRecord';

/** The keys, and without a key the requests, that n8n's store may hold although nothing was sent for them. */
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
		runIndex: number,
		private readonly execution: string,
	) {
		this.runs = within(context, CONTEXT_KEY);
		this.entries = within(this.runs, String(runIndex));
	}

	/**
	 * What an item has already sent; else what another run has sent for the same subject without a usable answer: an
	 * error output that leads back to the node, or an agent that is told of a failure, asks for the same in a new run.
	 * (A try of Retry On Fail is a new run, too, if the node is a tool: n8n 2.41, `makeHandleToolInvocation`.)
	 * @param isForAllItems whether what is unknown of another item of the run holds for this one, too
	 */
	find(itemIndex: number, asked: Asked, isForAllItems = false): Entry | undefined {
		const entry = this.at(itemIndex);
		if (entry && this.isSame(entry, asked)) return entry;
		if (this.nextTurn(asked.subject) === 1) return undefined;
		const others = isForAllItems ? this.all() : this.ofOtherRuns();
		const unknown = others.filter((other) => other.state === 'sent' && this.isSame(other, asked));
		return unknown.find((other) => this.isOfThisExecution(other)) ?? unknown[0];
	}

	/** Whether any item, in any run of the node, has sent something that LiveCall did not definitely refuse. */
	get hasEntries(): boolean {
		return this.all().length > 0;
	}

	/**
	 * What another run has had placed for the same subject, at the same time: an agent repeats itself, and n8n runs an
	 * agent, tools and all, once more when Retry On Fail is set for it.
	 */
	placedBefore(asked: Asked): PlacedEntry | undefined {
		return this.ofOtherRuns().find(
			(entry): entry is PlacedEntry =>
				entry.state === 'placed' && this.isSame(entry, asked) && isSameTime(entry.at, asked.at),
		);
	}

	/** Which request for the subject the next one is, counted from 1. */
	nextTurn(subject: string): number {
		return Number(within(this.context, TURNS_KEY)[subject] ?? 0) + 1;
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
	 * @param turn which request for the subject it is
	 * @param instead the entry of the earlier request that this one is sent in place of, on a person's word
	 */
	sent(itemIndex: number, asked: Asked, turn: number, instead?: SentEntry): void {
		const redials = instead ? instead.redials + 1 : 0;
		if (instead) this.remove(instead);
		this.keep(itemIndex, turn, {
			state: 'sent',
			...asked,
			execution: this.execution,
			turn,
			redials,
		});
	}

	/**
	 * To be called when it turns out that an execution of which there is no ledger may have sent the same.
	 * @param mayRedial whether this execution may send it again on a person's word
	 */
	sentElsewhere(
		itemIndex: number,
		asked: Asked,
		{ turn, redials }: Pick<SentEntry, 'turn' | 'redials'>,
		mayRedial: boolean,
	): SentEntry {
		const execution = mayRedial ? ELSEWHERE : this.execution;
		return this.keep(itemIndex, turn, { state: 'sent', ...asked, execution, turn, redials });
	}

	/** To be called with LiveCall's answer, or with what stands for it if an execution without a ledger had it. */
	placed(itemIndex: number, asked: Asked, turn: number, answer: IDataObject): void {
		this.keep(itemIndex, turn, { state: 'placed', ...asked, execution: this.execution, answer });
	}

	/**
	 * To be called when LiveCall certainly did not act.
	 * @param instead the entry of the earlier request that this one was sent in place of: what it did stays unknown
	 */
	refused(itemIndex: number, asked: Asked, turn: number, instead?: SentEntry): void {
		if (instead) this.entries[itemIndex] = { ...instead };
		else {
			delete this.entries[itemIndex];
			within(this.context, TURNS_KEY)[asked.subject] = turn - 1;
		}
	}

	/** The entries which say that a call was placed, and which the record does not have yet, of all runs of the node. */
	get toRecord(): string[] {
		const entries = this.context[TO_RECORD_KEY];
		return Array.isArray(entries) ? entries.map(String) : [];
	}

	/** Has the next use of the record write an entry down. */
	recordLater(entry: string): void {
		const entries: unknown = this.context[TO_RECORD_KEY];
		if (Array.isArray(entries)) entries.push(entry);
		else this.context[TO_RECORD_KEY] = [entry];
	}

	/** To be called with entries that the record has now. */
	recorded(entries: string[]): void {
		if (entries.length === 0) return;
		const written = new Set(entries);
		this.context[TO_RECORD_KEY] = this.toRecord.filter((entry) => !written.has(entry));
	}

	/** Whether an earlier try may have recorded a key, or a request, without sending anything for it. */
	isDoubtful(claimed: string): boolean {
		const doubts = this.context[DOUBTS_KEY];
		return isObject(doubts) && doubts[quoted(claimed)] === true;
	}

	/**
	 * To be called when n8n's store has not said whether it recorded a key, or a request, or has not given it back, and when
	 * the doubt is over.
	 */
	setDoubtful(claimed: string, isDoubtful: boolean): void {
		if (isDoubtful) within(this.context, DOUBTS_KEY)[quoted(claimed)] = true;
		else if (this.isDoubtful(claimed)) delete within(this.context, DOUBTS_KEY)[quoted(claimed)];
	}

	/**
	 * Whoever retries may have corrected the target group, and an expression or an agent may give another one: who was
	 * called stays called. Nor does the time to call at tell two requests apart: "in an hour" moves with each try.
	 */
	private isSame(entry: Entry, { subject, deed }: Asked): boolean {
		return entry.subject === subject && entry.deed === deed;
	}

	private keep<E extends Entry>(itemIndex: number, turn: number, entry: E): E {
		const turns = within(this.context, TURNS_KEY);
		turns[entry.subject] = Math.max(Number(turns[entry.subject] ?? 0), turn);
		this.entries[itemIndex] = entry;
		return entry;
	}

	private all(): Entry[] {
		return [...this.ofOtherRuns(), ...Object.values(this.entries).filter(isEntry)];
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

/** A key may be any text, also `__proto__`, which an object takes for its own. */
function quoted(key: string): string {
	return JSON.stringify(key);
}

function within(parent: IDataObject, key: string): IDataObject {
	const found = parent[key];
	if (isObject(found)) return found;
	const made: IDataObject = {};
	parent[key] = made;
	return made;
}

function isEntry(value: unknown): value is Entry {
	if (!isObject(value)) return false;
	const isNamed = [value.subject, value.deed, value.execution].every(
		(field) => typeof field === 'string',
	);
	const isSent =
		value.state === 'sent' && typeof value.turn === 'number' && typeof value.redials === 'number';
	return isNamed && (isSent || (value.state === 'placed' && isObject(value.answer)));
}
