import type { Claim } from './claims';

/** How many keys n8n keeps for a node. Beyond that it forgets the oldest. */
const MOST_KEYS = 100_000;

/** A window is cut into so many parts: a key counts for the whole window, and for at most one part longer. */
const PARTS = 4;

/**
 * The claim of a deduplication key.
 * @param key tells an item apart
 * @param withinMs for how long it counts, in ms; 0 for ever
 * @param now in ms since 1970
 */
export function keyClaim(key: string, withinMs: number, now: number): Claim {
	if (withinMs === 0) return { name: key, entry: key, others: [], most: MOST_KEYS };
	// In parts of less than a millisecond, the present one could no longer be told from those around it.
	const part = Math.floor(now / Math.max(1, withinMs / PARTS));
	const at = (part: number) => JSON.stringify([key, withinMs, part]);
	const earlier = Array.from({ length: PARTS }, (_, parts) => at(part - parts - 1));
	// Whoever has claimed it meanwhile may have had a later moment, or a clock that is ahead.
	const others = [at(part + 1), ...earlier];
	return { name: key, entry: at(part), others, most: MOST_KEYS };
}
