import type { IDataObject } from 'n8n-workflow';
import { LONGEST_WAIT_MS } from '../throttling/wait';
import { certaintyOf, type FailureKind, type StatusFailure } from './outcome';

/** Whether a longer wait is asked for than is waited. What was refused, such as one id, says nothing of other requests. */
export function asksForTooLong(how: FailureKind): how is StatusFailure {
	return (
		how.kind === 'status' &&
		certaintyOf(how) !== 'refused' &&
		(how.retryAfterMs ?? 0) > LONGEST_WAIT_MS
	);
}

/** The first wait before a repeat, in ms; each further one doubles, up to {@link LONGEST_BACK_OFF_MS}. */
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 8_000;

/**
 * Reads `Retry-After`, which comes as seconds or as a date (RFC 9110, section 10.2.3). A date is measured against the
 * answer's own `Date`: the clocks of LiveCall and n8n may differ.
 * @param headers the answer's, their names in small letters
 * @param now in ms since 1970, for an answer without `Date`
 * @returns ms from now, more than 0; `undefined` if no time is asked for, or if it cannot be read
 */
export function readRetryAfter(headers: IDataObject, now: number): number | undefined {
	const text = asText(headers['retry-after']);
	const sentAt = Date.parse(asText(headers.date));
	const ms = /^\d+(\.\d+)?$/.test(text)
		? Number(text) * 1000
		: Date.parse(text) - (Number.isNaN(sentAt) ? now : sentAt);
	return ms > 0 ? ms : undefined;
}

function asText(header: unknown): string {
	return typeof header === 'string' || typeof header === 'number' ? String(header).trim() : '';
}

/** How long to wait before the next try, in ms: as LiveCall asks, else twice as long each time, with jitter. */
export function backOffBefore(tries: number, how: FailureKind): number {
	if (how.kind === 'status' && how.retryAfterMs) return how.retryAfterMs;
	const longest = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (tries - 1));
	return longest * (0.5 + Math.random() / 2);
}
