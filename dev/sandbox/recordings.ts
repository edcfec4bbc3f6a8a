import { randomBytes } from 'node:crypto';

import { jsonAnswer, type Answer } from './answers';
import type { CallBook } from './calls';
import { expiredLinkAnswer } from './exchange';
import type { SeenRequest } from './types';
import { toId } from './validation';
import { wav } from './wav';

/** Makes and checks the temporary links that recordings are downloaded from. */
export class RecordingLinks {
	/** The tokens that were given out: the recording of each, and until when it is valid, in ms. */
	private readonly given = new Map<string, { recordingId: number; until: number }>();

	/** Takes how long a link stays valid, in ms, and the clock, ms since 1970. */
	constructor(
		private readonly lifetimeMs: number,
		private readonly now: () => number,
	) {}

	/** Gives a link of its own for each time it is asked. Takes the recordings host's address and the recording's id. */
	make(recordingsUrl: string, recordingId: number): string {
		const until = this.now() + this.lifetimeMs;
		// It looks like a JWT, as LiveCall's do. Nobody but this class has to be able to check it.
		const token = [
			JSON.stringify({ alg: 'HS256', typ: 'JWT' }),
			JSON.stringify({ recording_id: recordingId, exp: until / 1000 }),
			randomBytes(32),
		]
			.map((part) => Buffer.from(part).toString('base64url'))
			.join('.');
		this.given.set(token, { recordingId, until });
		return `${recordingsUrl}/downloads/recordings/${recordingId}?token=${token}`;
	}

	/** Tells whether a token is one of these, for this recording, and still valid. */
	accepts(token: string, recordingId: number): boolean {
		const link = this.given.get(token);
		return link?.recordingId === recordingId && link.until > this.now();
	}
}

/** Carries out one request to the recordings host. */
export function answerRecordings(
	calls: CallBook,
	links: RecordingLinks,
	request: SeenRequest,
): Answer {
	// A link carries its own token. The API key has no business here, and whoever sends it has a leak.
	if (request.headers.authorization !== undefined) {
		return jsonAnswer(400, { error: 'Only one auth mechanism is allowed' });
	}
	const url = new URL(request.path, 'http://recordings.invalid');
	const id = toId(/^\/downloads\/recordings\/([^/]+)$/.exec(url.pathname)?.[1]);
	if (request.method !== 'GET' || id === undefined) return jsonAnswer(404, { error: 'Not Found' });
	if (!links.accepts(url.searchParams.get('token') ?? '', id)) return expiredLinkAnswer();
	const recording = calls.recording(id);
	if (!recording) return jsonAnswer(404, { error: 'Not Found' });
	return {
		status: 200,
		headers: {
			'Content-Type': 'audio/wav',
			'Content-Disposition': `attachment; filename="recording-${id}.wav"`,
		},
		length: recording.bytes,
		chunks: () => wav.chunks(recording.bytes),
	};
}
