import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { isObject, reasonsIn, type Reader } from './answers';
import {
	certaintyOf,
	failureOfThrown,
	mayRepeat,
	type Failure,
	type FailureKind,
	type Reply,
} from './outcome';
import type { Pace } from './pace';
import type { Connection } from '../credential';
import { wait } from './wait';

/** The contexts of n8n from which LiveCall is asked. */
export type RequestFunctions = IExecuteFunctions | ILoadOptionsFunctions | IWebhookFunctions;

/** LiveCall asks for waits in `Retry-After`; none is followed for longer than this many ms. */
export const LONGEST_RETRY_AFTER_MS = 30_000;

/** The first wait before a repeat, in ms; each further one doubles, up to {@link LONGEST_BACK_OFF_MS}. */
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 8_000;

/** One request to LiveCall, and how its answer is read. */
export interface ApiRequest<T> {
	method: IHttpRequestMethods;
	/** Below the base URL, with a leading slash; ids in it are encoded. */
	path: string;
	body?: IDataObject;
	read: Reader<T>;
	/** Set where LiveCall documents no answer: then a success without readable data is one too. */
	bodyOptional?: boolean;
	/** What a 404 on a repeat means where the goal is then reached, as for a DELETE. */
	goneOnRepeat?: T;
}

/** How requests are sent. */
export interface ClientSettings {
	/** Checked and without a trailing slash. */
	baseUrl: string;
	/** The credential, as read once for all requests. */
	connection: Connection;
	/** How long one request may take, in ms. */
	timeoutMs: number;
	/** How often a request is sent again, where that is safe. */
	maxRetries: number;
	/** Shared by all requests of a run. */
	pace?: Pace;
	/** The execution's cancel signal. */
	signal?: AbortSignal;
	/** The longest wait between two tries, in ms, where LiveCall asks for none. */
	longestBackOffMs?: number;
}

interface Received {
	status: number;
	headers: IDataObject;
	text: string;
}

type Attempt<T> = { ok: true; value: T } | { ok: false; how: FailureKind };

/** Sends requests to LiveCall. Everything that goes to the API's host goes through here. */
export class LiveCallClient {
	/**
	 * @param functions n8n's functions; requests go through its helpers, so that its proxy and egress rules hold
	 * @param settings how requests are sent
	 */
	constructor(
		private readonly functions: RequestFunctions,
		private readonly settings: ClientSettings,
	) {}

	/**
	 * Sends a request, again where that is safe.
	 * @param deadline when all tries together must be over, in ms since 1970
	 * @param again whether LiveCall may have acted on this request before
	 * @returns the answer as read, or why there is none; never throws
	 */
	async send<T>(
		request: ApiRequest<T>,
		{ deadline = Infinity, again = false } = {},
	): Promise<Reply<T>> {
		const { pace, signal, maxRetries, longestBackOffMs } = this.settings;
		let mayHaveActed = again;
		for (let tries = 0; ; ) {
			const mayStart = pace ? await pace.turn(tries > 0) : !signal?.aborted;
			if (!mayStart) return failed({ kind: 'notSent', reason: 'cancelled' }, tries, mayHaveActed);
			const attempt = await this.attempt(request, deadline);
			tries++;
			if (attempt.ok) {
				pace?.end();
				return attempt;
			}
			const { how } = attempt;
			const backOffMs = waitBefore(tries, how, longestBackOffMs);
			// A wait that LiveCall asks for is everybody's: the pace keeps it.
			const waitsInPace = pace !== undefined && isStatus(how, 429);
			if (waitsInPace) pace.slowDown(backOffMs);
			else pace?.end();

			if (request.goneOnRepeat !== undefined && (again || tries > 1) && isStatus(how, 404)) {
				return { ok: true, value: request.goneOnRepeat };
			}
			const outOfTime = Date.now() + backOffMs >= deadline;
			if (tries > maxRetries || outOfTime || !mayRepeat(request.method, how)) {
				return failed(how, tries, mayHaveActed);
			}
			mayHaveActed ||= certaintyOf(how) === 'unknown';
			if (!waitsInPace && !(await wait(backOffMs, signal))) {
				return failed({ kind: 'notSent', reason: 'cancelled' }, tries, mayHaveActed);
			}
		}
	}

	private async attempt<T>(request: ApiRequest<T>, deadline: number): Promise<Attempt<T>> {
		const { settings } = this;
		const timeoutMs = Math.max(1, Math.ceil(Math.min(settings.timeoutMs, deadline - Date.now())));
		const options: IHttpRequestOptions = {
			method: request.method,
			url: settings.baseUrl + request.path,
			// LiveCall asks for this header on every request, GET included (help centre, every request).
			headers: { 'Content-Type': 'application/json' },
			// As text: n8n's own parsing takes cut-off JSON for an answer.
			encoding: 'text',
			json: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			// A redirect would take the API key along to wherever it points.
			disableFollowRedirect: true,
			timeout: timeoutMs,
			abortSignal: settings.signal,
		};
		if (request.body) options.body = request.body;
		try {
			const answered: Promise<unknown> = this.functions.helpers.httpRequestWithAuthentication.call(
				this.functions,
				'liveCallApi',
				options,
				{
					credentialsDecrypted: {
						id: '',
						name: '',
						type: 'liveCallApi',
						data: settings.connection.credential,
					},
				},
			);
			const response = await inTime(answered, timeoutMs);
			if (response === TOO_LATE) return { ok: false, how: { kind: 'timeout', timeoutMs } };
			return readReceived(request, received(response), settings.connection.secrets);
		} catch (error) {
			return {
				ok: false,
				how: failureOfThrown(error, timeoutMs, settings.signal?.aborted ?? false),
			};
		}
	}
}

const TOO_LATE = Symbol('too late');

/**
 * Waits for an answer, but no longer than it may take as a whole: the time-out of n8n's helper begins anew with each
 * piece that arrives (axios 1.x).
 * @param timeoutMs how long the whole answer may take, in ms
 * @returns what the answer gives, or {@link TOO_LATE}; throws what the answer throws
 */
async function inTime(answered: Promise<unknown>, timeoutMs: number): Promise<unknown> {
	const clock = AbortSignal.timeout(timeoutMs);
	let ring = () => {};
	const late = new Promise<typeof TOO_LATE>((resolve) => {
		ring = () => resolve(TOO_LATE);
	});
	clock.addEventListener('abort', ring);
	try {
		return await Promise.race([answered, late]);
	} finally {
		clock.removeEventListener('abort', ring);
	}
}

/** @param mayHaveActed whether LiveCall may have acted on an earlier try of the same request */
function failed(
	how: FailureKind,
	tries: number,
	mayHaveActed: boolean,
): { ok: false; failure: Failure } {
	return {
		ok: false,
		failure: { how, certainty: mayHaveActed ? 'unknown' : certaintyOf(how), tries },
	};
}

function isStatus(how: FailureKind, status: number): boolean {
	return how.kind === 'status' && how.status === status;
}

function received(response: unknown): Received {
	const full = isObject(response) ? response : {};
	return {
		status: typeof full.statusCode === 'number' ? full.statusCode : 0,
		headers: isObject(full.headers) ? full.headers : {},
		text: typeof full.body === 'string' ? full.body : '',
	};
}

function readReceived<T>(
	request: ApiRequest<T>,
	{ status, headers, text }: Received,
	secrets: string[],
): Attempt<T> {
	if (status >= 300 && status < 400) return unreadable('redirect', status);
	const parsed = parseJson(text, request.bodyOptional ?? false);
	const isWebPage =
		text.trimStart().startsWith('<') || String(headers['content-type']).includes('html');
	if (status < 200 || status >= 400) {
		const said = parsed || isWebPage ? parsed?.json : text;
		const retryAfterMs = readRetryAfter(headers['retry-after'], Date.now());
		return {
			ok: false,
			how: { kind: 'status', status, reasons: reasonsIn(said, secrets), retryAfterMs },
		};
	}
	if (!parsed) return unreadable(isWebPage ? 'webPage' : 'cutOff', status);
	const reading = request.read(parsed.json);
	if ('value' in reading) return { ok: true, value: reading.value };
	return text.trim() === ''
		? unreadable('empty', status, reading.missing)
		: unreadable('shape', status, reading.missing);
}

function unreadable(
	what: Extract<FailureKind, { kind: 'unreadable' }>['what'],
	status: number,
	missing?: string,
): { ok: false; how: FailureKind } {
	return { ok: false, how: { kind: 'unreadable', what, status, missing } };
}

/** An empty body is a fine answer to some requests, and so is a bare word where no body is documented. */
function parseJson(text: string, bodyOptional: boolean): { json: unknown } | undefined {
	const start = text.trimStart().charAt(0);
	if (start === '') return { json: undefined };
	try {
		return { json: JSON.parse(text) };
	} catch {
		return bodyOptional && !'{[<'.includes(start) ? { json: undefined } : undefined;
	}
}

/**
 * Reads `Retry-After`, which comes as seconds or as a date (RFC 9110, section 10.2.3).
 * @param value the header
 * @param now in ms since 1970
 * @returns ms from now, or `undefined` where there is no such header or it cannot be read
 */
export function readRetryAfter(value: unknown, now: number): number | undefined {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
	const date = text === '' ? NaN : Date.parse(text);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** How long to wait before the next try, in ms: as LiveCall asks, else twice as long each time, with jitter. */
export function waitBefore(
	tries: number,
	how: FailureKind,
	longestBackOffMs = LONGEST_BACK_OFF_MS,
): number {
	if (how.kind === 'status' && how.retryAfterMs !== undefined)
		return Math.min(how.retryAfterMs, LONGEST_RETRY_AFTER_MS);
	const longest = Math.min(longestBackOffMs, FIRST_BACK_OFF_MS * 2 ** (tries - 1));
	return longest * (0.5 + Math.random() / 2);
}
