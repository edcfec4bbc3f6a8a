import {
	decideByStore,
	type StoreDecision,
	type StoreFacts,
} from '../../nodes/LiveCall/deduplication/decision';

const BOTH = [false, true];

/**
 * The whole table, as rules of which the first that fits counts: what is not named may be anything.
 */
const RULES: Array<[Partial<StoreFacts>, StoreDecision]> = [
	[{ claimed: 'won' }, 'send'],
	[{ claimed: 'canceled' }, 'cancel'],
	[{ claimed: 'otherCustomer' }, 'refuseOtherCustomer'],
	[{ claimed: 'duplicate', isKeyDoubtful: true }, 'refuseDoubtfulKey'],
	[{ claimed: 'duplicate' }, 'skip'],
	[{ claimed: 'onRecord', isPlaced: true }, 'takeAsPlaced'],
	[{ claimed: 'onRecord', mayRedial: true }, 'redial'],
	[{ claimed: 'onRecord', isKeyDoubtful: true }, 'refuseDoubtfulKey'],
	[{ claimed: 'onRecord' }, 'refuseUnknown'],
	[{ claimed: 'unusable', hasKey: true }, 'refuseUnclaimedKey'],
	[{ claimed: 'unusable', isRetry: true }, 'refuseUnreadable'],
	[{ claimed: 'unusable', mayBeRecorded: true }, 'send'],
	[{ claimed: 'unusable' }, 'sendOffRecord'],
];

const CLAIMED: Array<StoreFacts['claimed']> = [
	'won',
	'onRecord',
	'duplicate',
	'otherCustomer',
	'canceled',
	'unusable',
];

/** All that can come together. */
const TABLE: StoreFacts[] = CLAIMED.flatMap((claimed) =>
	BOTH.flatMap((mayBeRecorded) =>
		BOTH.flatMap((isPlaced) =>
			BOTH.flatMap((mayRedial) =>
				BOTH.flatMap((hasKey) =>
					BOTH.flatMap((isKeyDoubtful) =>
						BOTH.map((isRetry) => ({
							claimed,
							mayBeRecorded,
							isPlaced,
							mayRedial,
							hasKey,
							isKeyDoubtful,
							isRetry,
						})),
					),
				),
			),
		),
	),
);

describe("what n8n's store decides", () => {
	it.each(TABLE)(
		'$claimed, recorded $mayBeRecorded, placed $isPlaced, redial $mayRedial, key $hasKey, doubtful $isKeyDoubtful, retry $isRetry',
		(facts) => {
			const rule = RULES.find(([when]) =>
				Object.entries(when).every(([name, value]) =>
					Object.entries(facts).some(([known, found]) => known === name && found === value),
				),
			);
			expect(decideByStore(facts)).toBe(rule?.[1]);
		},
	);

	it('sends nothing that may have been sent, but on the word of a person', () => {
		const sending = TABLE.filter((facts) => decideByStore(facts).startsWith('send'));
		expect(new Set(sending.map(({ claimed }) => claimed))).toEqual(new Set(['won', 'unusable']));
		expect(
			sending.filter(
				({ claimed, hasKey, isRetry }) => claimed === 'unusable' && (hasKey || isRetry),
			),
		).toEqual([]);
	});
});
