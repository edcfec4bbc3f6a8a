import fc from 'fast-check';
import { keyClaim } from '../../nodes/LiveCall/deduplication/keys';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const HOUR_MS = 3_600_000;

/** Whether a claim is lost to one of the same key that was won before. */
const isHeldBack = (key: string, withinMs: number, before: number, now: number) => {
	const { entry, others } = keyClaim(key, withinMs, now);
	return [entry, ...others].includes(keyClaim(key, withinMs, before).entry);
};

const anyWindow = fc.integer({ min: 1_000, max: 30 * 24 * HOUR_MS });

describe('a key that counts for ever', () => {
	it('is its own entry, at any time', () => {
		const claim = { name: 'lead 1', entry: 'lead 1', others: [], most: 100_000 };
		expect(keyClaim('lead 1', 0, NOW)).toEqual(claim);
		expect(keyClaim('lead 1', 0, NOW + HOUR_MS)).toEqual(claim);
	});
});

describe('a key that counts for a while', () => {
	it('keeps its name, whatever the time', () => {
		expect(keyClaim('lead 1', HOUR_MS, NOW).name).toBe('lead 1');
		expect(keyClaim('lead 1', HOUR_MS, NOW).most).toBe(100_000);
	});

	it('has one entry for each quarter of it, one for the present, and one for what comes next', () => {
		const { entry, others } = keyClaim('lead 1', HOUR_MS, NOW);
		const quarters = [-1, 1, 2, 3, 4].map((n) => NOW - (n * HOUR_MS) / 4);
		expect(others).toEqual(quarters.map((at) => keyClaim('lead 1', HOUR_MS, at).entry));
		expect(new Set([entry, ...others]).size).toBe(6);
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

	it('is held back for at least that long', () => {
		fc.assert(
			fc.property(
				anyWindow,
				fc.nat(1e9),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(ms, at, part) => {
					expect(isHeldBack('lead 1', ms, NOW + at, NOW + at + Math.floor(ms * part))).toBe(true);
				},
			),
		);
	});

	it('is free again a quarter later', () => {
		fc.assert(
			fc.property(anyWindow, fc.nat(1e9), fc.nat(1e9), (ms, at, later) => {
				const free = NOW + at + Math.ceil(ms * 1.25) + later;
				expect(isHeldBack('lead 1', ms, NOW + at, free)).toBe(false);
			}),
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
		const { entry, others } = keyClaim(key, withinMs, NOW);
		const mine = keyClaim('lead 1', HOUR_MS, NOW);
		expect([entry, ...others]).not.toContain(mine.entry);
		expect(mine.others).not.toContain(entry);
	});
});
