import type { IHttpRequestOptions } from 'n8n-workflow';
import type { ApiAccess, RequestFunctions } from '../credential';
import type { ApiRequest, RepeatableRequest } from './endpoints';
import { isNotFound, type Attempt, type Reply } from './outcome';
import { repeatedly, type RepeatSettings } from './repeat';
import { readResponse } from './response';
import { failureOfThrown } from './thrown';
import { withTimeout, TOO_LATE } from '../throttling/timeout';

/** How requests are sent. */
interface ClientSettings extends Pick<RepeatSettings, 'maxRetries' | 'pace' | 'signal'> {
	/** The API's address and the credential, as read once for all requests. */
	api: ApiAccess;
	/** How long one request may take, in ms. */
	timeoutMs: number;
}

/** A way to LiveCall for requests that may be repeated. */
export interface RepeatingClient {
	send<T>(request: RepeatableRequest<T>, options?: { deadline?: number }): Promise<Reply<T>>;
}

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
	 * Sends a request, again if that is safe.
	 * @param deadline when all tries together must be over, in ms since 1970
	 * @param again whether LiveCall may have acted on this request before
	 * @returns the answer as read, or why there is none; never throws
	 */
	async send<T>(
		request: ApiRequest<T>,
		{ deadline = Infinity, again = false } = {},
	): Promise<Reply<T>> {
		const { repeatable, goneIfUnknown } = request;
		const attempt = async () => await this.attempt(request, deadline);
		const reply = await repeatedly(repeatable, attempt, { ...this.settings, deadline, again });
		if (reply.ok || goneIfUnknown === undefined || !isNotFound(reply.error.how)) return reply;
		return reply.error.certainty === 'unknown' ? { ok: true, value: goneIfUnknown } : reply;
	}

	private async attempt<T>(request: ApiRequest<T>, deadline: number): Promise<Attempt<T>> {
		const { api, signal, timeoutMs: longestMs } = this.settings;
		const timeoutMs = Math.max(1, Math.ceil(Math.min(longestMs, deadline - Date.now())));
		const options: IHttpRequestOptions = {
			method: request.method,
			url: api.baseUrl + request.path,
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
			// n8n 2.x puts the execution's own signal in its place; n8n 1.x takes this one.
			abortSignal: signal,
		};
		if (request.body) options.body = request.body;
		const credentialsDecrypted = { id: '', name: '', type: 'liveCallApi', data: api.credential };
		try {
			const answered: Promise<unknown> = this.functions.helpers.httpRequestWithAuthentication.call(
				this.functions,
				'liveCallApi',
				options,
				{ credentialsDecrypted },
			);
			const response = await withTimeout(answered, timeoutMs);
			if (response === TOO_LATE) return { ok: false, error: { kind: 'timeout', timeoutMs } };
			return readResponse(request, response, api.secrets);
		} catch (error) {
			return { ok: false, error: failureOfThrown(error, timeoutMs, signal?.aborted ?? false) };
		}
	}
}
