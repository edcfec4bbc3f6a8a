import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../json';
import { namedReasonsIn, reasonsIn } from './reasons';
import { readRetryAfter } from './backOff';
import type { ApiRequest } from './endpoints';
import type { Attempt, FailureKind, StatusFailure, Unreadable } from './outcome';
import { isFromProxy } from './proxy';

/**
 * Reads what LiveCall answered to a request.
 * @param response what n8n's request helper gave, with the body as text
 * @param secrets what is redacted out of LiveCall's own words
 */
export function readResponse<T>(
	request: ApiRequest<T>,
	response: unknown,
	secrets: string[],
): Attempt<T> {
	const { status, headers, text } = received(response);
	if (status >= 300 && status < 400) return unreadable('redirect', status);
	const isSuccess = status >= 200 && status < 300;
	const parsed = parseJson(text, isSuccess && (request.bodyOptional ?? false));
	const isWebPage =
		text.trimStart().startsWith('<') || String(headers['content-type']).includes('html');
	if (!isSuccess) {
		const foreign = foreignIn(parsed, isWebPage);
		const said = foreign === 'webPage' ? undefined : (parsed?.json ?? text);
		const reasons = reasonsIn(said, secrets);
		return { ok: false, error: { ...statusFailure(status, headers), reasons, foreign } };
	}
	if (!parsed) return unreadable(isWebPage ? 'webPage' : 'cutOff', status);
	const reading = request.read(parsed.json);
	if (reading.ok) return reading;
	const { missing, another } = reading.error;
	if (another !== undefined) return unreadable('another', status, missing, another);
	// LiveCall says no in some way of its own, although the status says yes.
	const reasons = namedReasonsIn(parsed.json, secrets);
	const found = reasons.length > 0 ? reasons.join('; ') : undefined;
	return unreadable(text.trim() === '' ? 'empty' : 'shape', status, missing, found);
}

/** An answer with a status that is no success, without what its body says. */
export function statusFailure(status: number, headers: IDataObject): StatusFailure {
	const retryAfterMs = readRetryAfter(headers, Date.now());
	const byProxy = isFromProxy(status, headers);
	return { kind: 'status', status, reasons: [], retryAfterMs, byProxy };
}

/** What came in place of JSON; a number alone, such as "404", is how a gateway says it. An empty body is LiveCall's. */
function foreignIn(
	parsed: { json: unknown } | undefined,
	isWebPage: boolean,
): StatusFailure['foreign'] {
	if (parsed && typeof parsed.json !== 'number') return undefined;
	return isWebPage ? 'webPage' : 'text';
}

function unreadable(
	what: Unreadable,
	status: number,
	missing?: string,
	found?: string,
): { ok: false; error: FailureKind } {
	return { ok: false, error: { kind: 'unreadable', what, status, missing, found } };
}

/** An empty body is a fine answer to some requests, and so is a bare word if no body is documented. */
function parseJson(text: string, bodyOptional: boolean): { json: unknown } | undefined {
	const start = text.trimStart().charAt(0);
	if (start === '') return { json: undefined };
	try {
		return { json: JSON.parse(text) };
	} catch {
		return bodyOptional && !'{[<'.includes(start) ? { json: text } : undefined;
	}
}

function received(response: unknown) {
	const full = isObject(response) ? response : {};
	return {
		status: typeof full.statusCode === 'number' ? full.statusCode : 0,
		headers: isObject(full.headers) ? full.headers : {},
		text: typeof full.body === 'string' ? full.body : '',
	};
}
