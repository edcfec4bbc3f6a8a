import type { IDataObject } from 'n8n-workflow';

/** A deduplication key of an item. */
export interface DeduplicationKey {
	/** The form in which it is compared. */
	text: string;
	/** The form in which it was given. */
	shown: string;
	/** For how long it counts, in ms; 0 for ever. */
	withinMs: number;
	/** What comes out for an item whose key was seen before. */
	skipped: IDataObject;
}

/** A key as n8n's store keeps it: alone, and together with the customer whom it stands for. */
export interface KeyEntries {
	key: string;
	withCustomer: string;
}

/** A window is cut into so many parts: a key counts for the whole window, and for at most one part longer. */
const PARTS = 4;

/**
 * The entries that stand for a key.
 * @param customer the customer whom the item wants to call
 * @param now in ms since 1970
 * @returns the entries of the present moment first, then those of the moments that still count
 */
export function keyEntries(
	{ text, withinMs }: Pick<DeduplicationKey, 'text' | 'withinMs'>,
	customer: string,
	now: number,
): KeyEntries[] {
	if (withinMs === 0) return [{ key: text, withCustomer: JSON.stringify([text, customer]) }];
	// In parts of less than a millisecond, the present one could no longer be told from those around it.
	const part = Math.floor(now / Math.max(1, withinMs / PARTS));
	const earlier = Array.from({ length: PARTS }, (_, parts) => part - parts - 1);
	// Whoever has claimed it meanwhile may have had a later moment, or a clock that is ahead.
	return [part, part + 1, ...earlier].map((at) => ({
		key: JSON.stringify([text, withinMs, at]),
		withCustomer: JSON.stringify([text, withinMs, at, customer]),
	}));
}
