import type { IBinaryData } from 'n8n-workflow';
import { getRecording, type Recording } from '../../../shared/api/endpoints';
import { isStatus, type Failure, type FailureKind } from '../../../shared/api/outcome';
import { repeatedly } from '../../../shared/api/repeat';
import { ownWords } from '../../../shared/failures/ownWords';
import { recordingFileTopic, recordingTopic } from '../../../shared/failures/topics';
import type { Result } from '../../../shared/result';
import { callIdField } from '../../fields/common';
import { aNumber, anId, anyText, someText } from '../../input/checks';
import type { Operation } from '../../operation';
import type { Item } from '../../run/item';
import { lookUntil } from '../../run/poll';
import { fileNameOf } from './fileName';
import { mimeTypeOf } from './mimeType';
import { openRecording, type RecordingStream } from './openRecording';

/** A recording, and its file as it begins to arrive. */
interface OpenedRecording {
	recording: Recording;
	file: RecordingStream;
}

/** How long to wait between two looks for a recording that is not ready, in ms. */
const LOOK_AGAIN_MS = 2_000;

/** Statuses with which download hosts refuse a link that has expired; LiveCall documents none. */
const EXPIRED = new Set([401, 403, 404, 410]);

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
			description: 'For how long to look again while there is no recording yet, in seconds',
			hint: 'In seconds',
		},
	],
	async execute(item) {
		const callId = item.read('callId', anId);
		const property = item.read('binaryPropertyName', someText);
		const wanted = item.option('fileName', anyText, '');
		const waitSeconds = item.option('waitForRecording', aNumber('seconds', 0, 86_400), 0);

		const readyBy = Date.now() + waitSeconds * 1000;
		const { recording, file } = await open(item, callId, readyBy);
		const fileName = fileNameOf(wanted, file.contentDisposition, file.contentType, callId);
		const binary = await store(item, callId, file, fileName);
		return {
			json: { id: recording.id, call_id: recording.call_id ?? callId },
			binary: { [property]: binary },
		};
	},
};

/** Asks for the link and opens it at once, with a fresh link for each try, and one more where it was refused. */
async function open(item: Item, callId: string, readyBy: number): Promise<OpenedRecording> {
	let renewed = false;
	const attempt = async (): Promise<Result<OpenedRecording, FailureKind>> => {
		const recording = await askForLink(item, callId, readyBy);
		const file = await openRecording(item.run.functions, recording.url, item.timeoutMs);
		if (file.ok) return { ok: true, value: { recording, file: file.value } };
		if (renewed || !isExpired(file.error)) return file;
		renewed = true;
		return await attempt();
	};
	const { maxRetries } = item;
	const opened = await repeatedly('GET', attempt, { maxRetries, signal: item.run.signal });
	if (opened.ok) return opened.value;
	throw downloadFailed(item, callId, opened.error);
}

/** Asks for the link; while there is no recording yet, again until the time is over. */
async function askForLink(item: Item, callId: string, readyBy: number): Promise<Recording> {
	const reply = await lookUntil(item, {
		look: async () => await item.client.send(getRecording(callId)),
		isOver: (seen) => seen.ok || !isStatus(seen.error.how, 404),
		pauseMs: () => LOOK_AGAIN_MS,
		deadline: readyBy,
	});
	return item.expect(reply, recordingTopic(callId));
}

/** Hands the stream to n8n's binary storage, which takes it in piece by piece. */
async function store(
	item: Item,
	callId: string,
	file: RecordingStream,
	fileName: string,
): Promise<IBinaryData> {
	const { helpers } = item.run.functions;
	if (file.announcedBytes === 0) {
		file.stream.destroy();
		throw item.wrong(ownWords.incompleteRecording(callId, 'was empty'));
	}
	let binary: IBinaryData | undefined;
	try {
		binary = await helpers.prepareBinaryData(
			file.stream,
			fileName,
			mimeTypeOf(file.contentType, fileName),
		);
	} catch {
		// What is thrown here may hold the link.
		binary = undefined;
	}
	if (item.run.signal?.aborted) throw item.wrong(ownWords.canceledWhileWaiting());
	if (!binary) throw item.wrong(ownWords.incompleteRecording(callId, 'broke off before its end'));
	const bytes = await sizeOf(item, binary);
	if (bytes === 0) throw item.wrong(ownWords.incompleteRecording(callId, 'was empty'));
	if (file.announcedBytes !== undefined && bytes < file.announcedBytes) {
		throw item.wrong(
			ownWords.incompleteRecording(
				callId,
				`broke off after ${bytes} of ${file.announcedBytes} bytes`,
			),
		);
	}
	return binary;
}

/** How many bytes were stored; n8n 1.x does not say so in the item. */
async function sizeOf(item: Item, binary: IBinaryData): Promise<number> {
	if (typeof binary.bytes === 'number') return binary.bytes;
	if (binary.id) return (await item.run.functions.helpers.getBinaryMetadata(binary.id)).fileSize;
	return Buffer.byteLength(binary.data, 'base64');
}

function downloadFailed(item: Item, callId: string, failure: Failure): Error {
	const { how } = failure;
	return how.kind === 'status' && isExpired(how)
		? item.wrong(ownWords.linkRefused(callId, how.status))
		: item.failed(failure, recordingFileTopic(callId));
}

function isExpired(how: FailureKind): boolean {
	return how.kind === 'status' && EXPIRED.has(how.status);
}
