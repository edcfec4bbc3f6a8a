import type { IWebhookFunctions } from 'n8n-workflow';
import type { Resource } from '../../shared/api/answers';
import { LiveCallClient } from '../../shared/api/client';
import { getCall } from '../../shared/api/endpoints';
import { backOffBefore } from '../../shared/api/backOff';
import {
	asksForPause,
	isNotFound,
	mayRepeat,
	seemsNotFound,
	type Reply,
} from '../../shared/api/outcome';
import { hasEnded, outcomeOf } from '../../shared/call';
import { isEnd } from '../../shared/events';
import type { Limiter } from '../../shared/throttling/limiter';
import { wait } from '../../shared/throttling/wait';
import { VERIFY_WITHIN_MS, type Account } from './accounts';
import type { Credential } from './credential';
import type { Payload } from './payload';

/** How often LiveCall is asked because of one delivery, at most. */
const MOST_REQUESTS = 3;

/** A call that LiveCall does not know may be too new: it is asked for once more, after this many ms. */
const UNKNOWN_AGAIN_MS = 1_000;

/** LiveCall's answer may lag behind its webhook: waits in ms before a call is read again that lacks its end or outcome. */
const LATE_END_WAITS_MS = [1_000, 4_000];

/** What asking leads to. `noTurn`: LiveCall could not be asked in time. `credentialChanged`: it was asked with an old one. */
export type Asked = Reply<Resource> | 'noTurn' | 'credentialChanged';

/** The question that a delivery puts to LiveCall: when it is asked, and how often. */
export class Question {
	private readonly deadline = Date.now() + VERIFY_WITHIN_MS;
	private requests = 0;

	constructor(
		readonly functions: IWebhookFunctions,
		readonly credential: Credential,
		readonly payload: Payload,
	) {}

	/**
	 * Asks until the answer stands, the time is over, or LiveCall was asked often enough.
	 * @throws what n8n throws when the credential cannot be read
	 */
	async ask(account: Account): Promise<Asked> {
		const { api, limiter } = account;
		let latest: Reply<Resource> | undefined;
		for (;;) {
			const work = async () => await this.askAgainIfUnknown(account);
			const reply = await limiter.run(this.deadline, work);
			if (!reply?.ok && (await this.credential.hasChanged(api))) return 'credentialChanged';
			if (!reply) return latest ?? 'noTurn';
			latest = reply;
			const waitMs = this.waitAfter(reply, limiter);
			const mayGoOn = waitMs !== undefined && this.mayAsk;
			if (!mayGoOn || !limiter.isInTime(this.deadline, waitMs)) return reply;
			await wait(waitMs, undefined);
		}
	}

	/** Both requests take one place among those that are made at once, so that made-up ids cost LiveCall little. */
	private async askAgainIfUnknown(account: Account): Promise<Reply<Resource>> {
		const reply = await this.request(account);
		if (reply.ok || !seemsNotFound(reply.error.how)) return reply;
		const waitMs = Math.max(UNKNOWN_AGAIN_MS, account.limiter.pausedForMs);
		const isInTime = Date.now() + waitMs < this.deadline;
		if (!this.mayAsk || !isInTime) return reply;
		await wait(waitMs, undefined);
		return await this.request(account);
	}

	private async request({ api, limiter }: Account): Promise<Reply<Resource>> {
		this.requests++;
		const client = new LiveCallClient(this.functions, {
			api,
			timeoutMs: VERIFY_WITHIN_MS,
			maxRetries: 0,
		});
		const reply = await client.send(getCall(this.payload.callId), { deadline: this.deadline });
		if (reply.ok || isNotFound(reply.error.how)) limiter.open();
		else if (asksForPause(reply.error.how)) limiter.pause(reply.error.how.retryAfterMs);
		return reply;
	}

	/** Whether one delivery may lead to a further request. */
	private get mayAsk(): boolean {
		return this.requests < MOST_REQUESTS;
	}

	/** How long to wait before LiveCall is asked again, in ms; `undefined` if its answer stands. */
	private waitAfter(reply: Reply<Resource>, limiter: Limiter): number | undefined {
		if (reply.ok)
			return this.isLate(reply.value) ? LATE_END_WAITS_MS[this.requests - 1] : undefined;
		if (!mayRepeat('always', reply.error.how)) return undefined;
		return asksForPause(reply.error.how)
			? limiter.pausedForMs
			: backOffBefore(this.requests, reply.error.how);
	}

	/** Whether the call has ended, by the delivery or by LiveCall, and LiveCall does not tell the whole end yet. */
	private isLate(call: Resource): boolean {
		const { event } = this.payload;
		const isOver = event === undefined ? hasEnded(call) : isEnd(event);
		return isOver && !tellsEnd(call);
	}
}

/** Whether LiveCall tells the whole end of a call: that it is over, and its outcome, which may come a moment later. */
export function tellsEnd(call: Resource): boolean {
	return hasEnded(call) && outcomeOf(call) !== '';
}
