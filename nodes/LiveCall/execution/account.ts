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
	const ended = results.flatMap((result) => howEnded(result, ways) ?? []);
	const said = new Set([
		...ways.map(([words]) => words),
		...ended.filter((words) => words !== 'failed'),
		'failed',
	]);
	const parts = [...said]
		.map((words) => ({ words, count: ended.filter((one) => one === words).length }))
		.filter(({ count }) => count > 0)
		.map(({ words, count }) => `${count} ${count === 1 ? singular(words) : words}`);
	return `${results.length} items: ${parts.join(', ')}.`;
}

/** The item loop gives the error of an item as text; a field of LiveCall's with that name may hold anything else. */
function howEnded(result: IDataObject, ways: Way[]): string | undefined {
	if (typeof result.error === 'string') return 'failed';
	if (result.skipped === true) return `skipped (${String(result.reason).replace(/_/g, ' ')})`;
	return ways.find(([, isOf]) => isOf(result))?.[0];
}

function singular(words: string): string {
	return words.replace(/^(\w+)s /, '$1 ');
}
