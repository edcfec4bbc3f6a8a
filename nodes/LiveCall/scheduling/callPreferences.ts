import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../shared/json';
import { HOURS_BY_DEFAULT } from '../fields/callingHours';
import {
	aNumber,
	aSwitch,
	inGroup,
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
	const hours = item.readAdded('options', 'callingHours', someHours(phoneNumber));
	return {
		filterIds: [filterId, ...fallbacks.filter((fallback) => fallback !== filterId)],
		whenUnavailable: item.option('whenUnavailable', oneOf(...WHEN_UNAVAILABLE), 'place'),
		callingHours: hours && { ...hours, zones: hours.zones ?? [item.timeZone] },
		outsideHours: item.option('outsideHours', oneOf(...OUTSIDE_HOURS), 'schedule'),
	};
}

/** In minutes; a day at most, since hours are no longer. */
const aSpread = aNumber('minutes', 0, 24 * 60, true);

/** Hours without a zone are read in the workflow's. */
type Hours = Omit<CallingHours, 'zones'> & { zones: CallingHours['zones'] | undefined };

/** @param phoneNumber the customer's, for hours that go by its country */
function someHours(phoneNumber: string): Check<Hours> {
	return (given) => {
		const group: IDataObject = { ...HOURS_BY_DEFAULT, ...(isObject(given) ? given : {}) };
		const from = within('From', aTimeOfDay)(group.from);
		if (!from.ok) return from;
		const to = within('To', aTimeOfDay)(group.to);
		if (!to.ok) return to;
		const days = within('Days', someWeekdays)(group.days);
		if (!days.ok) return days;
		const notOn = within('Not On', someDates)(group.notOn);
		if (!notOn.ok) return notOn;
		const spread = within('Spread Over', aSpread)(group.spread);
		if (!spread.ok) return spread;
		const zones = someZones(group, phoneNumber);
		if (!zones.ok) return zones;
		return valid({
			from: from.value,
			to: to.value,
			days: days.value,
			notOn: notOn.value.map(dayOf),
			spread: spread.value,
			zones: zones.value,
		});
	};
}

/** The time zones in which the hours have to hold: those of the number's country, or the one that is named, if one is. */
function someZones(group: IDataObject, phoneNumber: string): ReturnType<Check<Hours['zones']>> {
	const label = 'Time Zone From Phone Number';
	const isFromNumber = within(label, aSwitch)(group.zoneFromNumber);
	if (!isFromNumber.ok) return isFromNumber;
	if (isFromNumber.value) return within(label, zonesOfNumber)(phoneNumber);
	const named = within('Time Zone', ifGiven(aTimeZone))(group.timeZone);
	if (!named.ok) return named;
	return valid(named.value === undefined ? undefined : [named.value]);
}

const zonesOfNumber: Check<CallingHours['zones']> = (phoneNumber) => {
	const digits = internationalDigits(String(phoneNumber));
	const code = callingCodeOf(digits ?? '');
	const [first, ...others] = code === undefined ? [] : zonesOf(code);
	return first === undefined
		? invalid(
				`needs the country code of a phone number, but ${shown(phoneNumber)} ${digits === undefined ? 'has none' : 'begins with that of no country that has a time zone'}`,
				'Enter "Phone Number" with its country code, e.g. +49 30 1234567, or choose a "Time Zone" instead.',
			)
		: valid([first, ...others]);
};

/** A check of one field of a group, which is what the message begins with. */
function within<T>(label: string, check: Check<T>): Check<T> {
	return (given) => {
		const checked = check(given);
		return checked.ok ? checked : { ok: false, error: inGroup(label, checked.error) };
	};
}
