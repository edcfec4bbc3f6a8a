import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../shared/json';
import { PROPOSED_HOURS } from '../fields/scheduling';
import { inGroup, oneOf, valid, type Check } from '../../shared/input/checks';
import { ifGiven } from '../../shared/input/empty';
import { aTimeOfDay, aTimeZone, someWeekdays } from '../../shared/input/hours';
import { someTargetGroups } from '../../shared/input/targetGroups';
import type { Item } from '../execution/item';
import type { CallingHours } from './callingHours';
import { OUTSIDE_HOURS, WHEN_UNAVAILABLE, type CallPreferences } from './plan';

/**
 * Reads and checks what a person wants of a call's time and of who takes it, but for the time itself.
 * @param filterId the target group that is asked first
 * @throws NodeOperationError that names the option
 */
export function readCallPreferences(
	item: Item,
	filterId: string,
): Omit<CallPreferences, 'scheduledFor'> {
	const fallbacks = item.readAdded('options', 'fallbackFilterIds', ifGiven(someTargetGroups)) ?? [];
	const hours = item.readAdded('options', 'callingHours', someHours);
	return {
		filterIds: [filterId, ...fallbacks.filter((fallback) => fallback !== filterId)],
		whenUnavailable: item.option('whenUnavailable', oneOf(...WHEN_UNAVAILABLE), 'place'),
		callingHours: hours && { ...hours, zone: hours.zone ?? item.timeZone },
		outsideHours: item.option('outsideHours', oneOf(...OUTSIDE_HOURS), 'schedule'),
	};
}

/** The label of the field in which a person has named a target group. */
export function fieldOf(
	filterId: string,
	{ filterIds }: Pick<CallPreferences, 'filterIds'>,
): string {
	return filterId === filterIds[0] ? 'Target Group' : 'Fallback Target Groups';
}

/** Hours without a zone are read in the workflow's. */
const someHours: Check<Omit<CallingHours, 'zone'> & { zone?: string }> = (given) => {
	const group: IDataObject = { ...PROPOSED_HOURS, ...(isObject(given) ? given : {}) };
	const from = within('From', aTimeOfDay)(group.from);
	if (!from.ok) return from;
	const to = within('To', aTimeOfDay)(group.to);
	if (!to.ok) return to;
	const days = within('Days', someWeekdays)(group.days);
	if (!days.ok) return days;
	const named = within('Time Zone', ifGiven(aTimeZone))(group.timeZone);
	if (!named.ok) return named;
	return valid({ from: from.value, to: to.value, days: days.value, zone: named.value });
};

/** A check of one field of a group, which is what the message begins with. */
function within<T>(label: string, check: Check<T>): Check<T> {
	return (given) => {
		const checked = check(given);
		return checked.ok ? checked : { ok: false, error: inGroup(label, checked.error) };
	};
}
