import { IANAZone } from 'luxon';
import { invalid, shown, valid, type Check } from './checks';

/**
 * A time of day, as 08:00 or as a spreadsheet writes it, 08:00:00.
 * @returns in minutes since midnight; 24:00 is midnight, too
 */
export const aTimeOfDay: Check<number> = (given) => {
	const time = /^(\d{1,2}):([0-5]\d)(?::00)?$/.exec(typeof given === 'string' ? given.trim() : '');
	const minutes = time ? Number(time[1]) * 60 + Number(time[2]) : Infinity;
	return minutes <= 24 * 60
		? valid(minutes % (24 * 60))
		: invalid(
				`needs a time of day, but ${shown(given)} was found`,
				'Enter hours and minutes from 00:00 to 24:00, e.g. 08:00 or 20:30.',
			);
};

/** Days of the week as ISO counts them: a list, as the panel and expressions give it, or `1,2,3`. */
export const someWeekdays: Check<number[]> = (given) => {
	const parts: unknown[] = Array.isArray(given) ? given : String(given ?? '').split(',');
	const days = parts.map((part) => (/^\s*[1-7]\s*$/.test(String(part)) ? Number(part) : NaN));
	return days.length > 0 && !days.some(Number.isNaN)
		? valid([...new Set(days)])
		: invalid(
				`needs at least one day of the week, from 1 for Monday to 7 for Sunday, but ${shown(given)} was found`,
				'Choose the days from the list, or give their numbers, e.g. 1,2,3,4,5.',
			);
};

/** The name of a time zone. */
export const aTimeZone: Check<string> = (given) => {
	const name = typeof given === 'string' ? given.trim() : '';
	// From Node.js 22 on, an offset such as +01:00 passes for a zone, too: one in which the clocks never change.
	return /^[a-z]/i.test(name) && IANAZone.isValidZone(name)
		? valid(name)
		: invalid(
				`needs the name of a time zone, but ${shown(given)} was found`,
				'Enter a name of the IANA list with continent and city, e.g. Europe/Berlin or America/New_York.',
			);
};

/** A language, with a country or without one: `de`, `en-US`, and also `en_US`. */
export const aLocale: Check<string> = (given) => {
	const tag = typeof given === 'string' ? given.trim().replace(/_/g, '-') : '';
	const known = knownLocale(tag);
	return known !== undefined
		? valid(known)
		: invalid(
				`needs a language, but ${shown(given)} was found`,
				'Enter its code, with a country or without one, e.g. en, de or en-US.',
			);
};

/** The code as it is usually written, `en` for `EN`; `undefined` where nobody knows it. */
function knownLocale(tag: string): string | undefined {
	try {
		return Intl.DateTimeFormat.supportedLocalesOf(tag)[0];
	} catch {
		// The text is not made like a language's code.
		return undefined;
	}
}
