import type { ResourceOperations } from '../../operation';
import { checkAvailability } from './checkAvailability';

export const filter: ResourceOperations = {
	option: { name: 'Filter (Target Group)', value: 'filter' },
	default: 'checkAvailability',
	operations: [checkAvailability],
};
