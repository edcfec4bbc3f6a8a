import { DateTime } from 'luxon';

/**
 * A moment as a person reads it, with its zone: `Mon 30 Nov 2026, 00:00 (America/New_York)`.
 * @param iso the moment as ISO 8601, with an offset; what is written in another way is shown as it is
 * @param zone the IANA name of the zone in which it is shown
 */
export function shownTime(iso: string, zone: string): string {
	const time = DateTime.fromISO(iso, { zone });
	if (!time.isValid) return iso;
	return `${time.toFormat('ccc d LLL yyyy, HH:mm', { locale: 'en' })} (${zone})`;
}

/**
 * A length of time in words, e.g. `1.5 seconds`.
 * @param ms in ms
 */
export function seconds(ms: number): string {
	const count = Math.round(ms / 100) / 10;
	return count === 1 ? '1 second' : `${count} seconds`;
}
