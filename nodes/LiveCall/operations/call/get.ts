import { getCall } from '../../../shared/api/endpoints';
import { simplifyCall } from '../../../shared/call';
import { callTopic } from '../../../shared/failures/topics';
import { callIdField, simplifyField } from '../../fields/common';
import { anId, aSwitch } from '../../input/checks';
import type { Operation } from '../../operation';

/** Reads a call. */
export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get a call',
		description: 'Read how far a call has come, and its outcome',
	},
	kind: 'read',
	fields: [callIdField, simplifyField],
	async execute(item) {
		const callId = item.read('callId', anId);
		const simplify = item.read('simplify', aSwitch);
		const call = await item.ask(getCall(callId), callTopic(callId));
		return { json: simplify ? simplifyCall(call) : call };
	},
};
