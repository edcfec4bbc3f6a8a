import type {
	DeduplicationItemTypes,
	DeduplicationScope,
	ICheckProcessedContextData,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

/**
 * n8n's store of processed data. As n8n's own (n8n 2.41, `DeduplicationHelper`), it reads and writes in two steps, with
 * other work in between: who claims keys side by side may be told twice that one is new.
 */
export class InMemoryProcessedData implements IDataDeduplicator {
	private stored: Record<string, string[]> = {};
	private fromElsewhere: string[] = [];
	private failure: Error | undefined;

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
	): Promise<IDeduplicationOutput> {
		const place = placeOf(scope, contextData);
		const row = this.stored[place];
		const known = [...(row ?? [])];
		await this.elsewhere(place);
		// As PostgreSQL does: there is one row for each node.
		if (!row && this.stored[place]) {
			throw new Error(
				'duplicate key value violates unique constraint "PK_ca04b9d8dc72de268fe07a65773"',
			);
		}
		const isKnown = (item: DeduplicationItemTypes) => known.includes(String(item));
		const output = {
			new: items.filter((item) => !isKnown(item)),
			processed: items.filter(isKnown),
		};
		this.stored[place] = [...known, ...output.new.map(String)];
		return output;
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
	): Promise<void> {
		const place = placeOf(scope, contextData);
		const known = [...(this.stored[place] ?? [])];
		await this.elsewhere(place);
		this.stored[place] = known.filter((item) => !items.map(String).includes(item));
	}

	async clearAllProcessedItems(
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
	): Promise<void> {
		delete this.stored[placeOf(scope, contextData)];
	}

	async getProcessedDataCount(
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
	): Promise<number> {
		return (this.stored[placeOf(scope, contextData)] ?? []).length;
	}

	/** The keys that are known for any node. */
	keys(): string[] {
		return Object.values(this.stored).flat();
	}

	clear(): void {
		this.stored = {};
	}

	/** Has another process of n8n record these keys while the next ones are being recorded. */
	recordMeanwhile(keys: string[]): void {
		this.fromElsewhere = keys;
	}

	/** Has the next use of the store fail. */
	failOnce(failure: Error): void {
		this.failure = failure;
	}

	private async elsewhere(place: string): Promise<void> {
		for (let turn = 0; turn < 3; turn++) await Promise.resolve();
		const { failure } = this;
		this.failure = undefined;
		if (failure) throw failure;
		const keys = this.fromElsewhere.splice(0);
		if (keys.length > 0) this.stored[place] = [...(this.stored[place] ?? []), ...keys];
	}
}

function placeOf(
	scope: DeduplicationScope,
	{ node, workflow }: ICheckProcessedContextData,
): string {
	return `${scope}:${workflow.id}:${node?.id ?? ''}`;
}
