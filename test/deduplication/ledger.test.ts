import type { IDataObject } from 'n8n-workflow';
import { Ledger, redialsOf, type Asked } from '../../nodes/LiveCall/deduplication/ledger';

const ANNA: Asked = { customer: '49301000001', terms: '1 ' };
const BEN: Asked = { customer: '49301000002', terms: '1 ' };
const other = (asked: Asked): Asked => ({ ...asked, terms: '2 502' });
const answer = { id: 7 };

/** A ledger as n8n hands it on: as JSON. */
function ledgerOf(context: IDataObject, run: number, execution: string): Ledger {
	return new Ledger(context, run, execution);
}

function handedOn(context: IDataObject): IDataObject {
	return JSON.parse(JSON.stringify(context));
}

/** A context in which an item of run 0 was sent, and was answered or not. */
function contextWith(state: 'sent' | 'placed', asked: Asked): IDataObject {
	const context: IDataObject = {};
	const ledger = ledgerOf(context, 0, 'first');
	ledger.sent(0, asked);
	if (state === 'placed') ledger.placed(0, asked, answer);
	return handedOn(context);
}

describe('what an item has sent', () => {
	it.each(['sent', 'placed'] as const)(
		'is found by its customer in the same execution, whatever the terms: %s',
		(state) => {
			const ledger = ledgerOf(contextWith(state, ANNA), 0, 'first');
			expect(ledger.find(0, other(ANNA))).toMatchObject({ state });
			expect(ledger.find(0, BEN)).toBeUndefined();
			expect(ledger.find(1, BEN)).toBeUndefined();
		},
	);

	it.each(['sent', 'placed'] as const)(
		'is found by customer and terms in another execution: %s',
		(state) => {
			const ledger = ledgerOf(contextWith(state, ANNA), 0, 'second');
			expect(ledger.find(0, ANNA)).toMatchObject({ state });
			expect(ledger.find(0, other(ANNA))).toBeUndefined();
		},
	);

	it('is known to another run where it is unknown, and not where it was placed', () => {
		for (const execution of ['first', 'second']) {
			const unknown = ledgerOf(contextWith('sent', ANNA), 1, execution);
			expect(unknown.find(5, ANNA)).toMatchObject({ state: 'sent' });
			expect(unknown.find(5, BEN)).toBeUndefined();
			const placed = ledgerOf(contextWith('placed', ANNA), 1, execution);
			expect(placed.find(5, ANNA)).toBeUndefined();
		}
	});

	it('does not hold another item of the same run, which may be under way', () => {
		const ledger = ledgerOf(contextWith('sent', ANNA), 0, 'first');
		expect(ledger.find(1, ANNA)).toBeUndefined();
	});

	it('is forgotten when LiveCall has refused it', () => {
		const context = contextWith('sent', ANNA);
		ledgerOf(context, 0, 'first').refused(0);
		expect(ledgerOf(context, 0, 'first').find(0, ANNA)).toBeUndefined();
		expect(ledgerOf(context, 1, 'first').find(0, ANNA)).toBeUndefined();
	});
});

describe('what is sent again on the word of a person', () => {
	it('counts how often, and takes the place of what was unknown', () => {
		const context = contextWith('sent', ANNA);
		const second = ledgerOf(context, 3, 'second');
		second.sent(4, ANNA, second.find(4, ANNA));
		expect(second.find(4, ANNA)).toMatchObject({ execution: 'second', redials: 1 });
		second.placed(4, ANNA, answer);
		expect(ledgerOf(context, 5, 'second').find(4, ANNA)).toBeUndefined();
	});

	it('holds in its own execution before what others have left', () => {
		const context = contextWith('sent', ANNA);
		const second = ledgerOf(context, 1, 'second');
		second.sent(0, ANNA);
		const found = ledgerOf(context, 2, 'second').find(0, ANNA);
		expect(found).toMatchObject({ execution: 'second' });
	});

	it('is possible for what an execution without a ledger may have sent', () => {
		const ledger = ledgerOf({}, 0, 'first');
		const entry = ledger.sentElsewhere(0, ANNA, 0, true);
		expect(ledger.isOfThisExecution(entry)).toBe(false);
		expect(ledgerOf({}, 0, '').isOfThisExecution(entry)).toBe(false);
	});

	it('leaves unknown what the first request did, when LiveCall refuses the second', () => {
		const context = contextWith('sent', ANNA);
		const second = ledgerOf(context, 0, 'second');
		const first = second.find(0, ANNA);
		second.sent(0, ANNA, first);
		second.refused(0, first);
		expect(second.find(0, ANNA)).toMatchObject({ state: 'sent', execution: 'first' });
	});

	it('waits for another execution where another retry was first', () => {
		const entry = ledgerOf({}, 0, 'second').sentElsewhere(0, ANNA, 1, false);
		expect(ledgerOf({}, 0, 'second').isOfThisExecution(entry)).toBe(true);
		expect(ledgerOf({}, 0, 'third').isOfThisExecution(entry)).toBe(false);
	});
});

describe('what was placed before, for an agent that repeats itself', () => {
	const MINUTE_MS = 60_000;
	const at = (minutes: number | null) => (minutes === null ? null : minutes * MINUTE_MS);

	/** What a second run finds of a call that a first run has had placed. */
	function foundAt(placedAt: number | null | undefined, askedAt: number | null | undefined) {
		const context: IDataObject = {};
		ledgerOf(context, 0, 'first').placed(3, { ...ANNA, at: placedAt }, answer);
		return ledgerOf(handedOn(context), 1, 'first').placedBefore({ ...ANNA, at: askedAt });
	}

	it.each([
		[at(null), at(null)],
		[undefined, undefined],
		[at(600), at(600)],
		[at(600), at(605)],
		[at(605), at(600)],
	])('is found for the same time: %j and %j', (placedAt, askedAt) => {
		expect(foundAt(placedAt, askedAt)).toMatchObject({ state: 'placed', answer });
	});

	it.each([
		[at(null), at(600)],
		[at(600), at(null)],
		[at(null), at(0)],
		[at(0), at(null)],
		[at(600), at(606)],
		[at(606), at(600)],
		[at(600), at(-600)],
		[undefined, at(600)],
	])('is not found for another time: %j and %j', (placedAt, askedAt) => {
		expect(foundAt(placedAt, askedAt)).toBeUndefined();
	});

	it('is not found of another customer, of what was only sent, nor in the same run', () => {
		const context: IDataObject = {};
		const first = ledgerOf(context, 0, 'first');
		first.placed(0, BEN, answer);
		first.sent(1, ANNA);
		expect(ledgerOf(context, 1, 'first').placedBefore(ANNA)).toBeUndefined();
		first.placed(1, ANNA, answer);
		expect(first.placedBefore(ANNA)).toBeUndefined();
		expect(ledgerOf(context, 1, 'first').placedBefore(ANNA)).toMatchObject(ANNA);
	});
});

describe('the ledger', () => {
	it('lies where executions of earlier versions have it', () => {
		const context: IDataObject = {};
		ledgerOf(context, 2, 'first').sent(4, ANNA);
		expect(context).toEqual({
			liveCallLedger: {
				2: { 4: { state: 'sent', ...ANNA, execution: 'first', redials: 0 } },
			},
		});
	});

	it('has entries as soon as anything was sent, in whatever run', () => {
		const context: IDataObject = {};
		const first = ledgerOf(context, 0, 'first');
		const second = ledgerOf(context, 1, 'first');
		expect([first.hasEntries, second.hasEntries]).toEqual([false, false]);
		first.sent(0, ANNA);
		expect([first.hasEntries, second.hasEntries]).toEqual([true, true]);
		first.refused(0);
		expect([first.hasEntries, second.hasEntries]).toEqual([false, false]);
	});

	it('keeps what has nothing to do with the request that another takes the place of', () => {
		const context: IDataObject = {};
		const first = ledgerOf(context, 0, 'first');
		first.sent(0, ANNA);
		first.sent(1, BEN);
		const second = ledgerOf(context, 1, 'second');
		second.sent(0, ANNA, second.find(0, ANNA));
		expect(first.at(0)).toBeUndefined();
		expect(first.at(1)).toMatchObject(BEN);
	});

	it('counts each time that a person has a request sent again', () => {
		const context: IDataObject = {};
		let ledger = ledgerOf(context, 0, 'first');
		ledger.sent(0, ANNA);
		expect(redialsOf(ledger.at(0))).toBe(0);
		for (const times of [1, 2, 3]) {
			ledger = ledgerOf(context, times, `retry ${times}`);
			ledger.sent(0, ANNA, ledger.find(0, ANNA));
			expect(redialsOf(ledger.at(0))).toBe(times);
		}
		ledger.placed(0, ANNA, answer);
		expect(redialsOf(ledger.at(0))).toBe(0);
		expect(redialsOf(undefined)).toBe(0);
	});

	it('says what may have been sent elsewhere', () => {
		const ledger = ledgerOf({}, 0, 'first');
		const entry = ledger.sentElsewhere(0, ANNA, 2, true);
		expect(ledger.at(0)).toEqual(entry);
		expect(entry).toMatchObject({ ...ANNA, state: 'sent', redials: 2 });
	});

	it.each<[string, IDataObject[string]]>([
		['nothing', null],
		['a text', 'sent'],
		['a list', ['sent']],
		['without a customer', { state: 'sent', terms: '', execution: 'first' }],
		['without terms', { state: 'sent', customer: '1', execution: 'first' }],
		['without an execution', { state: 'sent', customer: '1', terms: '' }],
		['in another state', { state: 'lost', ...ANNA, execution: 'first', answer }],
		['placed without an answer', { state: 'placed', ...ANNA, execution: 'first' }],
	])('passes over an entry that is none: %s', (_, entry) => {
		const context = { liveCallLedger: { 0: { 0: entry }, 1: 'no run' } };
		expect(ledgerOf(context, 0, 'first').at(0)).toBeUndefined();
		const other = ledgerOf(context, 2, 'first');
		expect(other.hasEntries).toBe(false);
		expect(other.find(0, ANNA)).toBeUndefined();
		other.sent(0, ANNA, other.find(0, ANNA));
		expect(other.at(0)).toMatchObject({ state: 'sent' });
	});
});

describe('a customer', () => {
	it('is known once anything was sent, in whatever run, and as long as nothing was refused', () => {
		const context: IDataObject = {};
		const [first, second] = [0, 1].map((run) => ledgerOf(context, run, 'first'));
		expect(first.knows(ANNA.customer)).toBe(false);
		first.sent(0, BEN);
		first.sent(1, ANNA);
		for (const ledger of [first, second]) expect(ledger.knows(ANNA.customer)).toBe(true);
		first.refused(1);
		for (const ledger of [first, second]) {
			expect(ledger.knows(ANNA.customer)).toBe(false);
			expect(ledger.knows(BEN.customer)).toBe(true);
		}
	});
});

describe('a key of which nobody knows whether it was recorded', () => {
	it('is doubtful until the doubt is over, also in a retry', () => {
		const context: IDataObject = {};
		const ledger = ledgerOf(context, 0, 'first');
		expect(ledger.isDoubtful('A')).toBe(false);
		ledger.setDoubtful('A', false);
		expect(context).toEqual({ liveCallLedger: { 0: {} } });
		ledger.setDoubtful('A', true);
		ledger.setDoubtful('B', true);
		const retried = ledgerOf(handedOn(context), 0, 'second');
		expect(['A', 'B', 'C'].map((key) => retried.isDoubtful(key))).toEqual([true, true, false]);
		retried.setDoubtful('A', false);
		expect(['A', 'B'].map((key) => retried.isDoubtful(key))).toEqual([false, true]);
	});
});
