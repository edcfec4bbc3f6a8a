import type { IDataObject } from 'n8n-workflow';

/** A way in which an item may end: its words, in the plural, and whether an item that is done has ended so. */
export type Way = [words: string, isOf: (result: IDataObject) => boolean];

/**
 * Says how the items of a run ended: `20 items: 16 calls placed, 2 scheduled, 1 skipped (duplicate), 1 failed.`
 * @param results the JSON of all output items, one for each item
 * @param ways how items end that neither failed nor were skipped: of each item, one of them is true
 * @returns `undefined` for a single item, which speaks for itself
 */
export function accountOf(results: IDataObject[], ways: Way[]): string | undefined {
	if (results.length < 2) return undefined;
	const failed = results.filter(hasFailed);
	const skipped = results.filter((result) => !hasFailed(result) && result.skipped === true);
	const done = results.filter((result) => !hasFailed(result) && result.skipped !== true);
	const reasons = [...new Set(skipped.map(({ reason }) => reason))];
	const counts: Array<[words: string, count: number]> = [
		...ways.map(([words, isOf]): [string, number] => [words, done.filter(isOf).length]),
		...reasons.map((reason): [string, number] => [
			`skipped (${String(reason).replace(/_/g, ' ')})`,
			skipped.filter((result) => result.reason === reason).length,
		]),
		['failed', failed.length],
	];
	const parts = counts
		.filter(([, count]) => count > 0)
		.map(([words, count]) => `${count} ${count === 1 ? words.replace(/^(\w+)s /, '$1 ') : words}`);
	return `${results.length} items: ${parts.join(', ')}.`;
}

/** The item loop gives the error of an item as text; a field of LiveCall's with that name may hold anything else. */
function hasFailed({ error }: IDataObject): boolean {
	return typeof error === 'string';
}
