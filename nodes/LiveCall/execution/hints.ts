/** What the person is told about items besides how they ended. */
export class Hints {
	private readonly itemsOf = new Map<string, number[]>();

	/** @param count how many items the run has */
	constructor(private readonly count: number) {}

	/** Adds a hint about an item; the same text about several items becomes one sentence. */
	add(text: string, itemIndex: number): void {
		this.itemsOf.set(text, [...(this.itemsOf.get(text) ?? []), itemIndex]);
	}

	/** Each hint as a sentence, which names its items if there are several. */
	get sentences(): string[] {
		return [...this.itemsOf].map(([text, items]) =>
			this.count > 1 ? `${text} (${ranges(items)}).` : `${text}.`,
		);
	}
}

/** `items 2 to 5, item 7` */
export function ranges(indexes: number[]): string {
	const spans: Array<[number, number]> = [];
	for (const index of [...indexes].sort((one, other) => one - other)) {
		const last = spans[spans.length - 1];
		if (last && last[1] === index - 1) last[1] = index;
		else spans.push([index, index]);
	}
	return spans
		.map(([from, to]) => (from === to ? `item ${from}` : `items ${from} to ${to}`))
		.join(', ');
}
