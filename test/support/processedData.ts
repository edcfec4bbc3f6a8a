import { createHash } from 'node:crypto';
import type {
	DeduplicationItemTypes,
	DeduplicationScope,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

/** What goes wrong in an operation: `after` has the store write first, and then fail to say so. */
export interface StoreFault {
	when: 'before' | 'after';
	error: Error;
}

/** Says what goes wrong in an operation, by its number. */
type FaultAt = (operation: number) => StoreFault | undefined;

/** A store that fails for one workflow. Plain JSON. */
export interface StoreFailure extends Pick<StoreFault, 'when'> {
	/** From which of the workflow's operations on, counted from 0. */
	at: number;
	lasting: 'once' | 'forEver';
}

/** What a database says that is busy. */
export const BUSY = new Error('SQLITE_BUSY: database is locked');

interface Row {
	mode: string;
	entries: string[];
}

/** The texts beside their hashes, which are all that n8n keeps, so that tests can read them. */
const hashes = new Map<string, string>();
const texts = new Map<string, string>();

function hashOf(item: DeduplicationItemTypes): string {
	const text = String(item);
	const known = hashes.get(text);
	if (known !== undefined) return known;
	const hash = createHash('md5').update(text).digest('base64');
	hashes.set(text, hash);
	texts.set(hash, text);
	return hash;
}

/**
 * n8n's store of processed data, as n8n 1.123 and 2.41 have it (`DeduplicationHelper`): an operation reads a whole row,
 * changes it and writes it back, with other work in between; an update of a row that was deleted does nothing, and
 * making a row that is there is refused.
 */
export class InMemoryProcessedData implements IDataDeduplicator {
	private operations = 0;
	private faultAt: FaultAt = () => undefined;
	private readonly failing = new Map<string, { failure: StoreFailure; seen: number }>();

	/**
	 * @param step waits for the turn of a step; by default a few turns of the event loop
	 * @param rows shared with other processes of n8n
	 */
	constructor(
		private readonly step: () => Promise<void> = someTurns,
		private readonly rows = new Map<string, Row>(),
	) {}

	/** The same store for another process, whose steps have turns of their own. */
	forProcess(step: () => Promise<void>): InMemoryProcessedData {
		return new InMemoryProcessedData(step, this.rows);
	}

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		{ mode, maxEntries }: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		const place = placeOf(scope, context);
		return await this.operation(place, async () => {
			const row = copyOf(this.rows.get(place));
			if (row && row.mode !== mode) {
				throw new Error(
					"Deduplication data was originally saved with an incompatible setting of the 'Keep Items Where' parameter. Try 'Clean Database' operation to reset.",
				);
			}
			const known = new Set(row?.entries);
			const isKnown = (item: DeduplicationItemTypes) => known.has(hashOf(item));
			const output = {
				new: items.filter((item) => !isKnown(item)),
				processed: items.filter(isKnown),
			};
			const entries = [...(row?.entries ?? []), ...output.new.map(hashOf)];
			if (maxEntries) entries.splice(0, entries.length - maxEntries);
			return {
				output,
				write: () => {
					if (!row && this.rows.has(place)) {
						throw new Error(
							'duplicate key value violates unique constraint "PK_ca04b9d8dc72de268fe07a65773"',
						);
					}
					if (row && !this.rows.has(place)) return;
					this.rows.set(place, { mode, entries });
				},
			};
		});
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
	): Promise<void> {
		const place = placeOf(scope, context);
		await this.operation(place, async () => {
			const row = copyOf(this.rows.get(place));
			for (const item of items) {
				const at = row?.entries.indexOf(hashOf(item)) ?? -1;
				if (at >= 0) row?.entries.splice(at, 1);
			}
			return {
				output: undefined,
				write: () => {
					if (row && this.rows.has(place)) this.rows.set(place, row);
				},
			};
		});
	}

	async clearAllProcessedItems(
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
	): Promise<void> {
		const place = placeOf(scope, context);
		await this.operation(place, async () => ({
			output: void this.rows.delete(place),
		}));
	}

	async getProcessedDataCount(
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		{ mode }: ICheckProcessedOptions,
	): Promise<number> {
		const place = placeOf(scope, context);
		return await this.operation(place, async () => {
			const row = this.rows.get(place);
			return { output: row && row.mode === mode ? row.entries.length : 0 };
		});
	}

	/** All entries that are known for any node, or for those of one workflow, as they were given. */
	keys(workflowId?: string): string[] {
		return [...this.rows]
			.filter(([place]) => workflowId === undefined || place.split(':')[1] === workflowId)
			.flatMap(([, { entries }]) => entries.map((hash) => texts.get(hash) ?? hash));
	}

	/** Those of the entries that are deduplication keys as they were given, without a window. */
	plainKeys(workflowId?: string): string[] {
		return this.keys(workflowId).filter((key) => !key.startsWith('['));
	}

	/** Whether there is a row of a whole workflow, which is the place of the lock. */
	get isLocked(): boolean {
		return [...this.rows.keys()].some((place) => place.startsWith('workflow:'));
	}

	clear(): void {
		this.rows.clear();
		this.failing.clear();
		this.failAt(() => undefined);
	}

	/** How many operations there have been since {@link failAt} was set. */
	get operationsSeen(): number {
		return this.operations;
	}

	/** Has operations fail, counted from 0 from now on. */
	failAt(faultAt: FaultAt): void {
		this.operations = 0;
		this.faultAt = faultAt;
	}

	/** Has the operations for one workflow fail, counted from 0 from now on; none of them if nothing is given. */
	failIn(workflowId: string, failure?: StoreFailure): void {
		if (failure) this.failing.set(workflowId, { failure, seen: 0 });
		else this.failing.delete(workflowId);
	}

	/**
	 * Remembers what a workflow's nodes have recorded so far.
	 * @returns puts it back, without the lock: a lock whose holder has died is for the tests of the lock
	 */
	snapshot(workflowId: string): () => void {
		const places = [...this.rows].filter(([place]) => place.startsWith(`node:${workflowId}:`));
		return () => {
			this.forget(workflowId);
			for (const [place, row] of places) this.rows.set(place, row);
		};
	}

	/** Forgets what the nodes of a workflow have recorded, and its lock. */
	forget(workflowId: string): void {
		for (const place of [...this.rows.keys()]) {
			if (place.split(':')[1] === workflowId) this.rows.delete(place);
		}
	}

	private faultIn(workflowId: string, scope: string): StoreFault | undefined {
		const failing = this.failing.get(workflowId);
		if (!failing) return undefined;
		const { at, lasting, when } = failing.failure;
		const n = failing.seen++;
		if (n < at || (n > at && lasting === 'once')) return undefined;
		// A lock that was written without a word is waited for like that of a dead holder: that takes too long here.
		return { when: scope === 'node' ? when : 'before', error: BUSY };
	}

	/** Reads, waits for its turn, and writes. */
	private async operation<T>(
		place: string,
		read: () => Promise<{ output: T; write?: () => void }>,
	): Promise<T> {
		const [scope, workflowId] = place.split(':');
		const fault = this.faultAt(this.operations++) ?? this.faultIn(workflowId, scope);
		await this.step();
		if (fault?.when === 'before') throw fault.error;
		const { output, write } = await read();
		if (write) {
			await this.step();
			write();
		}
		if (fault) throw fault.error;
		return output;
	}
}

async function someTurns(): Promise<void> {
	for (let turn = 0; turn < 3; turn++) await Promise.resolve();
}

function copyOf(row: Row | undefined): Row | undefined {
	return row && { ...row, entries: [...row.entries] };
}

function placeOf(
	scope: DeduplicationScope,
	{ node, workflow }: ICheckProcessedContextData,
): string {
	return scope === 'node' ? `node:${workflow.id}:${node?.id ?? ''}` : `workflow:${workflow.id}`;
}
