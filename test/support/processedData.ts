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

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
	): Promise<IDeduplicationOutput> {
		const place = placeOf(scope, contextData);
		const known = [...(this.stored[place] ?? [])];
		await this.elsewhere();
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
		await this.elsewhere();
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

	private async elsewhere(): Promise<void> {
		for (let turn = 0; turn < 3; turn++) await Promise.resolve();
	}
}

function placeOf(
	scope: DeduplicationScope,
	{ node, workflow }: ICheckProcessedContextData,
): string {
	return `${scope}:${workflow.id}:${node?.id ?? ''}`;
}
