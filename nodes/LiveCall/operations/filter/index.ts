import type { ResourceOperations } from '../../execution/operation';
import { checkAvailability } from './checkAvailability';
import { getAvailableTimes } from './getAvailableTimes';

export const filter: ResourceOperations = {
	option: {
		name: 'Target Group',
		value: 'filter',
		description: "LiveCall's API calls it a filter",
	},
	default: 'checkAvailability',
	operations: [checkAvailability, getAvailableTimes],
};
