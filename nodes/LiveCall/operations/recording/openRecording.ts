import type {
	BinaryHelperFunctions,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { readRetryAfter } from '../../../shared/api/backOff';
import type { FailureKind, Unreadable } from '../../../shared/api/outcome';
import { isFromProxy } from '../../../shared/api/proxy';
import { failureOfThrown } from '../../../shared/api/thrown';
import { isObject } from '../../../shared/json';
import type { Result } from '../../../shared/result';
import { mayBeRecording } from './mimeType';

/** A stream as n8n's helpers take it. */
type FileStream = Exclude<Parameters<BinaryHelperFunctions['prepareBinaryData']>[0], Buffer>;

/** A recording that is being received: it has some bytes at least. */
export interface RecordingStream {
	stream: FileStream;
	/** Empty where the host names none. */
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
 * @returns the stream, or how the request failed; never throws
 */
export async function openRecording(
	functions: IExecuteFunctions,
	url: string,
	timeoutMs: number,
): Promise<Result<RecordingStream, FailureKind>> {
	const signal = functions.getExecutionCancelSignal();
	const options: IHttpRequestOptions = {
		url,
		// Sound gets no smaller by being encoded.
		headers: { 'Accept-Encoding': 'identity' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		maxRedirects: MOST_REDIRECTS,
		timeout: timeoutMs,
		abortSignal: signal,
	};
	try {
		const response: unknown = await functions.helpers.httpRequest(options);
		const read = await readResponse(response);
		return signal?.aborted ? { ok: false, error: { kind: 'canceled' } } : read;
	} catch (error) {
		return { ok: false, error: failureOfThrown(error, timeoutMs, signal?.aborted ?? false) };
	}
}

async function readResponse(response: unknown): Promise<Result<RecordingStream, FailureKind>> {
	if (!isObject(response) || !isStream(response.body))
		return { ok: false, error: { kind: 'lost' } };
	const stream: FileStream = response.body;
	const headers = isObject(response.headers) ? response.headers : {};
	const error = failureIn(Number(response.statusCode), headers);
	if (error) {
		stream.destroy();
		return { ok: false, error };
	}
	const begins = await beginningOf(stream);
	if (begins !== 'withBytes') {
		const empty: FailureKind = { kind: 'unreadable', what: 'empty' };
		return { ok: false, error: begins === 'empty' ? empty : { kind: 'brokeOff' } };
	}
	const contentType = text(headers['content-type']);
	const contentDisposition = text(headers['content-disposition']);
	return { ok: true, value: { stream, contentType, contentDisposition } };
}

/** What is wrong with an answer before its body has come; `undefined` where it may be the file. */
function failureIn(status: number, headers: IDataObject): FailureKind | undefined {
	const unreadable = (what: Unreadable, found?: string): FailureKind => ({
		kind: 'unreadable',
		what,
		status,
		found,
	});
	if (status < 200 || status >= 300) {
		const retryAfterMs = readRetryAfter(headers['retry-after'], Date.now());
		const byProxy = isFromProxy(status, headers);
		return { kind: 'status', status, reasons: [], retryAfterMs, byProxy };
	}
	if (status === 206) return unreadable('part');
	// "Accepted", "No Content" and "Reset Content": done, but here is no file.
	if (status === 202 || status === 204 || status === 205) return unreadable('empty');
	const [encoding] = REAL_ENCODING.exec(text(headers['content-encoding'])) ?? [];
	if (encoding !== undefined) return unreadable('encoded', encoding);
	const contentType = text(headers['content-type']);
	// Parameters tell nothing, and may hold anything.
	const [type] = contentType.split(';');
	return mayBeRecording(contentType) ? undefined : unreadable('noRecording', type);
}

/** Waits for the first bytes of a file and puts them back: of an empty file nothing is to be stored. */
async function beginningOf(stream: FileStream): Promise<'withBytes' | 'empty' | 'brokenOff'> {
	return await new Promise((resolve) => {
		const look = () => {
			const bytes: unknown = stream.read();
			if (bytes === null) return;
			stream.off('readable', look);
			stream.unshift(bytes);
			resolve('withBytes');
		};
		stream.on('readable', look);
		stream.once('end', () => resolve('empty'));
		// This one stays: a stream that fails while nobody listens ends the process.
		stream.on('error', () => resolve('brokenOff'));
	});
}

function isStream(value: unknown): value is FileStream {
	return typeof value === 'object' && value !== null && 'pipe' in value && 'destroy' in value;
}

function text(header: unknown): string {
	return typeof header === 'string' ? header : '';
}
