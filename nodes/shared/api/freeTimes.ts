import { isWord } from '../words';
import type { Filter } from './endpoints';

/** For how long after one of its available times a target group counts as available, in ms. */
const SLOT_MS = 30 * 60_000;

/** How far from now a moment may lie and still be now, in ms. */
const NOW_MS = 60_000;

/** A time at which a target group can be reached. */
export interface FreeTime {
	/** As LiveCall wrote it, with an offset. */
	text: string;
	/** In ms since 1970. */
	at: number;
}

/** `available` is one of the two statuses that LiveCall documents (help centre, filters). */
export function isAvailable(filter: Filter): boolean {
	return isWord(filter.status, 'available');
}

/**
 * Whether somebody of a target group can be reached at a moment. Of now LiveCall says so itself; of a time to come it
 * lists when calls can be taken.
 * @param at in ms since 1970
 * @param now in ms since 1970
 */
export function isAvailableAt(filter: Filter, at: number, now: number): boolean {
	if (at === now) return isAvailable(filter);
	const isNow = Math.abs(at - now) <= NOW_MS && isAvailable(filter);
	return isNow || listed(filter).some((time) => time.at <= at && at <= time.at + SLOT_MS);
}

/**
 * The times at which a target group can be reached, earliest first.
 * @param after times at or before this moment are left out, in ms since 1970
 */
export function freeTimesAfter(filter: Filter, after: number): FreeTime[] {
	const ahead = listed(filter).filter(({ at }) => at > after);
	// Two consultants may be free at the same moment.
	const different = new Map(ahead.map((time) => [time.at, time]));
	return [...different.values()].sort((one, other) => one.at - other.at);
}

function listed(filter: Filter): FreeTime[] {
	return filter.available_call_times
		.map(withOffset)
		.map((text) => ({ text, at: Date.parse(text) }));
}

/** LiveCall gives these times in UTC (help centre, filters): one without an offset is taken as such. */
function withOffset(time: string): string {
	return /(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(time) ? time : `${time}Z`;
}
