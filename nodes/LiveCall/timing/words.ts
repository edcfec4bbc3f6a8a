import { DateTime } from 'luxon';

/** A time in a message: `Thu, 26 Nov 2026, 14:30 (Europe/Berlin)`. */
export function timeInWords(at: number, zone: string): string {
	const time = DateTime.fromMillis(at, { zone, locale: 'en' });
	return `${time.toFormat('ccc, d LLL yyyy, HH:mm')} (${zone})`;
}

/**
 * A time to choose from, for people who live by a locale's habits. "en" names no country whose habits to follow: there
 * the day comes before the month, and the hours are counted to 24.
 */
export function timeLabel(at: number, zone: string, locale: string): string {
	const time = DateTime.fromMillis(at, { zone, locale });
	if (locale === 'en') return time.toFormat('ccc, d LLL, HH:mm');
	return time.toLocaleString({
		weekday: 'short',
		day: 'numeric',
		month: 'short',
		hour: 'numeric',
		minute: '2-digit',
	});
}
