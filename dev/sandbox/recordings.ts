import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';

import { isJsonObject, tryParseJson } from '../json';
import { jsonAnswer, type Answer } from './answers';
import type { CallBook } from './calls';
import { expiredLinkAnswer } from './exchange';
import type { SeenRequest } from './types';
import { toId } from './validation';
import { wavChunks } from './wav';

/** Makes and checks the temporary links that recordings are downloaded from. */
export class RecordingLinks {
	private readonly secret = randomBytes(32);

	/** Takes how long a link stays valid, in ms, and the clock, ms since 1970. */
	constructor(
		private readonly lifetimeMs: number,
		private readonly now: () => number,
	) {}

	/** Gives a link of its own for each time it is asked. Takes the recordings host's address and the recording's id. */
	make(recordingsUrl: string, recordingId: number): string {
		const header = encode({ alg: 'HS256', typ: 'JWT' });
		const payload = encode({
			recording_id: recordingId,
			jti: randomUUID(),
			exp: (this.now() + this.lifetimeMs) / 1000,
		});
		const token = `${header}.${payload}.${this.sign(`${header}.${payload}`)}`;
		return `${recordingsUrl}/downloads/recordings/${recordingId}?token=${token}`;
	}

	/** Tells whether a token is one of these, for this recording, and still valid. */
	accepts(token: string, recordingId: number): boolean {
		const [header = '', payload = '', signature = ''] = token.split('.');
		const expected = Buffer.from(this.sign(`${header}.${payload}`));
		const given = Buffer.from(signature);
		if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
		const claims = tryParseJson(Buffer.from(payload, 'base64url').toString());
		return (
			isJsonObject(claims) &&
			claims.recording_id === recordingId &&
			typeof claims.exp === 'number' &&
			claims.exp * 1000 > this.now()
		);
	}

	private sign(text: string): string {
		return createHmac('sha256', this.secret).update(text).digest('base64url');
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
		chunks: () => wavChunks(recording.bytes),
	};
}

function encode(value: unknown): string {
	return Buffer.from(JSON.stringify(value)).toString('base64url');
}
