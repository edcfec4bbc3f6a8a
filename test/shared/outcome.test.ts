import fc from 'fast-check';
import {
	certaintyOf,
	asksForPause,
	isLiveCallsWord,
	isNotFound,
	isRefusal,
	isStatus,
	mayRepeat,
	type Certainty,
	type FailureKind,
} from '../../nodes/shared/api/outcome';

const status = (code: number): FailureKind => ({ kind: 'status', status: code, reasons: [] });
const notSent = (
	reason: Exclude<Extract<FailureKind, { kind: 'notSent' }>['reason'], 'askedToWait'>,
): FailureKind => ({ kind: 'notSent', reason });
const ASKED_TO_WAIT: FailureKind = { kind: 'notSent', reason: 'askedToWait', waitMs: 60_000 };

/** What happened, what it means, and which requests may be sent again: all, or those that may be at any time. */
const TABLE: Array<[string, FailureKind, Certainty, 'all' | 'repeatable' | 'none']> = [
	['the connection was refused', notSent('connectionRefused'), 'notCarriedOut', 'all'],
	['the name is unknown', notSent('unresolved'), 'notCarriedOut', 'all'],
	['the host cannot be reached', notSent('unreachable'), 'notCarriedOut', 'all'],
	['the proxy makes no connection', notSent('proxy'), 'notCarriedOut', 'all'],
	['it cannot be sent', notSent('unsendable'), 'notCarriedOut', 'none'],
	['it was canceled before it was sent', notSent('canceled'), 'notCarriedOut', 'none'],
	['LiveCall had asked to wait', ASKED_TO_WAIT, 'notCarriedOut', 'none'],
	['429', status(429), 'notCarriedOut', 'all'],
	['the connection was lost', { kind: 'lost' }, 'unknown', 'repeatable'],
	['the file broke off', { kind: 'brokeOff' }, 'unknown', 'repeatable'],
	['there was no answer in time', { kind: 'timeout', timeoutMs: 1 }, 'unknown', 'repeatable'],
	['it was canceled under way', { kind: 'canceled' }, 'unknown', 'none'],
	['408', status(408), 'unknown', 'repeatable'],
	['500', status(500), 'unknown', 'repeatable'],
	['503', status(503), 'unknown', 'repeatable'],
	['599', status(599), 'unknown', 'repeatable'],
	['400', status(400), 'refused', 'none'],
	['401', status(401), 'refused', 'none'],
	['404', status(404), 'refused', 'none'],
	['409', status(409), 'refused', 'none'],
	['422', status(422), 'refused', 'none'],
	['499', status(499), 'refused', 'none'],
	['399', status(399), 'unknown', 'none'],
	['a web page came', { kind: 'unreadable', what: 'webPage', status: 200 }, 'unknown', 'none'],
	['a part came', { kind: 'unreadable', what: 'part', status: 429 }, 'unknown', 'none'],
	[
		'a page came with a status',
		{ kind: 'unreadable', what: 'webPage', status: 404 },
		'unknown',
		'none',
	],
	['it was redirected', { kind: 'unreadable', what: 'redirect', status: 302 }, 'unknown', 'none'],
	['the data lack something', { kind: 'unreadable', what: 'shape' }, 'unknown', 'none'],
];

describe('a failed request', () => {
	it.each(TABLE)('of which %s', (_, how, certainty, again) => {
		expect(certaintyOf(how)).toBe(certainty);
		expect(mayRepeat('ifNotCarriedOut', how)).toBe(again === 'all');
		expect(mayRepeat('always', how)).toBe(again !== 'none');
		expect(isRefusal(how)).toBe(certainty === 'refused');
	});

	it('is known by its status, and by none where it has none', () => {
		expect(isStatus(status(404), 404)).toBe(true);
		expect(isStatus(status(404), 400)).toBe(false);
		expect(isStatus({ kind: 'unreadable', what: 'webPage', status: 404 }, 404)).toBe(false);
	});

	it('that must not act twice is never sent again where LiveCall may have acted', () => {
		const anyStatus = fc.integer({ min: 100, max: 599 }).map(status);
		fc.assert(
			fc.property(fc.oneof(anyStatus, fc.constantFrom(...TABLE.map(([, how]) => how))), (how) => {
				expect(mayRepeat('ifNotCarriedOut', how) && certaintyOf(how) !== 'notCarriedOut').toBe(
					false,
				);
			}),
		);
	});

	it('that was refused is never sent again', () => {
		fc.assert(
			fc.property(fc.integer({ min: 400, max: 499 }), (code) => {
				expect(isRefusal(status(code)) && mayRepeat('always', status(code))).toBe(false);
			}),
		);
	});

	it('by a proxy is no refusal of the host', () => {
		expect(isRefusal({ kind: 'status', status: 403, reasons: [], byProxy: true })).toBe(false);
	});

	it.each([
		[429, true],
		[500, true],
		[503, true],
		[408, false],
		[404, false],
		[499, false],
	])('with %d asks all to pause: %s', (code, pauses) => {
		expect(asksForPause(status(code))).toBe(pauses);
	});

	it('without a status asks nobody to pause', () => {
		expect(asksForPause({ kind: 'lost' })).toBe(false);
		expect(asksForPause({ kind: 'unreadable', what: 'webPage', status: 503 })).toBe(false);
	});
});

describe('the word of LiveCall', () => {
	const answered = (code: number, more: object): FailureKind => ({ ...status(code), ...more });
	it.each<[string, FailureKind, boolean]>([
		['404 with JSON or no body', status(404), true],
		['404 with a web page', answered(404, { foreign: 'webPage' }), false],
		['404 with a text', answered(404, { foreign: 'text' }), false],
		['403 with a web page', answered(403, { foreign: 'webPage' }), false],
		['404 from a proxy, told by its headers', answered(404, { byProxy: true }), false],
		['401 with a web page', answered(401, { foreign: 'webPage' }), true],
		['422 with a text', answered(422, { foreign: 'text' }), true],
		['a lost connection', { kind: 'lost' }, true],
	])('%s', (_, how, isIts) => {
		expect(isLiveCallsWord(how)).toBe(isIts);
	});

	it('alone says that there is no such thing', () => {
		expect(isNotFound(status(404))).toBe(true);
		expect(isNotFound(status(403))).toBe(false);
		expect(isNotFound(answered(404, { foreign: 'text' }))).toBe(false);
	});
});
