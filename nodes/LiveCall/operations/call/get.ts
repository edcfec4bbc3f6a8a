import { getCall } from '../../../shared/api/endpoints';
import { callTopic } from '../../../shared/errors/topics';
import { addUserNameOption, callIdField, simplifyField } from '../../fields/commonFields';
import { anId } from '../../../shared/input/checks';
import type { Operation } from '../../execution/operation';
import { readCallShape } from './callShape';

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
	options: [addUserNameOption],
	async execute(item) {
		const callId = item.read('callId', anId);
		const shaped = readCallShape(item);
		const call = await item.ask(getCall(callId), callTopic(callId));
		return { json: await shaped(call) };
	},
};
