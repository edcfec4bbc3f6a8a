import type { IDataObject } from 'n8n-workflow';
import { ownWords } from '../../shared/failures/ownWords';
import { filterTopic } from '../../shared/failures/topics';
import { isObject } from '../../shared/json';
import { shownTime } from '../../shared/time';
import { PROPOSED_HOURS } from '../fields/timing';
import { invalid, oneOf, valid, type Check } from '../input/checks';
import { ifGiven } from '../input/empty';
import { aTimeOfDay, aTimeZone, someWeekdays } from '../input/hours';
import { someTargetGroups } from '../input/targetGroups';
import type { Item } from '../run/item';
import type { CallingHours } from './callingHours';
import { OUTSIDE_HOURS, planCall, WHEN_UNAVAILABLE, type Wishes } from './plan';

/**
 * Reads and checks what a person wants of a call's time and of who takes it, but for the time itself.
 * @param filterId the target group that is asked first
 * @throws NodeOperationError that names the option
 */
export function readWishes(item: Item, filterId: string): Omit<Wishes, 'scheduledFor'> {
	const zone = item.run.functions.getTimezone();
	const fallbacks = item.readAdded('options', 'fallbackFilterIds', ifGiven(someTargetGroups)) ?? [];
	return {
		filterIds: [filterId, ...fallbacks.filter((fallback) => fallback !== filterId)],
		whenUnavailable: item.option('whenUnavailable', oneOf(...WHEN_UNAVAILABLE), 'place'),
		callingHours: item.readAdded('options', 'callingHours', someHours(zone)),
		outsideHours: item.option('outsideHours', oneOf(...OUTSIDE_HOURS), 'schedule'),
	};
}

/**
 * Settles when a call is placed and which target group gets it.
 * @returns the target group and the time, `undefined` for at once; or the output of an item that is skipped
 * @throws NodeOperationError where a person wants the item to fail, or there is no time; NodeApiError where LiveCall
 *   does not say who can be reached
 */
export async function settle(
	item: Item,
	wishes: Wishes,
): Promise<{ filterId: string; at?: string } | { skipped: IDataObject }> {
	const { filterIds, whenUnavailable, callingHours, outsideHours } = wishes;
	const now = Date.now();
	const plan = await planCall(wishes, now, async (filterId) =>
		item.expect(
			await item.run.availability.of(filterId, item.client),
			filterTopic(filterId, fieldOf(filterId, wishes)),
		),
	);
	if (!('none' in plan)) return plan;

	const zone = callingHours?.zone ?? item.run.functions.getTimezone();
	const when = (at: number) =>
		at === now ? 'now' : `on ${shownTime(new Date(at).toISOString(), zone)}`;
	switch (plan.none) {
		case 'noTimeToCome':
			throw item.wrong(ownWords.noTimeToCome(filterIds, callingHours !== undefined));
		case 'nobodyReachable':
			if (whenUnavailable === 'fail')
				throw item.wrong(ownWords.nobodyReachable(filterIds, when(plan.at)));
			return { skipped: { reason: 'unavailable', filter: plan.filter } };
		case 'outsideHours':
			if (outsideHours === 'fail') throw item.wrong(ownWords.outsideHours(when(plan.at)));
			return { skipped: { reason: 'outside_hours' } };
	}
}

/** The label of the field in which a person has named a target group. */
export function fieldOf(filterId: string, { filterIds }: Pick<Wishes, 'filterIds'>): string {
	return filterId === filterIds[0] ? 'Target Group' : 'Fallback Target Groups';
}

/** @param zone the workflow's time zone, for hours that name none */
function someHours(zone: string): Check<CallingHours> {
	return (given) => {
		const group: IDataObject = { ...PROPOSED_HOURS, ...(isObject(given) ? given : {}) };
		const from = within('From', aTimeOfDay)(group.from);
		if (!from.ok) return from;
		const to = within('To', aTimeOfDay)(group.to);
		if (!to.ok) return to;
		const days = within('Days', someWeekdays)(group.days);
		if (!days.ok) return days;
		const named = within('Time Zone', ifGiven(aTimeZone))(group.timeZone);
		if (!named.ok) return named;
		return valid({
			from: from.value,
			to: to.value,
			days: days.value,
			zone: named.value ?? zone,
		});
	};
}

/** A check of one field of a group, which is what the message begins with. */
function within<T>(label: string, check: Check<T>): Check<T> {
	return (given) => {
		const checked = check(given);
		if (checked.ok) return checked;
		const { found, advice } = checked.error;
		return invalid(`has a field "${label}" that ${found}`, advice);
	};
}
