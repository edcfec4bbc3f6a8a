import type { Result } from '../result';

/**
 * What is known about a request that brought no usable answer:
 * - `notCarriedOut`: LiveCall did not act on it (the connection was never made, or 429);
 * - `refused`: LiveCall declined it for good (any other 4xx but 408);
 * - `unknown`: LiveCall may have acted on it (time-out, connection lost, 408, 5xx, redirect, unreadable answer).
 */
export type Certainty = 'notCarriedOut' | 'refused' | 'unknown';

/** What is wrong with an answer that was received whole. */
export type Unreadable =
	/** A web page instead of data. */
	| 'webPage'
	/** JSON that was cut off, or is none. */
	| 'cutOff'
	| 'empty'
	/** Data without what the request needs. */
	| 'shape'
	/** Data about another one than was asked about. */
	| 'another'
	/** A redirect, which is not followed. */
	| 'redirect'
	/** Redirects without an end. */
	| 'redirects'
	/** A file that is no recording. */
	| 'noRecording'
	/** A part of a file (206), of which the whole was asked for. */
	| 'part'
	/** A file that is larger, or takes longer to come, than is received. */
	| 'tooLarge'
	| 'tooLong'
	/** A file that is encoded in a way that n8n does not decode. */
	| 'encoded';

/** Why a request was never on the wire. */
export type Unsent = 'connectionRefused' | 'unresolved' | 'unreachable' | 'unsendable' | 'proxy';

/** How a single request ended when it brought no usable answer. */
export type FailureKind =
	| { kind: 'notSent'; reason: Unsent | 'canceled' }
	/** LiveCall, or a proxy, had asked for a longer wait than is waited. `waitMs`: what was left of it, in ms. */
	| { kind: 'notSent'; reason: 'askedToWait'; waitMs: number; byProxy?: boolean }
	| { kind: 'lost' }
	/** A file that broke off before its end. */
	| { kind: 'brokeOff' }
	| { kind: 'timeout'; timeoutMs: number }
	| { kind: 'canceled' }
	| {
			kind: 'status';
			status: number;
			reasons: string[];
			retryAfterMs?: number;
			/** Whether a proxy between n8n and the host has answered. */
			byProxy?: boolean;
			/** What came in place of JSON: perhaps another program has answered, such as a gateway while LiveCall restarts. */
			foreign?: 'webPage' | 'text';
	  }
	| {
			kind: 'unreadable';
			what: Unreadable;
			status?: number;
			/** What the answer came without, in words. */
			missing?: string;
			/** What came in its place: a type, an encoding, another one's data, or LiveCall's own words. */
			found?: string;
	  };

/** What one request brought: the answer as read, or how it failed. */
export type Attempt<T> = Result<T, FailureKind>;

/** A request that brought no usable answer, after all the tries that were safe. */
export interface Failure {
	how: FailureKind;
	certainty: Certainty;
	/** How often the request was sent. */
	tries: number;
	/** How long to wait before another try, in ms; left out if another try makes no sense. */
	waitMs?: number;
}

/** Either what LiveCall answered, checked for its shape, or why there is no answer. */
export type Reply<T> = Result<T, Failure>;

/** A request that was answered with a status which is no success. */
export type StatusFailure = Extract<FailureKind, { kind: 'status' }>;

/**
 * Whether a request may be sent again although LiveCall may have acted on it. A call that is placed rings a customer, and a
 * user that is created is added, each time that LiveCall acts; other requests give the same state however often they
 * arrive.
 */
export type Repeatable = 'always' | 'ifNotCarriedOut';

/** Whether a request was answered with a status. */
export function isStatus(how: FailureKind, status: number): boolean {
	return how.kind === 'status' && how.status === status;
}

/**
 * Decides what a failed request means. Only this file does.
 * LiveCall documents no error answers: what is not certain is taken as unknown.
 */
export function certaintyOf(how: FailureKind): Certainty {
	if (how.kind === 'notSent') return 'notCarriedOut';
	if (how.kind !== 'status') return 'unknown';
	if (how.status === 429) return 'notCarriedOut';
	return how.status >= 400 && how.status < 500 && how.status !== 408 ? 'refused' : 'unknown';
}

/** Whether who was asked has declined a request for good; a proxy on the way says nothing of that. */
export function isRefusal(how: FailureKind): how is StatusFailure {
	return how.kind === 'status' && !how.byProxy && certaintyOf(how) === 'refused';
}

/**
 * Whether a failure may be taken as what LiveCall says. A 404 or 403 that came as a web page or text may be another
 * program's, and so says nothing of what LiveCall knows or allows; one with JSON or without a body is LiveCall's.
 */
export function isLiveCallsWord(how: FailureKind): boolean {
	if (how.kind !== 'status' || (how.status !== 404 && how.status !== 403)) return true;
	return !how.byProxy && how.foreign === undefined;
}

/** Whether LiveCall says that it has no such thing. */
export function isNotFound(how: FailureKind): boolean {
	return isStatus(how, 404) && isLiveCallsWord(how);
}

/** Whether there seems to be no such thing: LiveCall says so, or another program has answered in its place. */
export function seemsNotFound(how: FailureKind): boolean {
	return isStatus(how, 404) || !isLiveCallsWord(how);
}

/** Whether LiveCall has too much to do, or is out of order: all who ask it leave it alone for a while. */
export function asksForPause(how: FailureKind): how is StatusFailure {
	return how.kind === 'status' && (how.status === 429 || how.status >= 500);
}

/** Says whether sending a request once more can do no harm and may help. */
export function mayRepeat(repeatable: Repeatable, how: FailureKind): boolean {
	if (how.kind === 'canceled' || how.kind === 'unreadable') return false;
	if (how.kind === 'notSent') {
		return !['canceled', 'unsendable', 'askedToWait'].includes(how.reason);
	}
	if (how.kind === 'status' && how.status === 429) return true;
	if (repeatable !== 'always') return false;
	return how.kind !== 'status' || how.status === 408 || how.status >= 500;
}
