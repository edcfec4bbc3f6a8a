import { DateTime, IANAZone } from 'luxon';

/** Whether luxon knows a time zone of this name. Any text may stand in n8n's GENERIC_TIMEZONE. */
export function isTimeZone(name: string): boolean {
	return IANAZone.isValidZone(name);
}

/**
 * Whether a name stands for one time zone only: in continent and city, or for UTC. Of three letters such as BST or IST,
 * ICU makes a zone that is seldom the one that is meant (BST is Dhaka's).
 */
export function isClearZone(name: string): boolean {
	return /^(?:GMT|UTC|Z)$/i.test(name) || (/^[a-z_+-]+\//i.test(name) && isTimeZone(name));
}

/**
 * A moment as a person reads it, with its zone: `Mon 30 Nov 2026, 00:00 (America/New_York)`.
 * @param iso the moment as ISO 8601, with an offset; what is written in another way is shown as it is
 * @param zone the IANA name of the zone in which it is shown; UTC stands in for one that is none
 */
export function shownTime(iso: string, zone: string): string {
	const shownIn = isTimeZone(zone) ? zone : 'UTC';
	const time = DateTime.fromISO(iso, { zone: shownIn });
	if (!time.isValid) return iso;
	return `${time.toFormat('ccc d LLL yyyy, HH:mm', { locale: 'en' })} (${shownIn})`;
}

/**
 * A length of time in words, e.g. `1.5 seconds`.
 * @param ms in ms
 */
export function seconds(ms: number): string {
	const count = Math.round(ms / 100) / 10;
	return count === 1 ? '1 second' : `${count} seconds`;
}
