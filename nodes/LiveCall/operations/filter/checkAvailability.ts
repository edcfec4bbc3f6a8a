import { getFilter } from '../../../shared/api/endpoints';
import { filterTopic } from '../../../shared/errors/topics';
import { filterLocator } from '../../fields/locators';
import { aLocator } from '../../../shared/input/checks';
import type { Operation } from '../../execution/operation';
import { freeTimesAfter, isAvailable } from '../../../shared/api/freeTimes';

/** Reads whether a target group can be reached, and when next. */
export const checkAvailability: Operation = {
	option: {
		name: 'Check Availability',
		value: 'checkAvailability',
		action: 'Check the availability of a target group',
		description: 'See whether a consultant of a target group can be reached now, and when next',
	},
	kind: 'read',
	fields: [filterLocator],
	async execute(item) {
		const filterId = item.read('filterId', aLocator('targeting'));
		const filter = await item.ask(getFilter(filterId), filterTopic(filterId));
		const [next] = freeTimesAfter(filter, Date.now());
		const found = {
			is_available: isAvailable(filter),
			next_available_call_time: next?.text ?? null,
		};
		// First, since the list of times is long.
		return { json: { ...found, ...filter, ...found } };
	},
};
