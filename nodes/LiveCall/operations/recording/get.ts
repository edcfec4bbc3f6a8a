import { getRecording } from '../../../shared/api/endpoints';
import { recordingTopic } from '../../../shared/errors/topics';
import { callIdField } from '../../fields/commonFields';
import { anId } from '../../../shared/input/checks';
import type { Operation } from '../../execution/operation';

/** Gets the temporary link to a recording. */
export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get the link to a recording',
		description:
			'Get a download link that is valid for a short time only. Whoever has the link can listen.',
	},
	kind: 'read',
	fields: [callIdField],
	async execute(item) {
		const callId = item.read('callId', anId);
		const topic = recordingTopic(callId);
		const recording = await item.ask(getRecording(callId), topic);
		if (!recording) throw item.wrong(topic.notFound);
		const { id, call_id, url } = recording;
		return { json: { id, call_id, url } };
	},
};
