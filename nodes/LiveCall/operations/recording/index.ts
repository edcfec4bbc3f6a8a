import type { ResourceOperations } from '../../execution/operation';
import { download } from './download';
import { get } from './get';

export const recording: ResourceOperations = {
	option: { name: 'Recording', value: 'recording' },
	default: 'download',
	operations: [download, get],
};
