import type { IDataObject, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import type { Attempt, FailureKind, Unreadable } from '../../../shared/api/outcome';
import { redact } from '../../../shared/api/redact';
import { statusFailure } from '../../../shared/api/response';
import { failureOfThrown } from '../../../shared/api/thrown';
import { isObject } from '../../../shared/json';
import { isTelling, textIn } from './firstBytes';
import { IncomingFile, isStream } from './incomingFile';
import { mayBeRecording } from './mimeType';

/** A recording that is being received: it has some bytes at least. */
export interface OpenedRecording {
	file: IncomingFile;
	/** Empty if the host names none. */
	contentType: string;
	contentDisposition: string;
}

/** How many redirects are followed, from the host of the link to where the file lies. */
const MOST_REDIRECTS = 5;

/** Encodings that change a body's bytes; hosts also name some that do not. What n8n decodes, it takes out of the header. */
const REAL_ENCODING = /\b(?:br|compress|deflate|gzip|zstd)\b/i;

/**
 * Opens the link to a recording. The link is a bearer secret on another host (LiveCall's help centre, recordings): the API
 * key is not sent there, and neither the link nor what n8n's helper throws, which holds it, goes any further.
 * @param functions n8n's functions
 * @param url the link
 * @param timeoutMs how long the host may stay silent, in ms, also while the file arrives (n8n 1.123 and 2.41: the
 *   time-out of axios ends a stalled stream)
 * @returns the file, or how the request failed; never throws
 */
export async function openRecording(
	functions: IExecuteFunctions,
	url: string,
	timeoutMs: number,
): Promise<Attempt<OpenedRecording>> {
	const signal = functions.getExecutionCancelSignal();
	if (signal?.aborted) return { ok: false, error: { kind: 'canceled' } };
	// A signal of its own: to destroy the stream of an answer does not end the request (axios 1.18, `Readable.from`).
	const request = new AbortController();
	const cancel = () => request.abort();
	signal?.addEventListener('abort', cancel);
	const options: IHttpRequestOptions = {
		url,
		// Sound gets no smaller by being encoded.
		headers: { 'Accept-Encoding': 'identity' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		maxRedirects: MOST_REDIRECTS,
		timeout: timeoutMs,
		abortSignal: request.signal,
	};
	try {
		const response: unknown = await functions.helpers.httpRequest(options);
		if (!isObject(response) || !isStream(response.body)) {
			return { ok: false, error: { kind: 'lost' } };
		}
		const headers = isObject(response.headers) ? response.headers : {};
		const file = new IncomingFile(response.body, request, signal);
		return await readFile(file, Number(response.statusCode), headers);
	} catch (error) {
		return { ok: false, error: failureOfThrown(error, timeoutMs, signal?.aborted ?? false) };
	} finally {
		signal?.removeEventListener('abort', cancel);
	}
}

async function readFile(
	file: IncomingFile,
	status: number,
	headers: IDataObject,
): Promise<Attempt<OpenedRecording>> {
	const error = failureIn(status, headers) ?? (await failureInBody(file, status));
	if (error) {
		const failure = file.failure ?? error;
		file.end(failure);
		return { ok: false, error: failure };
	}
	file.countBytes();
	const contentType = text(headers['content-type']);
	const contentDisposition = text(headers['content-disposition']);
	return { ok: true, value: { file, contentType, contentDisposition } };
}

/** What is wrong with an answer before its body has come; `undefined` if it may be the file. */
function failureIn(status: number, headers: IDataObject): FailureKind | undefined {
	if (status < 200 || status >= 300) return statusFailure(status, headers);
	if (status === 206) return unreadable(status, 'part');
	// "Accepted", "No Content" and "Reset Content": done, but here is no file.
	if (status === 202 || status === 204 || status === 205) return unreadable(status, 'empty');
	const [encoding] = REAL_ENCODING.exec(text(headers['content-encoding'])) ?? [];
	if (encoding !== undefined) return unreadable(status, 'encoded', encoding);
	const contentType = text(headers['content-type']);
	// Parameters tell nothing, and may hold anything.
	const [type = ''] = contentType.split(';');
	if (mayBeRecording(contentType)) return undefined;
	return unreadable(status, 'noRecording', redact(type, []));
}

/** What is wrong with a body by its first bytes; `undefined` if it may be the file. */
async function failureInBody(file: IncomingFile, status: number): Promise<FailureKind | undefined> {
	const begins = await file.beginning(isTelling);
	if (begins === undefined) return { kind: 'brokeOff' };
	// Of an empty file nothing is to be stored, nor of one that is nothing but blanks.
	if (begins.length === 0) return unreadable(status, 'empty');
	const found = textIn(begins);
	return found === undefined ? undefined : unreadable(status, 'noRecording', found);
}

function unreadable(status: number, what: Unreadable, found?: string): FailureKind {
	return { kind: 'unreadable', what, status, found };
}

function text(header: unknown): string {
	return typeof header === 'string' ? header : '';
}
