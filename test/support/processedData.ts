import { createHash } from 'node:crypto';
import type {
	DeduplicationItemTypes,
	DeduplicationScope,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

/** An operation of the store, and which of its steps comes next. */
export type Step = `${'check' | 'remove' | 'clear' | 'count'} ${'read' | 'write'}`;

/** What goes wrong in an operation: `after` has the store write first, and then fail to say so. */
export interface StoreFault {
	when: 'before' | 'after';
	error: Error;
}

interface Row {
	mode: string;
	entries: string[];
}

/** The entry's text is kept beside the hash, which is all that n8n keeps, so that tests can read it. */
const texts = new Map<string, string>();

function hashOf(item: DeduplicationItemTypes): string {
	const hash = createHash('md5').update(String(item)).digest('base64');
	texts.set(hash, String(item));
	return hash;
}

/**
 * n8n's store of processed data, as n8n 1.123 and 2.41 have it (`DeduplicationHelper`): an operation reads a whole row,
 * changes it and writes it back, with other work in between; an update of a row that was deleted does nothing, and
 * making a row that is there is refused.
 */
export class InMemoryProcessedData implements IDataDeduplicator {
	private rows = new Map<string, Row>();
	private operations = 0;
	private faultAt: (operation: number) => StoreFault | undefined = () => undefined;

	/** @param step waits for the turn of a step; by default a few turns of the event loop */
	constructor(private readonly step: (step: Step) => Promise<void> = someTurns) {}

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		{ mode, maxEntries }: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		const place = placeOf(scope, context);
		return await this.operation('check', async () => {
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
		await this.operation('remove', async () => {
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
		await this.operation('clear', async () => ({
			output: undefined,
			write: () => void this.rows.delete(placeOf(scope, context)),
		}));
	}

	async getProcessedDataCount(
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		{ mode }: ICheckProcessedOptions,
	): Promise<number> {
		return await this.operation('count', async () => {
			const row = this.rows.get(placeOf(scope, context));
			return { output: row && row.mode === mode ? row.entries.length : 0 };
		});
	}

	/** All entries that are known for any node, as they were given. */
	keys(): string[] {
		return [...this.rows.values()].flatMap(({ entries }) =>
			entries.map((hash) => texts.get(hash) ?? hash),
		);
	}

	/** Whether there is a row of a whole workflow, which is the place of the lock. */
	get isLocked(): boolean {
		return [...this.rows.keys()].some((place) => place.startsWith('workflow:'));
	}

	clear(): void {
		this.rows.clear();
		this.failAt(() => undefined);
	}

	/** How many operations there have been since {@link failAt} was set. */
	get operationsSeen(): number {
		return this.operations;
	}

	/** Has operations fail, counted from 0 from now on. */
	failAt(faultAt: (operation: number) => StoreFault | undefined): void {
		this.operations = 0;
		this.faultAt = faultAt;
	}

	/** Reads, waits for its turn, and writes. */
	private async operation<T>(
		name: 'check' | 'remove' | 'clear' | 'count',
		read: () => Promise<{ output: T; write?: () => void }>,
	): Promise<T> {
		const fault = this.faultAt(this.operations++);
		if (name !== 'clear') await this.step(`${name} read`);
		if (fault?.when === 'before') throw fault.error;
		const { output, write } = await read();
		if (write) {
			await this.step(`${name} write`);
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
