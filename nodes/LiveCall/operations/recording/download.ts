import type { IBinaryData } from 'n8n-workflow';
import { getRecording, type Recording } from '../../../shared/api/endpoints';
import { certaintyOf, isStatus, type FailureKind } from '../../../shared/api/outcome';
import { repeatedly } from '../../../shared/api/repeat';
import { messages } from '../../../shared/errors/messages';
import { recordingFileTopic, recordingTopic } from '../../../shared/errors/topics';
import type { Result } from '../../../shared/result';
import { callIdField } from '../../fields/commonFields';
import { aNumber, anId, anyText, someText } from '../../../shared/input/checks';
import type { Operation } from '../../execution/operation';
import type { Item } from '../../execution/item';
import { lookUntil } from '../../execution/poll';
import { fileNameOf } from './fileName';
import { mimeTypeOf } from './mimeType';
import { openRecording, type RecordingStream } from './openRecording';

/** What a look for a recording brings: the recording with its file, or why there is none yet. */
type Look = { recording: Recording; binary: IBinaryData } | { notYet: Error };

/** How long to wait between two looks for a recording that is not ready, in ms. */
const LOOK_AGAIN_MS = 2_000;

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

/**
 * Looks for a recording until its file is there.
 * @param wanted the name to give it; empty where it keeps its own
 * @param waitMs for how long to look again, from the start of the run, in ms
 * @throws NodeOperationError or NodeApiError when there is none in time
 */
async function fetchRecording(
	item: Item,
	callId: string,
	wanted: string,
	waitMs: number,
): Promise<Exclude<Look, { notYet: Error }>> {
	let renewed = false;
	const attempt = async (): Promise<Result<Look, FailureKind>> => {
		const link = await askForLink(item, callId);
		if (!link.ok) return { ok: true, value: { notYet: link.error } };
		const recording = link.value;
		const file = await openRecording(item.run.functions, recording.url, item.timeoutMs);
		if (file.ok) return await store(item, callId, recording, file.value, wanted);
		if (file.error.kind === 'unreadable' && file.error.what === 'empty') {
			return { ok: true, value: { notYet: item.wrong(messages.noFile(callId)) } };
		}
		const refused = refusalIn(file.error);
		if (refused === undefined) return file;
		if (renewed) {
			return { ok: true, value: { notYet: item.wrong(messages.linkRefused(callId, refused)) } };
		}
		// It may have expired on its way here: LiveCall's links are valid for a short time only.
		renewed = true;
		return await attempt();
	};
	const look = async (): Promise<Look> => {
		const { maxRetries, run } = item;
		const seen = await repeatedly('GET', attempt, { maxRetries, signal: run.signal });
		if (seen.ok) return seen.value;
		throw item.failed(seen.error, recordingFileTopic(callId));
	};
	const wait = {
		look,
		isOver: (latest: Look) => !('notYet' in latest),
		pauseMs: () => LOOK_AGAIN_MS,
		deadline: item.run.startedAt + waitMs,
	};
	// Only looks that wait take turns: a run that takes what is there is as quick as it can be.
	const seen = waitMs > 0 ? await lookUntil(item, wait) : await look();
	if ('notYet' in seen) throw seen.notYet;
	return seen;
}

/** Asks for the link; an error says that there is no recording, or none yet. */
async function askForLink(item: Item, callId: string): Promise<Result<Recording, Error>> {
	const topic = recordingTopic(callId);
	const reply = await item.client.send(getRecording(callId));
	if (!reply.ok && isStatus(reply.error.how, 404)) {
		return { ok: false, error: item.failed(reply.error, topic) };
	}
	const recording = item.expect(reply, topic);
	return recording
		? { ok: true, value: recording }
		: { ok: false, error: item.wrong(topic.notFound) };
}

/**
 * The status with which the host refuses a link, for good or since it has expired: LiveCall documents none. In storage
 * of Amazon's kind a file that is not there yet is refused as well, with 404 or 403.
 */
function refusalIn(how: FailureKind): number | undefined {
	return how.kind === 'status' && !how.byProxy && certaintyOf(how) === 'refused'
		? how.status
		: undefined;
}

/** Hands the stream to n8n's binary storage, which takes it in piece by piece. */
async function store(
	item: Item,
	callId: string,
	recording: Recording,
	{ stream, contentDisposition, contentType }: RecordingStream,
	wanted: string,
): Promise<Result<Look, FailureKind>> {
	const fileName = fileNameOf(wanted, contentDisposition, contentType, callId);
	const { helpers } = item.run.functions;
	// n8n waits for the end of a stream that has failed before (n8n 2.41, `streamToBuffer`).
	if (stream.errored) return { ok: false, error: { kind: 'brokeOff' } };
	try {
		const mimeType = mimeTypeOf(contentType, fileName);
		const binary = await helpers.prepareBinaryData(stream, fileName, mimeType);
		return { ok: true, value: { recording, binary } };
	} catch (error) {
		if (item.run.signal?.aborted) return { ok: false, error: { kind: 'canceled' } };
		// Node.js tells a body that is shorter than announced, as it is sent and so before it is decoded.
		if (stream.errored) return { ok: false, error: { kind: 'brokeOff' } };
		throw item.wrong(messages.notStored(callId, messageWithoutAddress(error)));
	}
}

/** An address in it may be the link, which is a secret, or lead to where n8n keeps its files. */
function messageWithoutAddress(error: unknown): string | undefined {
	return error instanceof Error && !error.message.includes('://') ? error.message : undefined;
}
