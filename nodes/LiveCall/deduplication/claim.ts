import type { KeyEntries } from './keys';

/** What an item claims before LiveCall is asked, in the words of n8n's store of processed data. */
export interface Claim {
	/** The entry of the request; left out if n8n does not tell the execution from others. */
	request?: string;
	/** The entries of the item's deduplication key, the ones to keep first; none if it has no key. */
	keys: KeyEntries[];
}

/**
 * What the store says of a claim:
 * - `won`: it is recorded, and nobody else gets it;
 * - `onRecord`: an execution of the same lineage has claimed this request before;
 * - `duplicate`: the key was claimed before for the same customer;
 * - `otherCustomer`: the key was claimed before for another customer.
 */
export type Verdict = 'won' | 'onRecord' | 'duplicate' | 'otherCustomer';

/**
 * How many entries n8n keeps of a node; beyond that it forgets the oldest. A key with its call takes four of them. n8n reads
 * and writes them all for each call, so there are fewer as long as nobody has asked for a key.
 */
const MOST_WITH_KEYS = 100_000;
const MOST_WITHOUT_KEYS = 40_000;

/** How many entries the node's row may hold after some claims. */
export function mostEntries(claims: Claim[]): number {
	return claims.some(({ keys }) => keys.length > 0) ? MOST_WITH_KEYS : MOST_WITHOUT_KEYS;
}

/** All entries to look at. A key comes before its customer: a key that n8n has forgotten is not taken for another customer's. */
export function entriesOf({ request, keys }: Claim): string[] {
	return [
		...keys.flatMap(({ key, withCustomer }) => [key, withCustomer]),
		...(request === undefined ? [] : [request]),
	];
}

/** The entries that stay once a claim is won. */
export function keptEntries({ request, keys }: Claim): string[] {
	return entriesOf({ request, keys: keys.slice(0, 1) });
}

/**
 * Reads what the store says of a claim. The request decides before the key: a Retry that finds its own key is no duplicate.
 * @param isNew whether an entry was not there
 */
export function judge({ request, keys }: Claim, isNew: (entry: string) => boolean): Verdict {
	if (request !== undefined && !isNew(request)) return 'onRecord';
	if (keys.some(({ withCustomer }) => !isNew(withCustomer))) return 'duplicate';
	return keys.some(({ key }) => !isNew(key)) ? 'otherCustomer' : 'won';
}
