import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { asksForTooLong, backOffBefore, readRetryAfter } from '../../nodes/shared/api/backOff';
import type { FailureKind } from '../../nodes/shared/api/outcome';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const status = (retryAfterMs?: number): FailureKind => ({
	kind: 'status',
	status: 503,
	reasons: [],
	retryAfterMs,
});

const read = (retryAfter: unknown, date?: unknown) =>
	readRetryAfter({ 'retry-after': retryAfter, date } as IDataObject, NOW);

describe('Retry-After', () => {
	it.each<[unknown, number | undefined]>([
		['7', 7_000],
		['120', 120_000],
		[' 2 ', 2_000],
		['1.5', 1_500],
		['12.25', 12_250],
		[3, 3_000],
		['Thu, 26 Nov 2026 12:00:20 GMT', 20_000],
		['2026-11-26T12:00:01.5Z', 1_500],
		[undefined, undefined],
		['', undefined],
		['  ', undefined],
		['soon', undefined],
		[['7'], undefined],
		[{}, undefined],
		[null, undefined],
	])('%j is %j ms from now', (value, ms) => {
		expect(read(value)).toBe(ms);
	});

	it.each(['7 seconds', 'x7', '7x', '1.', '.5', '1.2.3', 'after 5 minutes'])(
		'%j is no number of seconds',
		(value) => {
			expect(read(value)).toBeUndefined();
		},
	);

	it.each([
		'0',
		0,
		'0.0',
		'-1',
		'-5',
		'Thu, 26 Nov 2026 12:00:00 GMT',
		'Thu, 26 Nov 2020 11:59:00 GMT',
	])('%j asks for no time', (value) => {
		expect(read(value)).toBeUndefined();
	});

	it.each<[string, string, number | undefined]>([
		['Thu, 26 Nov 2026 12:00:05 GMT', 'Thu, 26 Nov 2026 12:00:00 GMT', 5_000],
		['Thu, 26 Nov 2026 14:00:05 GMT', 'Thu, 26 Nov 2026 14:00:00 GMT', 5_000],
		['Thu, 26 Nov 2026 10:00:05 GMT', 'Thu, 26 Nov 2026 10:00:00 GMT', 5_000],
		['Thu, 26 Nov 2026 12:30:00 GMT', 'Thu, 26 Nov 2026 12:30:00 GMT', undefined],
		['Thu, 26 Nov 2026 12:30:00 GMT', 'Thu, 26 Nov 2026 12:31:00 GMT', undefined],
		['Thu, 26 Nov 2026 12:00:05 GMT', 'no date', 5_000],
		['7', 'Thu, 26 Nov 2020 12:00:00 GMT', 7_000],
	])('%j in an answer of %j is %j ms', (value, date, ms) => {
		expect(read(value, date)).toBe(ms);
	});

	it('is more than nothing or not there, whatever the header says', () => {
		const anyHeader = fc.oneof(
			fc.string(),
			fc.integer().map(String),
			fc.double().map(String),
			fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
		);
		fc.assert(
			fc.property(anyHeader, anyHeader, (value, date) => {
				const ms = read(value, date);
				expect(ms === undefined || ms > 0).toBe(true);
			}),
		);
	});

	it('which is a date is as long as it lies behind the answer, whatever the time is here', () => {
		const seconds = fc.integer({ min: 1, max: 86_400 });
		fc.assert(
			fc.property(
				fc.date({ min: new Date(0), max: new Date('2099-01-01') }),
				seconds,
				(at, later) => {
					const date = new Date(Math.floor(at.getTime() / 1000) * 1000);
					const until = new Date(date.getTime() + later * 1000);
					expect(read(until.toUTCString(), date.toUTCString())).toBe(later * 1000);
					expect(read(date.toUTCString(), until.toUTCString())).toBeUndefined();
				},
			),
		);
	});

	it.each<[string, FailureKind, boolean]>([
		['30 seconds', status(30_000), false],
		['a moment more', status(30_001), true],
		['two minutes', status(120_000), true],
		[
			'two minutes, having refused',
			{ kind: 'status', status: 422, reasons: [], retryAfterMs: 120_000 },
			false,
		],
		['nothing', status(), false],
		['nothing, having lost the connection', { kind: 'lost' }, false],
		['a wait that is being waited for', { kind: 'timeout', timeoutMs: 60_000 }, false],
	])('of a LiveCall that asks for %s', (_, how, isTooLong) => {
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

	it.each([1, 7_000, 120_000])('is what LiveCall asks for, %d ms, at every try', (ms) => {
		expect(backOffBefore(1, status(ms))).toBe(ms);
		expect(backOffBefore(9, status(ms))).toBe(ms);
	});

	it.each([undefined, 0])('is the usual one where LiveCall asks for no time: %j', (ms) => {
		const wait = backOffBefore(1, status(ms));
		expect(wait).toBeGreaterThanOrEqual(125);
		expect(wait).toBeLessThanOrEqual(250);
	});
});
