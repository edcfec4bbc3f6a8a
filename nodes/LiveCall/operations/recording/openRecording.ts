import type { BinaryHelperFunctions, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { readRetryAfter } from '../../../shared/api/backOff';
import type { FailureKind } from '../../../shared/api/outcome';
import { failureOfThrown } from '../../../shared/api/thrown';
import { isObject } from '../../../shared/json';
import type { Result } from '../../../shared/result';

/** A stream as n8n's helpers take it. */
type FileStream = Exclude<Parameters<BinaryHelperFunctions['prepareBinaryData']>[0], Buffer>;

/** A recording that is being received. */
export interface RecordingStream {
	stream: FileStream;
	/** Empty where the host names none. */
	contentType: string;
	contentDisposition: string;
	/** How many bytes were announced. */
	announcedBytes: number | undefined;
}

/**
 * Opens the link to a recording. The link is a bearer secret on another host (LiveCall's help centre, recordings): the API
 * key is not sent there, and neither the link nor what n8n's helper throws, which holds it, goes any further.
 * @param functions n8n's functions
 * @param url the link
 * @param timeoutMs how long the host may stay silent, in ms
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
		// Compressed, the announced length would not be that of the file.
		headers: { 'Accept-Encoding': 'identity' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		timeout: timeoutMs,
		abortSignal: signal,
	};
	try {
		const response: unknown = await functions.helpers.httpRequest(options);
		return readResponse(response);
	} catch (error) {
		return { ok: false, error: failureOfThrown(error, timeoutMs, signal?.aborted ?? false) };
	}
}

function readResponse(response: unknown): Result<RecordingStream, FailureKind> {
	if (!isObject(response) || !isStream(response.body))
		return { ok: false, error: { kind: 'lost' } };
	const stream: FileStream = response.body;
	const headers = isObject(response.headers) ? response.headers : {};
	const status = Number(response.statusCode);
	const contentType = text(headers['content-type']);
	const announced = text(headers['content-length']);
	if (status < 200 || status >= 300) {
		stream.destroy();
		const retryAfterMs = readRetryAfter(headers['retry-after'], Date.now());
		return { ok: false, error: { kind: 'status', status, reasons: [], retryAfterMs } };
	}
	if (/^(text\/html|application\/(json|xml|problem\+json))\b/i.test(contentType)) {
		stream.destroy();
		return { ok: false, error: { kind: 'unreadable', what: 'webPage', status } };
	}
	const value = {
		stream,
		contentType,
		contentDisposition: text(headers['content-disposition']),
		announcedBytes: /^\d+$/.test(announced) ? Number(announced) : undefined,
	};
	return { ok: true, value };
}

function isStream(value: unknown): value is FileStream {
	return typeof value === 'object' && value !== null && 'pipe' in value && 'destroy' in value;
}

function text(header: unknown): string {
	return typeof header === 'string' ? header : '';
}
