import { DateTime } from 'luxon';
import { shown, type Check } from './checks';

/** How far back a time may lie, in ms: workflows compute "now" a moment before it is sent. */
const GRACE_MS = 60_000;

/**
 * The time to call at, as ISO 8601 with an offset: LiveCall is time-zone sensitive (help centre, calls).
 * @param zone the workflow's time zone, in which a text without an offset is read
 */
export function aTime(zone: string): Check<string> {
	return (given) => {
		const iso = readTime(given, zone)?.toISO({ suppressMilliseconds: true });
		return iso
			? { value: iso }
			: {
					found: `needs a date and time, but ${shown(given)} was found`,
					advice:
						'Enter one such as 2030-01-31T14:30:00+01:00; without an offset it is read in the time zone of the workflow. Remove the field to call at once.',
				};
	};
}

/**
 * As {@link aTime}, for a call that is to be placed now: a call that was placed before may have had its time since.
 * @param now in ms since 1970
 */
export function aTimeToCome(zone: string, now: number): Check<string> {
	return (given) => {
		const time = aTime(zone)(given);
		return 'value' in time && Date.parse(time.value) < now - GRACE_MS
			? {
					found: `lies in the past: ${shown(time.value)}`,
					advice: 'Enter a time to come, or remove the field to call at once.',
				}
			: time;
	};
}

function readTime(given: unknown, zone: string): DateTime | undefined {
	// A DateTime of another copy of luxon, as n8n's expressions give it, fails `instanceof`.
	if (DateTime.isDateTime(given)) return given;
	if (isDate(given)) return DateTime.fromJSDate(given, { zone });
	if (typeof given !== 'string') return undefined;
	// Beside an offset a zone's name adds nothing, and luxon would go by the name alone.
	const text = given.trim().replace(/(Z|[+-]\d{2}:?\d{2})\[[^\]]*\]$/i, '$1');
	// luxon takes "2030" or "10:30" for a date as well: too little to ring somebody by.
	if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
	const iso = DateTime.fromISO(text, { zone, setZone: true });
	return iso.isValid ? iso : DateTime.fromSQL(text, { zone, setZone: true });
}

/** Also for a date made outside this module's own realm, which `instanceof` does not know. */
function isDate(given: unknown): given is Date {
	return Object.prototype.toString.call(given) === '[object Date]';
}
