import type { ResourceOperations } from '../../execution/operation';
import { create } from './create';
import { get } from './get';
import { waitUntilEnded } from './waitUntilEnded';

export const call: ResourceOperations = {
	option: { name: 'Call', value: 'call' },
	default: 'create',
	operations: [create, get, waitUntilEnded],
};
