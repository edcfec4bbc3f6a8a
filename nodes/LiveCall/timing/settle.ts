import type { IDataObject } from 'n8n-workflow';
import { ownWords } from '../../shared/failures/ownWords';
import { filterTopic } from '../../shared/failures/topics';
import { shownTime } from '../../shared/time';
import type { Item } from '../run/item';
import { planCall, type Wishes } from './plan';
import { fieldOf } from './wishes';

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
