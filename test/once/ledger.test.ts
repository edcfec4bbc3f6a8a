import type { IDataObject } from 'n8n-workflow';
import { Ledger, type Asked } from '../../nodes/LiveCall/once/ledger';

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
		ledgerOf(context, 0, 'first').clear(0);
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

	it('waits for another execution where another retry was first', () => {
		const entry = ledgerOf({}, 0, 'second').sentElsewhere(0, ANNA, 1, false);
		expect(ledgerOf({}, 0, 'second').isOfThisExecution(entry)).toBe(true);
		expect(ledgerOf({}, 0, 'third').isOfThisExecution(entry)).toBe(false);
	});
});
