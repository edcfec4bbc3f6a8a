import type { IExecuteFunctions } from 'n8n-workflow';
import { exclusively } from '../../shared/concurrency/exclusive';

/**
 * How many keys n8n keeps for a node. Beyond that it forgets the oldest; each is kept as a hash of 24 characters.
 */
const MOST_KEYS = 100_000;

/** How often a key is written once more when another process has overwritten it. */
const MOST_REWRITES = 3;

/** What the databases that n8n runs on say of a row that is there already: PostgreSQL, MySQL and SQLite. */
const ROW_EXISTS = /duplicate key|duplicate entry|unique constraint/i;

/**
 * The deduplication keys that this node has seen in any execution, in n8n's own store of processed data. n8n keeps
 * all keys of a node in one place that it reads, changes and writes back (n8n 2.41, `DeduplicationHelper`). So within
 * one n8n process claims are made one after the other; and since another process may have written back what it read
 * before, each claim is read back.
 */
export class KnownKeys {
	private readonly store: string;

	constructor(private readonly functions: IExecuteFunctions) {
		this.store = `keys:${functions.getWorkflow().id}:${functions.getNode().id}`;
	}

	/**
	 * Records a key.
	 * @returns whether it was new
	 */
	async claim(key: string): Promise<boolean> {
		return await exclusively(this.store, async () => {
			if (!(await this.record(key))) return false;
			for (let rewrites = 0; rewrites < MOST_REWRITES; rewrites++) {
				if (!(await this.record(key))) break;
			}
			return true;
		});
	}

	/** Forgets a key, so that it may be used again. */
	async giveBack(key: string): Promise<void> {
		await exclusively(this.store, async () => {
			await this.functions.helpers.removeProcessed([key], 'node', {
				mode: 'entries',
				maxEntries: MOST_KEYS,
			});
		});
	}

	/**
	 * Writes a key down, and says whether it was not there. The first key of a node makes a row in n8n's database; where
	 * another process has made it meanwhile, nothing was written, and there is a row to write to now.
	 */
	private async record(key: string): Promise<boolean> {
		return await this.write(key).catch(async (error: unknown) => {
			const rowExists = error instanceof Error && ROW_EXISTS.test(error.message);
			return await (rowExists ? this.write(key) : Promise.reject(error));
		});
	}

	private async write(key: string): Promise<boolean> {
		const { processed } = await this.functions.helpers.checkProcessedAndRecord([key], 'node', {
			mode: 'entries',
			maxEntries: MOST_KEYS,
		});
		return processed.length === 0;
	}
}
