import { isInOtherMode, isMadeMeanwhile, rethrow, type StoredEntries } from './storedEntries';

/** The time, and ways to let it pass. */
export interface Clock {
	/** In ms since 1970. */
	now(): number;
	/**
	 * Waits some ms.
	 * @returns `false` when whoever waits has given up
	 */
	wait(ms: number): Promise<boolean>;
	/** A number from 0 up to 1, for jitter. */
	random(): number;
}

/** The entry that tells the lock from what other nodes keep in the same row. */
const HELD = 'n8n-nodes-livecall: held';

/** The number of entries says in which period the lock was taken; after so many periods the count begins anew. */
const PERIOD_MS = 5_000;
const PERIODS = 60;

/** A lock that was taken in the first period of a round has so many entries, so that no row of a few looks like a lock. */
const FEWEST_ENTRIES = 22;
const MOST_ENTRIES = FEWEST_ENTRIES + PERIODS - 1;

/** The entries of a lock, which has the first so many of them. */
const ENTRIES = [
	HELD,
	...Array.from({ length: MOST_ENTRIES - 1 }, (_, n) => `n8n-nodes-livecall: filler ${n}`),
];

/** How long a holder may keep the lock: nobody deletes one that is younger. */
const LEASE_MS = 15_000;

/** From this age on, in periods, the lease has certainly run out. */
const STALE_PERIODS = 4;

/** A clock that runs behind by less than this many periods does not take a new lock for one of an hour ago. */
const SKEWED_PERIODS = 2;

/** How long a dead holder's lock is watched before it is deleted: in that time it has to stay as it is. */
const SETTLING_MS = 1_000;

/** After how long a row that looks like a lock is asked whether it is one. */
const DOUBTFUL_MS = 2_000;

/** The first wait between two looks, in ms; each further one doubles, up to the longest. */
const FIRST_WAIT_MS = 3;
const LONGEST_WAIT_MS = 40;

/** How many operations of the store may fail before it is taken to be unusable. */
const MOST_FAILURES = 3;

/** How long is waited after the first failure, in ms; longer after each further one. */
const AFTER_FAILURE_MS = 100;

/** How taking the lock ended: `foreign` if another node keeps something of its own in the lock's row. */
type Taken = 'taken' | 'foreign' | 'givenUp';

/**
 * A lock that all processes of n8n share: a row of n8n's store of processed data. Whoever makes the row has the lock,
 * and deleting it releases the lock. A look that finds the row there does not write, since a write would change how old
 * the lock looks, or bring back a row that was deleted meanwhile.
 *
 * A holder who dies, or stands still, in s from when the row was made:
 *
 *     0                  15          15 to 20     +1          +0.5 to 1
 *     | holder is certain | is not     | stale      | deleted   | whoever is first
 *     |-------------------|------------|------------|-----------|--->  makes the row
 *     row is made          lease is     watched: it  all wait:
 *     in its period        over         must stay    others may
 *                                       the same     delete, too
 *
 * The row tells only the period of 5 s in which it was made, so it is stale four periods later: never within the lease.
 * The second of watching is what clocks may differ by beside that.
 */
export class RowLock {
	private takenAt = 0;

	constructor(
		private readonly row: StoredEntries,
		private readonly clock: Clock,
	) {}

	/**
	 * Waits for the lock and takes it. A lock whose holder has died is broken after its lease.
	 * @throws what the store says when it fails again and again
	 */
	async take(): Promise<Taken> {
		const since = this.clock.now();
		const waited = () => this.clock.now() - since;
		let failures = 0;
		let hasAsked = false;
		for (let looks = 0; ; looks++) {
			try {
				const entries = await this.row.count();
				if (entries === 0) {
					const made = await this.make();
					if (made !== 'exists') return made;
				} else if (entries < FEWEST_ENTRIES || entries > MOST_ENTRIES) {
					return 'foreign';
				} else if (waited() > LEASE_MS && this.isStale(entries)) {
					const asked = await this.breakUp(entries);
					if (asked !== 'exists') return asked;
				} else if (waited() > DOUBTFUL_MS && !hasAsked) {
					hasAsked = true;
					const asked = await this.ask(entries);
					if (asked !== 'exists') return asked;
				}
			} catch (error) {
				failures++;
				if (failures === MOST_FAILURES) return await rethrow(error);
				await this.clock.wait(AFTER_FAILURE_MS * failures);
			}
			const wait = Math.min(FIRST_WAIT_MS * 2 ** looks, LONGEST_WAIT_MS);
			if (!(await this.clock.wait(wait * (0.5 + this.clock.random())))) return 'givenUp';
		}
	}

	/** Whether the lock is still certain to be this holder's: a lease that has run out may be somebody else's by now. */
	get isCertain(): boolean {
		return this.clock.now() - this.takenAt < LEASE_MS;
	}

	/** Releases the lock; one whose lease has run out only if it cannot be another holder's. */
	async release(): Promise<void> {
		if (this.isCertain || this.isStale(await this.row.count())) await this.row.delete();
	}

	/** Makes the row. A lock of the same period that is there already has all of its entries, and stays as it is. */
	private async make(): Promise<'taken' | 'foreign' | 'exists'> {
		const now = this.clock.now();
		const added = await this.add(FEWEST_ENTRIES + periodOf(now));
		if (added !== 'made') return added;
		this.takenAt = now;
		return 'taken';
	}

	private async add(entries: number): Promise<'made' | 'foreign' | 'exists'> {
		try {
			const fresh = await this.row.add(ENTRIES.slice(0, entries));
			return fresh.includes(HELD) ? 'made' : 'exists';
		} catch (error) {
			if (isInOtherMode(error)) return 'foreign';
			if (isMadeMeanwhile(error)) return 'exists';
			return await rethrow(error);
		}
	}

	/**
	 * Asks a row that has as many entries as a lock whether it is one. Every lock has the entries that are asked for, so
	 * nothing is added to it. A row that was deleted meanwhile is made by the question, and deleted again; another node's
	 * row has all of its own entries besides, and is left as it was.
	 * @param entries how many it had before
	 */
	private async ask(entries: number): Promise<'foreign' | 'exists'> {
		const added = await this.add(FEWEST_ENTRIES);
		if (added !== 'made') return added;
		if ((await this.row.count()) < entries + FEWEST_ENTRIES) {
			await this.row.delete();
			return 'exists';
		}
		await this.row.remove(ENTRIES.slice(0, FEWEST_ENTRIES));
		return 'foreign';
	}

	/** Deletes the lock of a holder who has died, once it has stayed the same for a while. */
	private async breakUp(entries: number): Promise<'foreign' | 'exists'> {
		const asked = await this.ask(entries);
		if (asked !== 'exists') return asked;
		await this.clock.wait(SETTLING_MS);
		const left = await this.row.count();
		if (left !== entries || !this.isStale(left)) return 'exists';
		await this.row.delete();
		// Whoever else has found the lock stale deletes it within this time, and nobody has taken it yet.
		await this.clock.wait(SETTLING_MS * (0.5 + this.clock.random() / 2));
		return 'exists';
	}

	private isStale(entries: number): boolean {
		const age = (periodOf(this.clock.now()) - (entries - FEWEST_ENTRIES) + PERIODS) % PERIODS;
		return entries > 0 && age >= STALE_PERIODS && age < PERIODS - SKEWED_PERIODS;
	}
}

function periodOf(now: number): number {
	return Math.floor(now / PERIOD_MS) % PERIODS;
}
