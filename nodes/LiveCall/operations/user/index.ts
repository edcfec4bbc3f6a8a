import type { ResourceOperations } from '../../execution/operation';
import { create } from './create';
import { remove } from './delete';
import { get } from './get';
import { getAll } from './getAll';
import { update } from './update';
import { upsert } from './upsert';

export const user: ResourceOperations = {
	option: { name: 'User', value: 'user' },
	default: 'getAll',
	operations: [create, upsert, remove, get, getAll, update],
};
