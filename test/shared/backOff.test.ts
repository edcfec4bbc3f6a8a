import fc from 'fast-check';
import {
	asksForTooLong,
	backOffBefore,
	LONGEST_RETRY_AFTER_MS,
	readRetryAfter,
} from '../../nodes/shared/api/backOff';
import type { FailureKind } from '../../nodes/shared/api/outcome';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const status = (retryAfterMs?: number): FailureKind => ({
	kind: 'status',
	status: 503,
	reasons: [],
	retryAfterMs,
});

describe('Retry-After', () => {
	it.each<[unknown, number | undefined]>([
		['7', 7_000],
		['0', 0],
		['120', 120_000],
		[' 2 ', 2_000],
		['1.5', 1_500],
		['12.25', 12_250],
		[3, 3_000],
		['Thu, 26 Nov 2026 12:00:20 GMT', 20_000],
		['2026-11-26T12:00:01.5Z', 1_500],
		['Thu, 26 Nov 2026 11:59:00 GMT', 0],
		[undefined, undefined],
		['', undefined],
		['  ', undefined],
		['soon', undefined],
		[['7'], undefined],
		[{}, undefined],
		[null, undefined],
	])('%j is %j ms from now', (value, ms) => {
		expect(readRetryAfter(value, NOW)).toBe(ms);
	});

	it.each(['7 seconds', 'x7', '7x', '1.', '.5', '1.2.3', '-5', 'after 5 minutes'])(
		'%j is no number of seconds',
		(value) => {
			expect([undefined, 0]).toContain(readRetryAfter(value, NOW));
		},
	);

	it('is never negative, whatever the header says', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.date({ noInvalidDate: true }).map(String)), (value) => {
				expect(readRetryAfter(value, NOW) ?? 0).toBeGreaterThanOrEqual(0);
			}),
		);
	});

	it.each<[string, FailureKind, boolean]>([
		['30 seconds', status(30_000), false],
		['a moment more', status(30_001), true],
		['two minutes', status(120_000), true],
		['nothing', status(), false],
		['nothing, having lost the connection', { kind: 'lost' }, false],
		['a wait that is being waited for', { kind: 'timeout', timeoutMs: 60_000 }, false],
	])('of a LiveCall that asks for %s', (_, how, isTooLong) => {
		expect(LONGEST_RETRY_AFTER_MS).toBe(30_000);
		expect(asksForTooLong(how)).toBe(isTooLong);
	});
});

describe('the back-off', () => {
	/** The shortest and the longest wait there can be before a try. */
	function between(tries: number): [number, number] {
		const random = jest.spyOn(Math, 'random');
		const at = (value: number) => {
			random.mockReturnValueOnce(value);
			return backOffBefore(tries, { kind: 'lost' });
		};
		const waits: [number, number] = [at(0), at(1)];
		random.mockRestore();
		return waits;
	}

	it.each([
		[1, 250],
		[2, 500],
		[3, 1_000],
		[4, 2_000],
		[5, 4_000],
		[6, 8_000],
		[7, 8_000],
		[11, 8_000],
	])('after try %d lies between half of %d ms and all of it', (tries, ms) => {
		expect(between(tries)).toEqual([ms / 2, ms]);
	});

	it('differs from time to time', () => {
		const waits = Array.from({ length: 20 }, () => backOffBefore(6, { kind: 'lost' }));
		expect(new Set(waits).size).toBeGreaterThan(1);
	});

	it.each([0, 1, 7_000, 120_000])('is what LiveCall asks for, %d ms, at every try', (ms) => {
		expect(backOffBefore(1, status(ms))).toBe(ms);
		expect(backOffBefore(9, status(ms))).toBe(ms);
	});

	it('is the usual one where LiveCall answers without a wait', () => {
		const wait = backOffBefore(1, status());
		expect(wait).toBeGreaterThanOrEqual(125);
		expect(wait).toBeLessThanOrEqual(250);
	});
});
