import { messageOf } from '../../shared/errors/nodeErrors';
import { wait } from '../../shared/throttling/wait';
import { exclusively } from '../../shared/throttling/exclusive';
import { entriesOf, judge, keptEntries, mostEntries, type Claim, type Verdict } from './claim';
import { RowLock, type Clock } from './rowLock';
import { isMadeMeanwhile, rethrow, StoredEntries, type ProcessedData } from './storedEntries';

/**
 * How a claim ended, besides what the store says of it:
 * - `canceled`: the execution was canceled before it was recorded;
 * - `unusable`: n8n's store has failed; `mayBeRecorded` if it does not say whether it wrote the claim down.
 */
export type Claimed = Judged | { as: 'canceled' } | Unusable;

interface Judged {
	as: Verdict;
	/** Set if the store still has entries of a claim that was not won, since it failed as they were to be taken out. */
	isKept?: true;
}

interface Unusable {
	as: 'unusable';
	reason: string;
	mayBeRecorded: boolean;
}

interface Waiting {
	claim: Claim;
	besides: string[];
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
	private readonly onCancel = () => answerAll(this.waiting.splice(0), { as: 'canceled' });
	/** Whether the lock could not be used, since another node keeps something of its own in the workflow's row. */
	wereUnlocked = false;
	/** How a claim of this run ended that the store certainly did not write down; `undefined` if there was none. */
	failed: Unusable | undefined;

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
		signal?.addEventListener('abort', this.onCancel, { once: true });
	}

	/** To be called at the end of the run: the execution's signal outlives it. */
	dispose(): void {
		this.signal?.removeEventListener('abort', this.onCancel);
	}

	/**
	 * Claims something, until it is given back. Never throws.
	 * @param besides further entries to record in the same write, whatever the store says of the claim
	 */
	async claim(claim: Claim, besides: string[] = []): Promise<Claimed> {
		return await new Promise((answer) => {
			this.waiting.push({ claim, besides, answer });
			void exclusively(this.place, async () => await this.answerWaiting());
		});
	}

	/**
	 * Gives a claim back that was won, so that it may be won again. Neither a canceled execution nor a store that fails
	 * for a moment keeps it from that.
	 * @returns whether it is free again. Never throws
	 */
	async giveBack(claim: Claim): Promise<boolean> {
		return await this.change(async () => await this.row.remove(keptEntries(claim)));
	}

	/**
	 * Records entries for which nobody waits, also in a canceled execution.
	 * @returns whether they are recorded. Never throws
	 */
	async record(entries: string[]): Promise<boolean> {
		const most = mostEntries([]);
		return await this.change(async () => {
			await this.row.add(entries, Math.max(most, await this.row.count()));
		});
	}

	/**
	 * Whether an entry is there. The store has no way to look that changes nothing, so the entry is taken out and put back: if
	 * that goes wrong, one that was there is missed, and never is one taken to be there that was not.
	 * @throws what the store says when it fails again and again
	 */
	async has(entry: string): Promise<boolean> {
		const count = async () => await this.persistently(async () => await this.row.count());
		const look = async () => {
			const before = await count();
			await this.persistently(async () => await this.row.remove([entry]));
			const isThere = (await count()) < before;
			if (isThere) await this.attempt(async () => await this.row.add([entry], before));
			return isThere;
		};
		const looked = async () => await this.locked(undefined, look);
		return (await exclusively(this.place, looked)) ?? false;
	}

	private async change(work: () => Promise<void>): Promise<boolean> {
		const locked = async () => await this.locked(undefined, work);
		return await exclusively(this.place, async () => await this.attempt(locked));
	}

	private async answerWaiting(): Promise<void> {
		const batch = this.waiting.splice(0);
		if (batch.length === 0) return;
		try {
			const judged = await this.locked(this.signal, async (lock) => {
				const found = await this.judgeAll(batch);
				// A lease that has run out meanwhile may have let another process write at the same time.
				if (lock && !lock.isCertain) throw new Undecided('its database was too slow');
				return found;
			});
			batch.forEach((waiting, place) => {
				waiting.answer(judged?.[place] ?? { as: 'canceled' });
			});
		} catch (error) {
			const mayBeRecorded = error instanceof Undecided;
			const unusable: Unusable = { as: 'unusable', reason: messageOf(error), mayBeRecorded };
			if (!mayBeRecorded) this.failed = unusable;
			answerAll(batch, unusable);
		}
	}

	/** Records the entries of claims in one go, and takes out again what no claim has won. */
	private async judgeAll(batch: Waiting[]): Promise<Judged[]> {
		const claims = batch.map(({ claim }) => claim);
		const besides = batch.flatMap((waiting) => waiting.besides);
		const entries = new Set([...claims.flatMap(entriesOf), ...besides]);
		const fresh = await this.add([...entries], mostEntries(claims));
		for (const entry of besides) fresh.delete(entry);
		const verdicts = claims.map((claim) => {
			const as = judge(claim, (entry) => fresh.has(entry));
			// Whoever asks for the same in the same batch has come too late.
			if (as === 'won') for (const entry of keptEntries(claim)) fresh.delete(entry);
			return { claim, as };
		});
		const isTakenOut =
			fresh.size === 0 || (await this.attempt(async () => await this.row.remove([...fresh])));
		return verdicts.map(({ claim, as }) => {
			const isKept =
				!isTakenOut && as !== 'won' && entriesOf(claim).some((entry) => fresh.has(entry));
			return isKept ? { as, isKept } : { as };
		});
	}

	/**
	 * Adds entries, and finds out what became of them if the store fails while it does.
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
	 * Works while this process alone may change the row; without the lock if another node uses its row.
	 * @returns `undefined` when the signal has ended the wait for the lock
	 */
	private async locked<T>(
		signal: AbortSignal | undefined,
		work: (lock: RowLock | undefined) => Promise<T>,
	): Promise<T | undefined> {
		const lock = new RowLock(this.lockRow, this.clockFor(signal));
		const taken = this.wereUnlocked ? 'foreign' : await lock.take();
		if (taken === 'givenUp') return undefined;
		this.wereUnlocked ||= taken === 'foreign';
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
