import { IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How far ahead hours are looked for: five weeks pass over holidays, and not over hours that never come. */
const SEARCH_MS = 35 * DAY_MS;

/** The hours of the day in which a customer may be rung, by the clock on the customer's wall. */
export interface CallingHours {
	/** When they begin, in minutes since midnight. */
	from: number;
	/** When they end, in minutes since midnight; this minute is outside. At or before `from`, it is the next day's. */
	to: number;
	/** The ISO weekdays (1 is Monday) on which they begin: at least one. */
	days: number[];
	/** The days on which nobody is rung, by the customer's calendar; see {@link dayOf}. */
	notOn: number[];
	/** The IANA names of the customer's time zones: a call has to lie in the hours in each of them. */
	zones: [string, ...string[]];
	/** A call that is moved into the hours rings within so many minutes after they open; 0 for as they open. */
	spread: number;
}

/**
 * Whether a moment lies in the hours, in each of their zones. What the clock on the wall shows decides, so an hour that
 * the clock passes twice counts twice, and one that it leaves out does not exist.
 * @param at in ms since 1970
 */
export function isWithin(hours: CallingHours, at: number): boolean {
	return hours.zones.every((zone) => wallStretch(hours, at + offsetAt(zone, at)).isOpen);
}

/**
 * The earliest moment in the hours.
 * @param notBefore in ms since 1970
 * @returns in ms since 1970: `notBefore` itself, or the moment at which the hours next begin; `undefined` if they do
 *   not within 35 days
 */
export function earliestWithin(hours: CallingHours, notBefore: number): number | undefined {
	let at = notBefore;
	while (at <= notBefore + SEARCH_MS) {
		const closed = stretchesAt(hours, at).filter(({ isOpen }) => !isOpen);
		if (closed.length === 0) return at;
		at = Math.max(...closed.map(({ until }) => until));
	}
	return undefined;
}

/**
 * The end of the moments among which one is chosen for a call that is moved into the hours.
 * @param opening the moment at which they open, in ms since 1970
 * @returns in ms since 1970: when the spread is over, or the hours in any of their zones
 */
export function endOfSpread(hours: CallingHours, opening: number): number {
	const end = opening + hours.spread * MINUTE_MS;
	let at = opening;
	while (at < end) {
		const stretches = stretchesAt(hours, at);
		if (stretches.some(({ isOpen }) => !isOpen)) return at;
		at = Math.min(...stretches.map(({ until }) => until));
	}
	return end;
}

/** The zone of the customer's clock; `undefined` if there are no hours, or they hold in several zones. */
export function onlyZoneOf(hours: CallingHours | undefined): string | undefined {
	return hours?.zones.length === 1 ? hours.zones[0] : undefined;
}

/** A stretch of time in which the hours of a zone do not change between open and closed. */
interface Stretch {
	isOpen: boolean;
	/** When it ends at the earliest, in ms since 1970: later than the moment that was asked about. */
	until: number;
}

function stretchesAt(hours: CallingHours, at: number): Stretch[] {
	return hours.zones.map((zone) => stretchAt(hours, zone, at));
}

function stretchAt(hours: CallingHours, zone: string, at: number): Stretch {
	const offset = offsetAt(zone, at);
	const { isOpen, length } = wallStretch(hours, at + offset);
	const until = at + length;
	// Up to here the clock ran evenly. If it is changed before the end, it is looked at anew from there.
	const isEven = Object.is(offsetAt(zone, until), offset);
	return { isOpen, until: isEven ? until : firstChange(zone, at, until) };
}

/**
 * How long the hours stay open, or closed, on a clock that nobody changes.
 * @param wall what the clock shows, in ms since it showed the beginning of 1970; NaN for the clock of a zone that is none
 * @returns the length in ms, of a day at most
 */
function wallStretch(hours: CallingHours, wall: number): { isOpen: boolean; length: number } {
	const { from, to, days, notOn } = hours;
	const length = (to > from ? to - from : to - from + 24 * 60) * MINUTE_MS;
	const today = Math.floor(wall / DAY_MS);
	// Hours that began yesterday may not be over yet.
	for (const day of [today - 1, today, today + 1]) {
		if (!days.includes(weekdayOf(day)) || notOn.includes(day)) continue;
		const start = day * DAY_MS + from * MINUTE_MS;
		const midnight = (day + 1) * DAY_MS;
		const end = notOn.includes(day + 1) ? Math.min(start + length, midnight) : start + length;
		if (wall < start) return { isOpen: false, length: Math.min(start - wall, DAY_MS) };
		if (wall < end) return { isOpen: true, length: end - wall };
	}
	return { isOpen: false, length: DAY_MS };
}

/**
 * A day of the calendar, in days since 1 January 1970.
 * @param date as ISO 8601: `2026-12-25`
 */
export function dayOf(date: string): number {
	return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/** @param day in days since 1 January 1970, which was a Thursday */
function weekdayOf(day: number): number {
	return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** How far the clocks of a zone are ahead of UTC, in ms; NaN for a zone that is none. */
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
