import { IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The hours of the day in which a customer may be rung, by the clock on the customer's wall. */
export interface CallingHours {
	/** When they begin, in minutes since midnight. */
	from: number;
	/** When they end, in minutes since midnight; this minute is outside. At or before `from`, it is the next day's. */
	to: number;
	/** The ISO weekdays (1 is Monday) on which they begin: at least one. */
	days: number[];
	/** The IANA name of the customer's time zone. */
	zone: string;
}

/**
 * Whether a moment lies in the hours. What the clock on the wall shows decides, so an hour that the clock passes twice
 * counts twice, and one that it leaves out does not exist.
 * @param at in ms since 1970
 */
export function isWithin(hours: CallingHours, at: number): boolean {
	return wallTimeUntil(hours, at + offsetAt(hours.zone, at)) === 0;
}

/**
 * The earliest moment in the hours.
 * @param notBefore in ms since 1970
 * @returns in ms since 1970: `notBefore` itself, or the moment at which the hours next begin
 */
export function earliestWithin(hours: CallingHours, notBefore: number): number {
	let at = notBefore;
	for (;;) {
		const offset = offsetAt(hours.zone, at);
		const opening = at + wallTimeUntil(hours, at + offset);
		// Up to here the clock ran evenly. Where it is changed before the opening, it is looked at anew.
		if (offsetAt(hours.zone, opening) === offset) return opening;
		at = firstChange(hours.zone, at, opening);
	}
}

/**
 * How long it is until the hours, on a clock that nobody changes.
 * @param wall what the clock shows, in ms since it showed the beginning of 1970
 * @returns in ms; 0 within the hours
 */
function wallTimeUntil({ from, to, days }: CallingHours, wall: number): number {
	const length = (to > from ? to - from : to - from + 24 * 60) * MINUTE_MS;
	const today = Math.floor(wall / DAY_MS);
	// Hours that began yesterday may not be over yet; the next ones begin in a week's time at the latest.
	for (let day = today - 1; day <= today + 7; day++) {
		const start = day * DAY_MS + from * MINUTE_MS;
		if (days.includes(weekdayOf(day)) && wall < start + length) return Math.max(0, start - wall);
	}
	// Not reached, since there is at least one day.
	return 0;
}

/** @param day in days since 1 January 1970, which was a Thursday */
function weekdayOf(day: number): number {
	return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** How far the clocks of a zone are ahead of UTC, in ms. */
function offsetAt(zone: string, at: number): number {
	return IANAZone.create(zone).offset(at) * MINUTE_MS;
}

/** The first moment at which the clock is no longer as it is at `from`; it has been changed by `until`. */
function firstChange(zone: string, from: number, until: number): number {
	const before = offsetAt(zone, from);
	let [same, changed] = [from, until];
	while (changed - same > 1) {
		const middle = Math.floor((same + changed) / 2);
		if (offsetAt(zone, middle) === before) same = middle;
		else changed = middle;
	}
	return changed;
}
