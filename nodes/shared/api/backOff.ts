import { certaintyOf, type FailureKind } from './outcome';

/** LiveCall asks for waits in `Retry-After`; one that is longer than this many ms is not waited for. */
export const LONGEST_RETRY_AFTER_MS = 30_000;

/** Whether a longer wait is asked for than is waited. What was refused, such as one id, says nothing of other requests. */
export function asksForTooLong(how: FailureKind): boolean {
	return (
		how.kind === 'status' &&
		certaintyOf(how) !== 'refused' &&
		(how.retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS
	);
}

/** The first wait before a repeat, in ms; each further one doubles, up to {@link LONGEST_BACK_OFF_MS}. */
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 8_000;

/**
 * Reads `Retry-After`, which comes as seconds or as a date (RFC 9110, section 10.2.3).
 * @param value the header
 * @param now in ms since 1970
 * @returns ms from now, or `undefined` where there is no such header or it cannot be read
 */
export function readRetryAfter(value: unknown, now: number): number | undefined {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
	const date = text === '' ? NaN : Date.parse(text);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** How long to wait before the next try, in ms: as LiveCall asks, else twice as long each time, with jitter. */
export function backOffBefore(tries: number, how: FailureKind): number {
	if (how.kind === 'status' && how.retryAfterMs !== undefined) return how.retryAfterMs;
	const longest = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (tries - 1));
	return longest * (0.5 + Math.random() / 2);
}
