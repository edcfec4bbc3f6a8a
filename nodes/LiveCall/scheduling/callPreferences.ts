import { HOURS_BY_DEFAULT } from '../fields/callingHours';
import {
	aNumber,
	aSwitch,
	invalid,
	oneOf,
	shown,
	valid,
	type Check,
} from '../../shared/input/checks';
import { someDates } from '../../shared/input/dates';
import { ifGiven } from '../../shared/input/empty';
import { aTimeOfDay, aTimeZone, someWeekdays } from '../../shared/input/hours';
import { someTargetGroups } from '../../shared/input/targetGroups';
import type { Item } from '../execution/item';
import type { ReadField } from '../execution/parameters';
import { dayOf, type CallingHours } from './callingHours';
import { callingCodeOf, internationalDigits, zonesOf } from './countries';
import { OUTSIDE_HOURS, WHEN_UNAVAILABLE, type CallPreferences } from './plan';

/**
 * Reads and checks what a person wants of a call's time and of who takes it, but for the time itself.
 * @param filterId the target group that is asked first
 * @param phoneNumber the customer's, for the hours in the customer's country
 * @throws NodeOperationError that names the option
 */
export function readCallPreferences(
	item: Item,
	filterId: string,
	phoneNumber: string,
): Omit<CallPreferences, 'scheduledFor'> {
	const fallbacks = item.readAdded('options', 'fallbackFilterIds', ifGiven(someTargetGroups)) ?? [];
	const readHour = item.readGroup('callingHours', HOURS_BY_DEFAULT);
	const callingHours = readHour && readHours(item, readHour, phoneNumber);
	return {
		filterIds: [filterId, ...fallbacks.filter((fallback) => fallback !== filterId)],
		whenUnavailable: item.option('whenUnavailable', oneOf(...WHEN_UNAVAILABLE), 'place'),
		callingHours,
		outsideHours: item.option('outsideHours', oneOf(...OUTSIDE_HOURS), 'schedule'),
	};
}

/** In minutes; a day at most, since hours are no longer. */
const aSpread = aNumber('minutes', 0, 24 * 60, true);

function readHours(item: Item, read: ReadField, phoneNumber: string): CallingHours {
	return {
		from: read('from', aTimeOfDay),
		to: read('to', aTimeOfDay),
		days: read('days', someWeekdays),
		notOn: read('notOn', someDates).map(dayOf),
		spread: read('spread', aSpread),
		zones: readZones(item, read, phoneNumber),
	};
}

/** The time zones in which the hours have to hold: of the number's country, else the one that is named, else the workflow's. */
function readZones(item: Item, read: ReadField, phoneNumber: string): CallingHours['zones'] {
	if (read('zoneFromNumber', aSwitch)) {
		return read('zoneFromNumber', () => zonesOfNumber(phoneNumber));
	}
	return [read('timeZone', ifGiven(aTimeZone)) ?? item.timeZone];
}

function zonesOfNumber(phoneNumber: string): ReturnType<Check<CallingHours['zones']>> {
	const digits = internationalDigits(phoneNumber);
	const code = callingCodeOf(digits ?? '');
	const [first, ...others] = code === undefined ? [] : zonesOf(code);
	return first === undefined
		? invalid(
				`needs the country code of a phone number, but ${shown(phoneNumber)} ${digits === undefined ? 'has none' : 'begins with that of no country that has a time zone'}`,
				'Enter "Phone Number" with its country code, e.g. +49 30 1234567, or choose a "Time Zone" instead.',
			)
		: valid([first, ...others]);
}
