import { DateTime } from 'luxon';
import { isClearZone, isTimeZone } from '../time';
import { IF_EMPTY } from './empty';
import { asText, invalid, shown, valid, type Check } from './checks';
import { WHERE_ZONE_IS_SET } from './hours';

/** How far back a time may lie, in ms: workflows compute "now" a moment before it is sent. */
const GRACE_MS = 60_000;

/** The offsets from UTC that places on earth have, in minutes: -12:00 to +14:00. luxon takes any number for one. */
const LEAST_OFFSET = -12 * 60;
const MOST_OFFSET = 14 * 60;

const ADVICE = 'Enter one such as 2030-01-31T14:30:00+01:00.';
const IN_A_CALL = `Without an offset it is read in the time zone of the workflow. To call at once, remove the field, or set "${IF_EMPTY}" in the options to "Leave Out".`;

/** A date as people write it, which may be read in two ways, or only with its format: 2:30 pm, 31 Jan, 2030/01/31. */
const DATE_OF_PEOPLE =
	/^\d{1,2}([./-])\d{1,2}\1\d{2,4}\b|\d ?[ap]\.?m\b|\b[a-z]{3,9}\b.*\d|^\d{4}\//i;
/** What CRMs give in place of a time: a count of milliseconds since 1970. */
const MILLISECONDS = /^\d{13}$/;
const FROM_MILLISECONDS =
	'For milliseconds since 1970 use {{ DateTime.fromMillis(Number($json.when)) }}.';
const FROM_FORMAT =
	"For a date such as 01.12.2026 09:30 use {{ DateTime.fromFormat($json.when, 'dd.MM.yyyy HH:mm', { zone: 'Europe/Berlin' }) }}; for 12/01/2026 9:30 AM the format is 'MM/dd/yyyy h:mm a'.";

/**
 * The time to call at, as ISO 8601 with an offset: LiveCall is time-zone sensitive (help centre, calls).
 * A time that the clocks skip in spring is read as much later (02:30 as 03:30), one that comes twice in autumn as the
 * later one: what luxon makes of them.
 * @param zone the workflow's time zone, in which a text without an offset is read
 * @param now in ms since 1970, for a call that is to be placed now: a call that was placed before may have had its time since
 */
export function aTime(zone: string, now = -Infinity): Check<string> {
	return (given) => {
		const moment = aMoment(zone)(given);
		if (!moment.ok) return invalid(moment.error.found, `${moment.error.advice} ${IN_A_CALL}`);
		const { iso, at } = moment.value;
		return at < now - GRACE_MS
			? invalid(
					`lies in the past: ${shown(iso)}`,
					'Enter a time to come, or remove the field to call at once.',
				)
			: valid(iso);
	};
}

/** A moment as ISO 8601, at the offset that it was written with, and in ms since 1970. */
export function aMoment(zone: string): Check<{ iso: string; at: number }> {
	return (given) => {
		const text = typeof given === 'string' ? withoutWrapping(given) : '';
		if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
			return invalid(`needs a time of day too, but ${shown(given)} was found`, ADVICE);
		}
		const named = zoneNameIn(text);
		if (named !== undefined && !isClearZone(named)) {
			return invalid(
				`names the time zone ${shown(named)}, which stands for several or for none`,
				`Write its offset, or its name with continent and city, such as Europe/London. ${ADVICE}`,
			);
		}
		const moment = readMoment(given, text, zone);
		const iso = moment?.toISO({ suppressMilliseconds: true });
		if (!moment || !iso) return invalid(...notRead(given, text, zone));
		// luxon takes 60 minutes and more in an offset, too.
		const isOnEarth = moment.offset >= LEAST_OFFSET && moment.offset <= MOST_OFFSET;
		return isOnEarth && !/[+-]\d{2}:?[6-9]\d$/.test(text)
			? valid({ iso, at: moment.toMillis() })
			: invalid(
					`has an offset that no place has: ${shown(given)}`,
					`Offsets go from -12:00 to +14:00. ${ADVICE}`,
				);
	};
}

/** What was found in place of a date and time, and what to do about it. */
function notRead(given: unknown, text: string, zone: string): [found: string, advice: string] {
	if (!isTimeZone(zone) && readMoment(given, text, 'UTC')?.isValid) {
		const found = `has no offset, and of the workflow's time zone, ${shown(zone)}, there is none`;
		return [found, `${WHERE_ZONE_IS_SET} ${ADVICE}`];
	}
	return [
		`needs a date and time, but ${shown(given)} was found`,
		[ADVICE, ...formatAdvice(asText(given) ?? '')].join(' '),
	];
}

function formatAdvice(text: string): string[] {
	if (MILLISECONDS.test(text)) return [FROM_MILLISECONDS];
	return DATE_OF_PEOPLE.test(text) ? [FROM_FORMAT] : [];
}

/** The name of a zone behind the time of day, in brackets or not; "PM" is none. */
function zoneNameIn(text: string): string | undefined {
	return /^\d{4}-\d{2}-\d{2}[T ]\d[\d:.,]*\s*\[?(?![ap]\.?m\b)([a-z][\w+\-/]*)\]?$/i.exec(
		text,
	)?.[1];
}

function readMoment(given: unknown, text: string, zone: string): DateTime | undefined {
	// A DateTime of another copy of luxon, as n8n's expressions give it, fails `instanceof`.
	if (DateTime.isDateTime(given)) return given;
	if (isDate(given)) return DateTime.fromJSDate(given, { zone: isTimeZone(zone) ? zone : 'UTC' });
	// luxon takes "2030" or "10:30" for a date as well: too little to ring somebody by.
	if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
	// Of "local" or "DEFAULT", luxon would make the zone of n8n's machine.
	const options = { zone: isTimeZone(zone) ? zone : 'none', setZone: true };
	const iso = DateTime.fromISO(text, options);
	return iso.isValid ? iso : DateTime.fromSQL(asSql(text), options);
}

/** In SQL, blanks and no brackets set the time and its zone off. luxon reads no mixture of the two ways. */
function asSql(text: string): string {
	return text.replace(/^(\S{10})t/i, '$1 ').replace(/ ?\[(.*)\]$/, ' $1');
}

/**
 * A time as it was before it became text: in quotes by way of Edit Fields (n8n 2.41, `tryToParseString`), "[DateTime: …]"
 * as n8n's editor shows it (`convertObjectValueToString`), "DateTime { ts: …, zone: … }" as Node.js logs it. Beside an
 * offset, a zone's name in brackets adds nothing, and luxon would go by the name alone.
 */
function withoutWrapping(given: string): string {
	return (
		given
			.trim()
			.replace(
				/^(?:"(.*)"|'(.*)'|\[Date(?:Time)?: (.*)\]|DateTime \{ ts: (.*), zone: .*\})$/,
				'$1$2$3$4',
			)
			.replace(/(Z|[+-]\d{2}:?\d{2})\[[^\]]*\]$/i, '$1')
			// The luxon of n8n 1.x knows the letter for UTC in upper case only.
			.replace(/z$/, 'Z')
			.trim()
	);
}

/** Also for a date made outside this module's own realm, which `instanceof` does not know. */
export function isDate(given: unknown): given is Date {
	return Object.prototype.toString.call(given) === '[object Date]';
}
