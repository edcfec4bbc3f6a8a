import { isClearZone } from '../time';
import { invalid, shown, valid, type Check } from './checks';

/** Hours, minutes and whole seconds, as clocks, spreadsheets (08:00:00) and people (9, 9am, 9:30 p.m.) write them. */
const TIME_OF_DAY = /^(\d{1,2})(?::([0-5]\d)(?::00)?)?(?: ?([ap])\.?m\.?)?$/i;

/**
 * A time of day; a whole number is an hour.
 * @returns in minutes since midnight; 24:00 is midnight, too
 */
export const aTimeOfDay: Check<number> = (given) => {
	const text = typeof given === 'number' ? String(given) : given;
	const time = TIME_OF_DAY.exec(typeof text === 'string' ? text.trim() : '');
	const minutes = time ? minutesOf(Number(time[1]), Number(time[2] ?? 0), time[3]) : Infinity;
	return minutes <= 24 * 60
		? valid(minutes % (24 * 60))
		: invalid(
				`needs a time of day, but ${shown(given)} was found`,
				'Enter hours and minutes from 00:00 to 24:00, e.g. 08:00 or 20:30; 8, 8am and 8:30 pm are fine, too.',
			);
};

/** @param half `a` before noon, `p` after it: then noon and midnight are 12 */
function minutesOf(hours: number, minutes: number, half: string | undefined): number {
	if (half === undefined) return hours * 60 + minutes;
	if (hours < 1 || hours > 12) return Infinity;
	const afternoon = half.toLowerCase() === 'p' ? 12 : 0;
	return ((hours % 12) + afternoon) * 60 + minutes;
}

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

/** What to do about a workflow whose time zone is none: n8n takes any text for one. */
export const WHERE_ZONE_IS_SET =
	'Choose one in the workflow\'s settings under "Timezone"; if "Default" is chosen there, set GENERIC_TIMEZONE of n8n to a name with continent and city, e.g. Europe/Berlin.';

/** The name of a time zone. An offset is none: the clocks of most places are changed twice a year. */
export const aTimeZone: Check<string> = (given) => {
	const name = typeof given === 'string' ? given.trim() : '';
	if (isClearZone(name)) return valid(name.toUpperCase() === 'Z' ? 'UTC' : name);
	return invalid(
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

/** The code as it is usually written, `en` for `EN`; `undefined` if nobody knows it. */
function knownLocale(tag: string): string | undefined {
	try {
		return Intl.DateTimeFormat.supportedLocalesOf(tag)[0];
	} catch {
		// The text is not made like a language's code.
		return undefined;
	}
}
