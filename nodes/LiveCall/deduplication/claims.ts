import { wait } from '../../shared/throttling/wait';
import { exclusively } from '../../shared/throttling/exclusive';
import { RowLock, type Clock } from './rowLock';
import {
	isMadeMeanwhile,
	messageOf,
	rethrow,
	StoredEntries,
	type ProcessedData,
} from './storedEntries';

/** What is to be done once, in the words of n8n's store of processed data. */
export interface Claim {
	/** What is claimed, whichever entries stand for it at the time. */
	name: string;
	/** The entry that stays when the claim is won. */
	entry: string;
	/** Further entries that stand for the same: the claim is won only where none of them is there. */
	others: string[];
	/** Entries that are recorded with it, and do not decide whether it is won. */
	besides?: string[];
	/** How many entries of its kind the row keeps; the oldest go first. */
	most: number;
}

/**
 * How a claim ended:
 * - `won`: it is recorded, and nobody else gets it;
 * - `taken`: somebody has had it before;
 * - `canceled`: the execution was canceled before it was recorded;
 * - `unusable`: n8n's store has failed; `mayBeRecorded` where it does not say whether it wrote the claim down.
 */
export type Claimed =
	| { as: 'won' }
	| { as: 'taken' }
	| { as: 'canceled' }
	| { as: 'unusable'; reason: string; mayBeRecorded: boolean };

interface Waiting {
	claim: Claim;
	answer: (how: Claimed) => void;
}

/** How often a use of the store is tried that does no harm when repeated, and the first wait between, in ms; it doubles. */
const MOST_TRIES = 4;
const FIRST_WAIT_MS = 100;

/**
 * The claims of one run of a node, in n8n's store of processed data, safe across all processes of n8n. They lie in the
 * node's row; the workflow's row, which nobody else needs, is the lock. Claims that wait at the same time are answered
 * together: the store reads and writes the whole row each time.
 */
export class Claims {
	private readonly row: StoredEntries;
	private readonly lockRow: StoredEntries;
	private readonly place: string;
	private readonly waiting: Waiting[] = [];
	private lockIsForeign = false;
	private failure: Extract<Claimed, { as: 'unusable' }> | undefined;

	/**
	 * @param store n8n's functions for the store
	 * @param workflowId the workflow whose nodes share the lock
	 * @param signal the execution's cancel signal: it ends the wait for the lock
	 * @param clockFor makes the clock of a wait that a signal ends
	 */
	constructor(
		store: ProcessedData,
		workflowId: string | undefined,
		private readonly signal: AbortSignal | undefined,
		private readonly clockFor: (signal?: AbortSignal) => Clock = realClock,
	) {
		this.row = new StoredEntries(store, 'node');
		this.lockRow = new StoredEntries(store, 'workflow');
		this.place = `claims:${workflowId}`;
		signal?.addEventListener('abort', () => answerAll(this.waiting.splice(0), { as: 'canceled' }), {
			once: true,
		});
	}

	/** Whether the lock could not be used, since another node keeps something of its own in the workflow's row. */
	get wereUnlocked(): boolean {
		return this.lockIsForeign;
	}

	/** How a claim of this run ended that the store certainly did not write down; `undefined` where there was none. */
	get failed(): Extract<Claimed, { as: 'unusable' }> | undefined {
		return this.failure;
	}

	/** Claims something, until it is given back. Never throws. */
	async claim(claim: Claim): Promise<Claimed> {
		return await new Promise((answer) => {
			this.waiting.push({ claim, answer });
			void exclusively(this.place, async () => await this.answerWaiting());
		});
	}

	/**
	 * Gives a claim back that was won, so that it may be won again. Neither a canceled execution nor a store that fails
	 * for a moment keeps it from that.
	 * @returns whether it is free again. Never throws
	 */
	async giveBack({ entry, besides = [] }: Claim): Promise<boolean> {
		const remove = async () =>
			await this.locked(undefined, async () => await this.row.remove([entry, ...besides]));
		return await exclusively(this.place, async () => await this.attempt(remove));
	}

	private async answerWaiting(): Promise<void> {
		const batch = this.waiting.splice(0);
		if (batch.length === 0) return;
		try {
			const how = await this.locked(this.signal, async (lock) => {
				const outcomes = await this.record(batch.map(({ claim }) => claim));
				// A lease that has run out meanwhile may have let another process write at the same time.
				if (lock && !lock.isCertain) throw new Undecided('its database was too slow');
				return outcomes;
			});
			batch.forEach((waiting, place) => answerAll([waiting], how?.[place] ?? { as: 'canceled' }));
		} catch (error) {
			const mayBeRecorded = error instanceof Undecided;
			const unusable = { as: 'unusable' as const, reason: messageOf(error), mayBeRecorded };
			if (!mayBeRecorded) this.failure = unusable;
			answerAll(batch, unusable);
		}
	}

	/** Records claims that have no entry in the row yet, in one go. */
	private async record(claims: Claim[]): Promise<Claimed[]> {
		const entries = new Set(
			claims.flatMap(({ entry, others, besides = [] }) => [entry, ...others, ...besides]),
		);
		const most = Math.max(...claims.map((claim) => claim.most));
		const fresh = await this.add([...entries], most);
		const outcomes = claims.map(({ entry, others, besides = [] }): Claimed => {
			const isNew = [entry, ...others].every((one) => fresh.has(one));
			// Whoever asks for the same in the same batch has come too late.
			if (isNew) for (const kept of [entry, ...besides]) fresh.delete(kept);
			return isNew ? { as: 'won' } : { as: 'taken' };
		});
		// What was added besides says nothing yet; where it cannot be removed, a key counts longer than it need.
		if (fresh.size > 0) await this.attempt(async () => await this.row.remove([...fresh]));
		return outcomes;
	}

	/**
	 * Adds entries, and finds out what became of them where the store fails while it does.
	 * @param most how many entries the row may hold; one that holds more already is not cut
	 * @returns those that were new
	 * @throws Undecided when nobody can tell whether they were written
	 */
	private async add(entries: string[], most: number): Promise<Set<string>> {
		const before = await this.persistently(async () => await this.row.count());
		const bound = Math.max(most, before);
		const add = async () => new Set(await this.row.add(entries, bound));
		try {
			return await add();
		} catch (error) {
			try {
				if (isMadeMeanwhile(error)) return await add();
				const written = (await this.row.count()) - before;
				if (written === entries.length) return new Set(entries);
				if (written === 0 && before + entries.length <= bound) return await add();
			} catch {
				// It fails again: what the first failure said is what is told.
			}
			return await rethrow(new Undecided(messageOf(error)));
		}
	}

	/**
	 * Works while this process alone may change the row; without the lock where another node has its place.
	 * @returns `undefined` when the signal has ended the wait for the lock
	 */
	private async locked<T>(
		signal: AbortSignal | undefined,
		work: (lock: RowLock | undefined) => Promise<T>,
	): Promise<T | undefined> {
		const lock = new RowLock(this.lockRow, this.clockFor(signal));
		const taken = this.lockIsForeign ? 'foreign' : await lock.take();
		if (taken === 'givenUp') return undefined;
		this.lockIsForeign ||= taken === 'foreign';
		if (taken === 'foreign') return await work(undefined);
		try {
			return await work(lock);
		} finally {
			// A lock that cannot be released is broken after its lease.
			await this.attempt(async () => await lock.release());
		}
	}

	/** @returns whether the work was done in one of several tries */
	private async attempt(work: () => Promise<unknown>): Promise<boolean> {
		return await this.persistently(work).then(
			() => true,
			() => false,
		);
	}

	/**
	 * Repeats work while the store fails for a moment, as a busy database does.
	 * @throws what the last try throws
	 */
	private async persistently<T>(work: () => Promise<T>): Promise<T> {
		const clock = this.clockFor();
		for (let tries = 1; ; tries++) {
			try {
				return await work();
			} catch (error) {
				if (tries === MOST_TRIES) return await rethrow(error);
				await clock.wait(FIRST_WAIT_MS * 2 ** (tries - 1));
			}
		}
	}
}

/** The store has failed while it wrote: what it wrote is not known. */
class Undecided extends Error {}

function answerAll(waiting: Waiting[], how: Claimed): void {
	for (const one of waiting) one.answer(how);
}

function realClock(signal?: AbortSignal): Clock {
	return {
		now: () => Date.now(),
		wait: async (ms) => await wait(ms, signal),
		random: () => Math.random(),
	};
}
