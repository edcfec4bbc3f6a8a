import { IANAZone } from 'luxon';
import { shown, type Check } from './checks';

/**
 * A time of day, as 08:00 or as a spreadsheet writes it, 08:00:00.
 * @returns in minutes since midnight; 24:00 is midnight, too
 */
export const aTimeOfDay: Check<number> = (given) => {
	const time = /^(\d{1,2}):([0-5]\d)(?::00)?$/.exec(typeof given === 'string' ? given.trim() : '');
	const minutes = time ? Number(time[1]) * 60 + Number(time[2]) : Infinity;
	return minutes <= 24 * 60
		? { value: minutes % (24 * 60) }
		: {
				found: `needs a time of day, but ${shown(given)} was found`,
				advice: 'Enter hours and minutes from 00:00 to 24:00, e.g. 08:00 or 20:30.',
			};
};

/** Days of the week as ISO counts them: a list, as the panel and expressions give it, or `1,2,3`. */
export const someWeekdays: Check<number[]> = (given) => {
	const parts: unknown[] = Array.isArray(given) ? given : String(given ?? '').split(',');
	const days = parts.map((part) => (/^\s*[1-7]\s*$/.test(String(part)) ? Number(part) : NaN));
	return days.length > 0 && !days.some(Number.isNaN)
		? { value: [...new Set(days)] }
		: {
				found: `needs at least one day of the week, from 1 for Monday to 7 for Sunday, but ${shown(given)} was found`,
				advice: 'Choose the days from the list, or give their numbers, e.g. 1,2,3,4,5.',
			};
};

/** The name of a time zone. */
export const aTimeZone: Check<string> = (given) => {
	const name = typeof given === 'string' ? given.trim() : '';
	return IANAZone.isValidZone(name)
		? { value: name }
		: {
				found: `needs the name of a time zone, but ${shown(given)} was found`,
				advice:
					'Enter a name of the IANA list with continent and city, e.g. Europe/Berlin or America/New_York.',
			};
};

/** A language, with a country or without one: `de`, `en-US`, and also `en_US`. */
export const aLocale: Check<string> = (given) => {
	const tag = typeof given === 'string' ? given.trim().replace(/_/g, '-') : '';
	return isKnownLocale(tag)
		? { value: tag }
		: {
				found: `needs a language, but ${shown(given)} was found`,
				advice: 'Enter its code, with a country or without one, e.g. en, de or en-US.',
			};
};

function isKnownLocale(tag: string): boolean {
	try {
		return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
	} catch {
		// The text is not made like a language's code.
		return false;
	}
}
