import type { IDataObject } from 'n8n-workflow';
import { Ledger, type Asked, type SentEntry } from '../../nodes/LiveCall/deduplication/ledger';

const ANNA: Asked = { subject: '49301000001', deed: 'call' };
const BEN: Asked = { subject: '49301000002', deed: 'call' };
const answer = { id: 7 };

/** A ledger as n8n hands it on: as JSON. */
function ledgerOf(context: IDataObject, run: number, execution: string): Ledger {
	return new Ledger(context, run, execution);
}

function handedOn(context: IDataObject): IDataObject {
	return JSON.parse(JSON.stringify(context));
}

/** What an item has sent and what is unknown. */
function sentIn(ledger: Ledger, itemIndex: number): SentEntry | undefined {
	const entry = ledger.find(itemIndex, ANNA);
	return entry?.state === 'sent' ? entry : undefined;
}

/** A context in which an item of run 0 was sent, and was answered or not. */
function contextWith(state: 'sent' | 'placed', asked: Asked): IDataObject {
	const context: IDataObject = {};
	const ledger = ledgerOf(context, 0, 'first');
	ledger.sent(0, asked, 1);
	if (state === 'placed') ledger.placed(0, asked, 1, answer);
	return handedOn(context);
}

describe('what an item has sent', () => {
	it.each(['sent', 'placed'] as const)('is found by what is done, and to whom: %s', (state) => {
		for (const execution of ['first', 'second']) {
			const ledger = ledgerOf(contextWith(state, ANNA), 0, execution);
			expect(ledger.find(0, ANNA)).toMatchObject({ state });
			expect(ledger.find(0, BEN)).toBeUndefined();
			expect(ledger.find(1, BEN)).toBeUndefined();
			expect(ledger.find(0, { ...ANNA, deed: 'userCreation' })).toBeUndefined();
		}
	});

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
		ledgerOf(context, 0, 'first').refused(0, ANNA, 1);
		expect(ledgerOf(context, 0, 'first').find(0, ANNA)).toBeUndefined();
		expect(ledgerOf(context, 1, 'first').find(0, ANNA)).toBeUndefined();
	});
});

describe('what is sent again on the word of a person', () => {
	it('counts how often, and takes the place of what was unknown', () => {
		const context = contextWith('sent', ANNA);
		const second = ledgerOf(context, 3, 'second');
		second.sent(4, ANNA, 1, sentIn(second, 4));
		expect(second.find(4, ANNA)).toMatchObject({ execution: 'second', redials: 1 });
		second.placed(4, ANNA, 1, answer);
		expect(ledgerOf(context, 5, 'second').find(4, ANNA)).toBeUndefined();
	});

	it('holds in its own execution before what others have left', () => {
		const context = contextWith('sent', ANNA);
		const second = ledgerOf(context, 1, 'second');
		second.sent(0, ANNA, 1);
		const found = ledgerOf(context, 2, 'second').find(0, ANNA);
		expect(found).toMatchObject({ execution: 'second' });
	});

	it('is possible for what an execution without a ledger may have sent', () => {
		const ledger = ledgerOf({}, 0, 'first');
		const entry = ledger.sentElsewhere(0, ANNA, { turn: 1, redials: 0 }, true);
		expect(ledger.isOfThisExecution(entry)).toBe(false);
		expect(ledgerOf({}, 0, '').isOfThisExecution(entry)).toBe(false);
	});

	it('leaves unknown what the first request did, when LiveCall refuses the second', () => {
		const context = contextWith('sent', ANNA);
		const second = ledgerOf(context, 0, 'second');
		const first = sentIn(second, 0);
		second.sent(0, ANNA, 1, first);
		second.refused(0, ANNA, 1, first);
		expect(second.find(0, ANNA)).toMatchObject({ state: 'sent', execution: 'first' });
	});

	it('waits for another execution where another retry was first', () => {
		const entry = ledgerOf({}, 0, 'second').sentElsewhere(0, ANNA, { turn: 1, redials: 1 }, false);
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
		ledgerOf(context, 0, 'first').placed(3, { ...ANNA, at: placedAt }, 1, answer);
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
		first.placed(0, BEN, 1, answer);
		first.sent(1, ANNA, 1);
		expect(ledgerOf(context, 1, 'first').placedBefore(ANNA)).toBeUndefined();
		first.placed(1, ANNA, 1, answer);
		expect(first.placedBefore(ANNA)).toBeUndefined();
		expect(ledgerOf(context, 1, 'first').placedBefore(ANNA)).toMatchObject(ANNA);
	});
});

describe('the ledger', () => {
	it('lies where executions of earlier versions have it', () => {
		const context: IDataObject = {};
		ledgerOf(context, 2, 'first').sent(4, ANNA, 1);
		expect(context).toEqual({
			liveCallLedger: {
				2: { 4: { state: 'sent', ...ANNA, execution: 'first', turn: 1, redials: 0 } },
			},
			liveCallTurns: { [ANNA.subject]: 1 },
		});
	});

	it('has entries as soon as anything was sent, in whatever run', () => {
		const context: IDataObject = {};
		const first = ledgerOf(context, 0, 'first');
		const second = ledgerOf(context, 1, 'first');
		expect([first.hasEntries, second.hasEntries]).toEqual([false, false]);
		first.sent(0, ANNA, 1);
		expect([first.hasEntries, second.hasEntries]).toEqual([true, true]);
		first.refused(0, ANNA, 1);
		expect([first.hasEntries, second.hasEntries]).toEqual([false, false]);
	});

	it('keeps what has nothing to do with the request that another takes the place of', () => {
		const context: IDataObject = {};
		const first = ledgerOf(context, 0, 'first');
		first.sent(0, ANNA, 1);
		first.sent(1, BEN, 1);
		const second = ledgerOf(context, 1, 'second');
		second.sent(0, ANNA, 1, sentIn(second, 0));
		expect(first.at(0)).toBeUndefined();
		expect(first.at(1)).toMatchObject(BEN);
	});

	it('counts each time that a person has a request sent again', () => {
		const context: IDataObject = {};
		let ledger = ledgerOf(context, 0, 'first');
		ledger.sent(0, ANNA, 1);
		expect(ledger.at(0)).toMatchObject({ redials: 0 });
		for (const times of [1, 2, 3]) {
			ledger = ledgerOf(context, times, `retry ${times}`);
			ledger.sent(0, ANNA, 1, sentIn(ledger, 0));
			expect(ledger.at(0)).toMatchObject({ redials: times });
		}
		ledger.placed(0, ANNA, 1, answer);
		expect(ledger.at(0)).not.toHaveProperty('redials');
	});

	it('says what may have been sent elsewhere', () => {
		const ledger = ledgerOf({}, 0, 'first');
		const entry = ledger.sentElsewhere(0, ANNA, { turn: 1, redials: 2 }, true);
		expect(ledger.at(0)).toEqual(entry);
		expect(entry).toMatchObject({ ...ANNA, state: 'sent', redials: 2 });
	});

	it.each<[string, IDataObject[string]]>([
		['nothing', null],
		['a text', 'sent'],
		['a list', ['sent']],
		['without a subject', { state: 'sent', turn: 1, redials: 0, deed: 'call', execution: 'first' }],
		['without a deed', { state: 'sent', turn: 1, redials: 0, subject: '1', execution: 'first' }],
		['without an execution', { state: 'sent', turn: 1, redials: 0, subject: '1', deed: 'call' }],
		['in another state', { state: 'lost', ...ANNA, execution: 'first', answer }],
		['sent without its turn', { state: 'sent', redials: 0, ...ANNA, execution: 'first' }],
		['sent without its redials', { state: 'sent', turn: 1, ...ANNA, execution: 'first' }],
		['placed without an answer', { state: 'placed', ...ANNA, execution: 'first' }],
	])('passes over an entry that is none: %s', (_, entry) => {
		const context = { liveCallLedger: { 0: { 0: entry }, 1: 'no run' } };
		expect(ledgerOf(context, 0, 'first').at(0)).toBeUndefined();
		const other = ledgerOf(context, 2, 'first');
		expect(other.hasEntries).toBe(false);
		expect(other.find(0, ANNA)).toBeUndefined();
		other.sent(0, ANNA, 1, sentIn(other, 0));
		expect(other.at(0)).toMatchObject({ state: 'sent' });
	});
});

describe('the requests for a subject', () => {
	it('are counted over all runs, without those that LiveCall refused', () => {
		const context: IDataObject = {};
		const [first, second] = [0, 1].map((run) => ledgerOf(context, run, 'first'));
		expect(first.nextTurn(ANNA.subject)).toBe(1);
		first.sent(0, BEN, 1);
		first.sent(1, ANNA, 1);
		for (const ledger of [first, second]) expect(ledger.nextTurn(ANNA.subject)).toBe(2);
		first.refused(1, ANNA, 1);
		for (const ledger of [first, second]) {
			expect(ledger.nextTurn(ANNA.subject)).toBe(1);
			expect(ledger.nextTurn(BEN.subject)).toBe(2);
		}
		second.placed(0, ANNA, 1, answer);
		second.sentElsewhere(1, ANNA, { turn: 2, redials: 0 }, false);
		expect(first.nextTurn(ANNA.subject)).toBe(3);
	});

	it('hold for all items of a run while they are unknown, if that is asked for', () => {
		const ledger = ledgerOf(contextWith('sent', ANNA), 0, 'first');
		expect(ledger.find(1, ANNA, true)).toMatchObject({ state: 'sent' });
		expect(ledger.find(1, BEN, true)).toBeUndefined();
		expect(ledgerOf(contextWith('placed', ANNA), 0, 'first').find(1, ANNA, true)).toBeUndefined();
	});
});

describe('what is still to be put on record', () => {
	it('is kept over runs and retries until it is there', () => {
		const context: IDataObject = {};
		const ledger = ledgerOf(context, 0, 'first');
		expect(ledger.toRecord).toEqual([]);
		ledger.recordLater('a');
		ledger.recordLater('b');
		const next = ledgerOf(handedOn(context), 1, 'second');
		expect(next.toRecord).toEqual(['a', 'b']);
		next.recordLater('c');
		next.recorded(['a', 'b']);
		expect(next.toRecord).toEqual(['c']);
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
		// A key may be any text, also one that a plain object takes for its own.
		ledger.setDoubtful('__proto__', true);
		expect(ledger.isDoubtful('__proto__')).toBe(true);
		const retried = ledgerOf(handedOn(context), 0, 'second');
		expect(['A', 'B', 'C'].map((key) => retried.isDoubtful(key))).toEqual([true, true, false]);
		retried.setDoubtful('A', false);
		expect(['A', 'B'].map((key) => retried.isDoubtful(key))).toEqual([false, true]);
	});
});
