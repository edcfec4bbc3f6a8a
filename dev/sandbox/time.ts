import { DateTime } from 'luxon';

/** The docs' examples carry +02:00 in July: an account in central Europe. */
const ACCOUNT_ZONE = 'Europe/Warsaw';

const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** Takes ms since 1970; gives a time as calls carry it: `2017-07-17T14:43:38.586+02:00`. */
export function toCallTime(ms: number): string {
	return DateTime.fromMillis(ms, { zone: ACCOUNT_ZONE }).toFormat("yyyy-MM-dd'T'HH:mm:ss.SSSZZ");
}

/** Takes ms since 1970; gives a time as filters carry it: `2017-04-03T11:00:00Z`. */
export function toFilterTime(ms: number): string {
	return new Date(ms).toISOString().replace(/\.\d+/, '');
}

/** Takes an ISO 8601 time with an offset; gives ms since 1970, or undefined for anything else. */
export function parseOffsetTime(value: unknown): number | undefined {
	if (typeof value !== 'string' || !ISO_WITH_OFFSET.test(value)) return undefined;
	const time = DateTime.fromISO(value, { setZone: true });
	return time.isValid ? time.toMillis() : undefined;
}
