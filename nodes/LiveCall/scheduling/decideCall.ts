import type { IDataObject } from 'n8n-workflow';
import { messages } from '../../shared/errors/messages';
import { filterTopic } from '../../shared/errors/topics';
import { shownTime } from '../../shared/time';
import type { Item } from '../execution/item';
import { onlyZoneOf } from './callingHours';
import { planCall, type CallPreferences } from './plan';

/** The label of the field in which a person has named a target group. */
export function fieldOf(filterId: string, [first]: CallPreferences['filterIds']): string {
	return filterId === first ? 'Target Group' : 'Fallback Target Groups';
}

/**
 * Decides when a call is placed and which target group gets it.
 * @returns the target group and the time, `undefined` for at once; or the output of an item that is skipped
 * @throws NodeOperationError if a person wants the item to fail, or there is no time; NodeApiError if LiveCall
 *   does not say who can be reached
 */
export async function decideCall(
	item: Item,
	preferences: CallPreferences,
): Promise<{ filterId: string; at?: string } | { skipped: IDataObject }> {
	const { filterIds, whenUnavailable, callingHours, outsideHours } = preferences;
	const now = Date.now();
	const plan = await planCall(preferences, now, async (filterId) =>
		item.expect(
			await item.run.availability.of(filterId, item.client),
			filterTopic(filterId, fieldOf(filterId, filterIds)),
		),
	);
	if (!('none' in plan)) return plan;

	const zone = onlyZoneOf(callingHours) ?? item.run.functions.getTimezone();
	const when = (at: number) =>
		at === now ? 'now' : `on ${shownTime(new Date(at).toISOString(), zone)}`;
	switch (plan.none) {
		case 'noTimeToCome':
			throw item.wrong(messages.noTimeToCome(filterIds, callingHours !== undefined));
		case 'noHoursToCome':
			throw item.wrong(messages.noHoursToCome(when(plan.at)));
		case 'nobodyReachable':
			if (whenUnavailable === 'fail')
				throw item.wrong(messages.nobodyReachable(filterIds, when(plan.at)));
			return { skipped: { reason: 'unavailable', filter: plan.filter } };
		case 'outsideHours':
			if (outsideHours === 'fail') throw item.wrong(messages.outsideHours(when(plan.at)));
			return { skipped: { reason: 'outside_hours' } };
	}
}
