import { brokenIn, type History, type Operation, type Told } from './history';

const HOUR = 3_600_000;

/** What is told of an item, and from when to when it took, in ms. */
type Item = Pick<Operation, 'told' | 'startedAt' | 'endedAt'>;

const item =
	(told: Told) =>
	(startedAt: number, endedAt: number): Item => ({ told, startedAt, endedAt });
const placed = item('placed');
const duplicate = item('duplicate');
const refused = item('refused');
const unknown = item('unknown');

/** A history of one key. */
function forged(items: Item[], rings: number[], windowMs?: number): History {
	const operations = items.map((one, place) => ({
		...one,
		key: 'Anna',
		by: `execution ${place + 1}`,
	}));
	return { operations, rings: rings.map((at) => ({ key: 'Anna', at })), windowMs };
}

describe('a history in which all is well is accepted:', () => {
	it.each<[string, Item[], number[], number?]>([
		['nobody asked', [], []],
		['one call', [placed(0, 10)], [5]],
		['a pair side by side, the later one first', [duplicate(0, 20), placed(1, 10)], [5]],
		[
			'a duplicate that ends before the call has its answer',
			[placed(0, 100), duplicate(1, 2)],
			[50],
		],
		['the same again, much later', [placed(0, 10), duplicate(HOUR, HOUR + 1)], [5]],
		['a worker that died after LiveCall had acted', [unknown(0, 100)], [5]],
		[
			'a worker that died before, its key taken',
			[unknown(0, Infinity), duplicate(HOUR, HOUR + 1)],
			[],
		],
		['refused, and called by the next', [refused(0, 10), placed(20, 30)], [25]],
		['refused, and nobody called', [refused(0, 10), refused(20, 30)], []],
		[
			'a duplicate of an item that is refused then',
			[refused(0, 10), duplicate(5, 6), unknown(20, 30)],
			[],
		],
		[
			'two calls with the window between',
			[placed(0, 10), placed(HOUR, HOUR + 10)],
			[5, HOUR + 5],
			HOUR,
		],
		[
			'a duplicate in the quarter after the window',
			[placed(0, 10), duplicate(1.2 * HOUR, 1.2 * HOUR + 1)],
			[5],
			HOUR,
		],
		['one of two unknown rang', [unknown(0, 100), unknown(50, 150)], [120]],
	])('%s', (_, items, rings, windowMs = Infinity) => {
		expect(brokenIn(forged(items, rings, windowMs))).toEqual([]);
	});
});

describe('a history with a fault is refused:', () => {
	const AGAIN = /rung again/;
	const NOT_SAID = /no item says so/;
	const NOT_RUNG = /told as placed, but not rung/;
	const NOBODYS = /nobody had the key/;
	const NOT_CALLED = /nobody was called/;

	it.each<[string, RegExp, Item[], number[], number?]>([
		['two calls', AGAIN, [placed(0, 10), placed(20, 30)], [5, 25]],
		['two calls in one instant', AGAIN, [placed(0, 10), placed(0, 10)], [5, 5]],
		['called again after a worker died', AGAIN, [unknown(0, 100), placed(20, 30)], [5, 25]],
		['called again after an hour', AGAIN, [placed(0, 10), placed(HOUR, HOUR + 10)], [5, HOUR + 5]],
		[
			'two calls within the window',
			/rung again 3599999 ms later/,
			[placed(0, 10), placed(HOUR - 5, HOUR + 10)],
			[5, HOUR + 4],
			HOUR,
		],
		['one item that rang twice', AGAIN, [placed(0, 10)], [5, 6]],
		['a call that is told as refused', NOT_SAID, [refused(0, 10)], [5]],
		['a call that is told as a duplicate', NOT_SAID, [duplicate(0, 10)], [5]],
		['a call of which nobody tells', NOT_SAID, [], [5]],
		['a call before the only unknown began', NOT_SAID, [unknown(10, Infinity)], [5]],
		['placed, but LiveCall knows nothing of it', NOT_RUNG, [placed(0, 10)], []],
		['placed, but rung later', NOT_RUNG, [placed(0, 10), unknown(0, 100)], [50]],
		['one ring that two items claim', NOT_RUNG, [placed(0, 10), placed(0, 10)], [5]],
		['a duplicate of nobody', NOBODYS, [duplicate(0, 10)], []],
		['a duplicate before anybody asked', NOBODYS, [duplicate(0, 10), placed(20, 30)], [25]],
		['a duplicate of a key that was given back', NOBODYS, [refused(0, 10), duplicate(20, 30)], []],
		[
			'a duplicate long after its window',
			NOBODYS,
			[placed(0, 10), duplicate(2 * HOUR, 2 * HOUR + 1)],
			[5],
			HOUR,
		],
		[
			'two that take each other for the first',
			NOT_CALLED,
			[duplicate(0, 10), duplicate(0, 10)],
			[],
		],
		[
			'a duplicate of one that was refused, and nobody called',
			NOT_CALLED,
			[refused(0, 10), duplicate(5, 6)],
			[],
		],
	])('%s', (_, broken, items, rings, windowMs = Infinity) => {
		expect(brokenIn(forged(items, rings, windowMs)).join('\n')).toMatch(broken);
	});

	it('names the key, and finds no fault with the others', () => {
		const { operations, rings } = forged([placed(0, 10)], [5]);
		const others = operations.map((operation) => ({ ...operation, key: 'Ben' }));
		expect(brokenIn({ operations: [...operations, ...others], rings })).toEqual([
			'Ben: told as placed, but not rung then (execution 1)',
			'Ben: nobody was called',
		]);
	});
});
