import { aNumber, anId, anyText, someText } from '../../../shared/input/checks';
import type { Operation } from '../../execution/operation';
import { callIdField } from '../../fields/commonFields';
import { fetchRecording } from './fetchRecording';

/** Fetches a recording as a file: streamed, under its own name, without the API key. */
export const download: Operation = {
	option: {
		name: 'Download',
		value: 'download',
		action: 'Download a recording',
		description: 'Get the recording of a call as a file',
	},
	kind: 'download',
	fields: [
		callIdField,
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			default: 'data',
			required: true,
			hint: 'The name of the output binary field to put the file in',
			description: 'Where following nodes find the file',
		},
	],
	options: [
		{
			displayName: 'File Name',
			name: 'fileName',
			type: 'string',
			default: '',
			placeholder: 'e.g. call-123.mp3',
			description: "What to call the file; without this option it keeps LiveCall's name",
		},
		{
			displayName: 'Wait for Recording',
			name: 'waitForRecording',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'For how long to look again while there is no recording, no link to it or no file yet, in seconds from the start of the run',
			hint: 'In seconds',
		},
	],
	async execute(item) {
		const callId = item.read('callId', anId);
		const property = item.read('binaryPropertyName', someText);
		const wanted = item.option('fileName', anyText, '');
		const waitSeconds = item.option('waitForRecording', aNumber('seconds', 0, 86_400), 0);

		const { recording, binary } = await fetchRecording(item, callId, wanted, waitSeconds * 1000);
		return {
			json: { id: recording.id, call_id: recording.call_id ?? callId },
			binary: { [property]: binary },
		};
	},
};
