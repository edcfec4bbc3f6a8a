import fc from 'fast-check';
import { judge, keptEntries } from '../../nodes/LiveCall/deduplication/claim';
import { keyEntries } from '../../nodes/LiveCall/deduplication/keys';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const HOUR_MS = 3_600_000;

const claimOf = (key: string, withinMs: number, now: number, customer = '4930') => ({
	keys: keyEntries({ text: key, withinMs }, customer, now),
});

/** What becomes of a claim after one that was won before. */
const verdict = (first: ReturnType<typeof claimOf>, second: ReturnType<typeof claimOf>) => {
	const kept = keptEntries(first);
	return judge(second, (entry) => !kept.includes(entry));
};

/** Whether a claim is lost to one of the same key and customer that was won before. */
const isHeldBack = (key: string, withinMs: number, before: number, now: number) =>
	verdict(claimOf(key, withinMs, before), claimOf(key, withinMs, now)) === 'duplicate';

const anyWindow = fc.integer({ min: 1_000, max: 30 * 24 * HOUR_MS });

describe('a key that counts for ever', () => {
	it('is its own entry, at any time, and one more with its customer', () => {
		const entries = [{ key: 'lead 1', withCustomer: '["lead 1","4930"]' }];
		expect(claimOf('lead 1', 0, NOW).keys).toEqual(entries);
		expect(claimOf('lead 1', 0, NOW + HOUR_MS).keys).toEqual(entries);
	});
});

describe('a key that comes back with another customer', () => {
	it.each([0, HOUR_MS])('is no duplicate, with a window of %s ms', (withinMs) => {
		const first = claimOf('lead-', withinMs, NOW);
		expect(verdict(first, claimOf('lead-', withinMs, NOW + 1, '4931'))).toBe('otherCustomer');
		expect(verdict(first, claimOf('lead-', withinMs, NOW + 1))).toBe('duplicate');
	});

	it('stays a duplicate when n8n has forgotten the key, which it does first', () => {
		const { keys } = claimOf('lead 1', 0, NOW);
		expect(judge({ keys }, (entry) => entry === keys[0].key)).toBe('duplicate');
		expect(judge({ keys }, () => true)).toBe('won');
	});
});

describe('a key that counts for a while', () => {
	it('has one entry for each quarter of it, one for the present, and one for what comes next', () => {
		const entries = claimOf('lead 1', HOUR_MS, NOW).keys;
		const quarters = [0, -1, 1, 2, 3, 4].map((n) => NOW - (n * HOUR_MS) / 4);
		expect(entries).toEqual(quarters.map((at) => claimOf('lead 1', HOUR_MS, at).keys[0]));
		expect(new Set(entries.flatMap(Object.values)).size).toBe(12);
	});

	it('is held back also where the one that won had a clock that is ahead', () => {
		fc.assert(
			fc.property(
				anyWindow,
				fc.nat(1e9),
				fc.double({ min: 0, max: 0.25, noNaN: true }),
				(ms, at, part) => {
					expect(isHeldBack('lead 1', ms, NOW + at + Math.floor(ms * part), NOW + at)).toBe(true);
				},
			),
		);
	});

	it.each([5e-324, 1e-320, 1e-9, 0.1])('is free again soon, however short it is: %s ms', (ms) => {
		expect(isHeldBack('lead 1', ms, NOW, NOW)).toBe(true);
		expect(isHeldBack('lead 1', ms, NOW, NOW + 5)).toBe(false);
	});

	it.each([
		['another key', 'lead 2', HOUR_MS],
		['another window', 'lead 1', 2 * HOUR_MS],
		['no window', 'lead 1', 0],
	])('is not mistaken for one with %s', (_, key, withinMs) => {
		expect(verdict(claimOf(key, withinMs, NOW), claimOf('lead 1', HOUR_MS, NOW))).toBe('won');
		expect(verdict(claimOf('lead 1', HOUR_MS, NOW), claimOf(key, withinMs, NOW))).toBe('won');
	});
});
