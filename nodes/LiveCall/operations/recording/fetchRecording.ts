import type { IBinaryData } from 'n8n-workflow';
import { getRecording, type Recording } from '../../../shared/api/endpoints';
import { isRefusal, seemsNotFound, type Attempt } from '../../../shared/api/outcome';
import { repeatedly } from '../../../shared/api/repeat';
import { messages } from '../../../shared/errors/messages';
import { recordingFileTopic, recordingTopic } from '../../../shared/errors/topics';
import type { Result } from '../../../shared/result';
import type { Item } from '../../execution/item';
import { lookUntil } from '../../execution/poll';
import { openRecording } from './openRecording';
import { storeRecording } from './storeRecording';

/** A recording, and where n8n keeps its file. */
interface StoredRecording {
	recording: Recording;
	binary: IBinaryData;
}

/** What a look for a recording brings: the recording with its file, or why there is none yet. */
type Look = StoredRecording | { notYet: Error };

/** How long to wait between two looks for a recording that is not ready, in ms. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Looks for a recording until its file is there.
 * @param wanted the name to give it; empty if it keeps its own
 * @param waitMs for how long to look again, from the start of the run, in ms
 * @throws NodeOperationError or NodeApiError when there is none in time
 */
export async function fetchRecording(
	item: Item,
	callId: string,
	wanted: string,
	waitMs: number,
): Promise<StoredRecording> {
	let renewed = false;
	const attempt = async (): Promise<Attempt<Look>> => {
		const link = await askForLink(item, callId);
		if (!link.ok) return notYet(link.error);
		const recording = link.value;
		const opened = await openRecording(item.run.functions, recording.url, item.timeoutMs);
		if (opened.ok) {
			const stored = await storeRecording(item, callId, opened.value, wanted);
			return stored.ok ? { ok: true, value: { recording, binary: stored.value } } : stored;
		}
		if (opened.error.kind === 'unreadable' && opened.error.what === 'empty') {
			return notYet(item.wrong(messages.noFile(callId)));
		}
		// LiveCall documents no status for it. In storage of Amazon's kind a file that is not there yet is refused as well,
		// with 404 or 403.
		if (!isRefusal(opened.error)) return opened;
		if (renewed) return notYet(item.wrong(messages.linkRefused(callId, opened.error.status)));
		// It may have expired on its way here: LiveCall's links are valid for a short time only.
		renewed = true;
		return await attempt();
	};
	const look = async (): Promise<Look> => {
		const { maxRetries, run } = item;
		const seen = await repeatedly('always', attempt, { maxRetries, signal: run.signal });
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

function notYet(why: Error): { ok: true; value: Look } {
	return { ok: true, value: { notYet: why } };
}

/** Asks for the link; an error says that there is no recording, or none yet. */
async function askForLink(item: Item, callId: string): Promise<Result<Recording, Error>> {
	const topic = recordingTopic(callId);
	const reply = await item.client.send(getRecording(callId));
	if (!reply.ok && seemsNotFound(reply.error.how)) {
		return { ok: false, error: item.failed(reply.error, topic) };
	}
	const recording = item.expect(reply, topic);
	return recording
		? { ok: true, value: recording }
		: { ok: false, error: item.wrong(topic.notFound) };
}
