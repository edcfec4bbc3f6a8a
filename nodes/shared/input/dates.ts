import { DateTime } from 'luxon';
import { eachOf, entriesIn, invalid, shown, valid, type Check } from './checks';
import { isDate } from './times';

/**
 * Days of the calendar: in a text that sets them off with commas, semicolons, blanks or lines, or in a list. A time of
 * day is refused, since the day would depend on a time zone; midnight, which a date from a spreadsheet has, is none.
 * @returns as ISO 8601: `2026-12-25`
 */
export const someDates: Check<string[]> = (given) => eachOf(datesIn(given), aDate);

function datesIn(given: unknown): unknown[] {
	if (Array.isArray(given)) return given.flatMap(datesIn);
	// A database sets the time of day off with a blank, which sets dates off as well.
	return entriesIn(typeof given === 'string' ? given.replace(/ (?=\d\d:\d\d)/g, 'T') : given);
}

const aDate: Check<string> = (given) => {
	const date = dateIn(given);
	return date !== undefined
		? valid(date)
		: invalid(
				`needs dates, but ${shown(given)} was found`,
				'Enter dates as year, month and day, separated by commas, e.g. 2026-12-25, 2027-01-01.',
			);
};

function dateIn(part: unknown): string | undefined {
	// A DateTime of another copy of luxon, as n8n's expressions give it, fails `instanceof`.
	if (DateTime.isDateTime(part))
		return isMidnight(part) ? (part.toISODate() ?? undefined) : undefined;
	const text = isDate(part) ? DateTime.fromJSDate(part, { zone: 'UTC' }).toISO() : part;
	const [, date] =
		/^(\d{4}-\d{2}-\d{2})(?:T00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
			typeof text === 'string' ? text : '',
		) ?? [];
	return date !== undefined && DateTime.fromISO(date).isValid ? date : undefined;
}

/** A clock change may begin a day at one o'clock. */
function isMidnight(time: DateTime): boolean {
	return time.toMillis() === time.startOf('day').toMillis();
}
