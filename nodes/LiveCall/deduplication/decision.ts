import type { Claimed } from './claims';

/** What n8n's store of processed data says of an item's request, and what it is judged by. */
export interface StoreFacts {
	claimed: Claimed['as'];
	/** For a store that is unusable: whether it may have written the claim down all the same. */
	mayBeRecorded: boolean;
	/** For a request on record: whether it is recorded that LiveCall has answered it. */
	isPlaced: boolean;
	/** Whether a person wants unknown requests sent again, in a Retry, and this claim is not for that already. */
	mayRedial: boolean;
	hasKey: boolean;
	/** Whether an earlier try may have recorded the key without placing a call. */
	isKeyDoubtful: boolean;
	isRetry: boolean;
}

/**
 * - `send`, `sendOffRecord`: send it; off record, nothing has to be given back
 * - `redial`: claim it once more as a redial
 * - `takeAsPlaced`: it was placed, by an execution whose ledger is lost
 * - `skip`: the key is a duplicate
 * - what begins with `refuse`: the item fails; `cancel`: the execution was canceled
 */
export type StoreDecision =
	| 'send'
	| 'sendOffRecord'
	| 'redial'
	| 'takeAsPlaced'
	| 'skip'
	| 'cancel'
	| 'refuseUnknown'
	| 'refuseDoubtfulKey'
	| 'refuseOtherCustomer'
	| 'refuseUnclaimedKey'
	| 'refuseUnreadable';

/** What the store decides. The request decides before the key, and a key is never sent without its claim. */
export function decideByStore(facts: StoreFacts): StoreDecision {
	switch (facts.claimed) {
		case 'won':
			return 'send';
		case 'canceled':
			return 'cancel';
		case 'otherCustomer':
			return 'refuseOtherCustomer';
		case 'duplicate':
			return facts.isKeyDoubtful ? 'refuseDoubtfulKey' : 'skip';
		case 'onRecord':
			if (facts.isPlaced) return 'takeAsPlaced';
			if (facts.mayRedial) return 'redial';
			return facts.isKeyDoubtful ? 'refuseDoubtfulKey' : 'refuseUnknown';
		case 'unusable':
			// The key was asked for. The record is an extra; a Retry depends on it, since it may not know what was sent.
			if (facts.hasKey) return 'refuseUnclaimedKey';
			if (facts.isRetry) return 'refuseUnreadable';
			return facts.mayBeRecorded ? 'send' : 'sendOffRecord';
	}
}
