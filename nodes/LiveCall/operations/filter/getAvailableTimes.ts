import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';
import { getFilter } from '../../../shared/api/endpoints';
import { messages } from '../../../shared/errors/messages';
import { filterTopic } from '../../../shared/errors/topics';
import { limitField, returnAllField, timeZoneField } from '../../fields/commonFields';
import { filterLocator } from '../../fields/locators';
import { aLocator, aNumber, aSwitch, type Check } from '../../../shared/input/checks';
import { ifGiven } from '../../../shared/input/empty';
import { aLocale, aTimeZone } from '../../../shared/input/hours';
import { aMoment } from '../../../shared/input/times';
import type { Operation } from '../../execution/operation';
import { freeTimesAfter } from '../../../shared/api/freeTimes';

const DEFAULT_LOCALE = 'en';

/** Lists the times at which a target group can be reached, for a customer to choose from. */
export const getAvailableTimes: Operation = {
	option: {
		name: 'Get Many Available Times',
		value: 'getAvailableTimes',
		action: 'Get many available times of a target group',
		description:
			'List the times to come at which a consultant can be reached, each with a label to choose it by',
	},
	kind: 'read',
	fields: [filterLocator, returnAllField, { ...limitField, default: 10 }],
	options: [
		{
			displayName: 'After',
			name: 'after',
			type: 'dateTime',
			default: '',
			description:
				'Leaves out earlier times. A time that does not end in its own zone, such as +01:00, is read in "Time Zone".',
		},
		{
			displayName: 'Before',
			name: 'before',
			type: 'dateTime',
			default: '',
			description:
				'Leaves out later times, and this one. A time that does not end in its own zone, such as +01:00, is read in "Time Zone".',
		},
		{
			displayName: 'Locale',
			name: 'locale',
			type: 'string',
			default: DEFAULT_LOCALE,
			placeholder: 'e.g. de',
			description:
				'The language of weekday and label, with a country or without one: "en" gives "Thu, 26 Nov, 14:30", "en-US" gives "Thu, Nov 26, 2:30 PM"',
			hint: 'A language, e.g. de or en-US',
		},
		{
			...timeZoneField,
			placeholder: 'e.g. Europe/Berlin',
			description:
				"The customer's time zone, in which the times come out. If this is empty, the workflow's time zone is used.",
		},
	],
	hint: (results) =>
		results.length === 0
			? 'LiveCall names no time to come at which somebody of the target group can be reached, or none between "After" and "Before".'
			: undefined,
	async execute(item) {
		const filterId = item.read('filterId', aLocator('targeting'));
		const returnAll = item.read('returnAll', aSwitch);
		const limit = returnAll ? Infinity : item.read('limit', aNumber('times', 1, Infinity, true));
		const given = <T>(name: string, check: Check<T>) =>
			item.readAdded('options', name, ifGiven(check));
		const zone = given('timeZone', aTimeZone) ?? item.timeZone;
		const locale = given('locale', aLocale) ?? DEFAULT_LOCALE;
		const after = given('after', aMoment(zone));
		const before = given('before', aMoment(zone));
		const [from, to] = [after?.at ?? 0, before?.at ?? Infinity];
		if (from >= to) throw item.wrong(messages.noTimeBetween());

		const filter = await item.ask(getFilter(filterId), filterTopic(filterId));
		return freeTimesAfter(filter, Date.now())
			.filter(({ at }) => from <= at && at < to)
			.slice(0, limit)
			.map(({ at }) => ({ json: choiceOf(filter.id, at, zone, locale) }));
	},
};

/** A free time as the item that comes out. */
function choiceOf(
	filterId: string | number,
	at: number,
	zone: string,
	locale: string,
): IDataObject {
	// Programs read these digits; other languages have others.
	const time = DateTime.fromMillis(at, { zone, locale: DEFAULT_LOCALE });
	const shown = time.setLocale(locale);
	return {
		filter_id: filterId,
		time: time.toISO({ suppressMilliseconds: true }),
		date: time.toISODate(),
		time_of_day: time.toFormat('HH:mm'),
		weekday: shown.toFormat('cccc'),
		label: labelOf(shown),
	};
}

/**
 * A time as people write it who live by its locale. "en" names no country: there the day comes before the month, and
 * the hours are counted to 24.
 */
function labelOf(time: DateTime): string {
	if (time.locale === 'en') return time.toFormat('ccc, d LLL, HH:mm');
	return time.toLocaleString({
		weekday: 'short',
		day: 'numeric',
		month: 'short',
		hour: 'numeric',
		minute: '2-digit',
	});
}
