import { createHash } from 'crypto';
import type { IWebhookFunctions } from 'n8n-workflow';
import type { Resource } from '../../shared/api/answers';
import { LiveCallClient } from '../../shared/api/client';
import { getCall } from '../../shared/api/endpoints';
import { isStatus, mayRepeat, type FailureKind, type Reply } from '../../shared/api/outcome';
import { wait } from '../../shared/throttling/wait';
import { hasEnded } from '../../shared/call';
import { InFlight } from '../../shared/throttling/inFlight';
import type { ApiAccess } from '../../shared/credential';
import { explain } from '../../shared/errors/explain';
import { messages, type Explanation } from '../../shared/errors/messages';
import { callTopic } from '../../shared/errors/topics';
import type { Result } from '../../shared/result';
import { rejections, type Rejection } from './rejections';
import { Cache } from './cache';
import type { Credential } from './credential';
import { Limiter } from '../../shared/throttling/limiter';
import { explanations } from './explanations';
import type { Payload } from './payload';

/** How long LiveCall may take to confirm a call, all requests together, in ms. */
const VERIFY_WITHIN_MS = 8_000;

/** A delivery whose turn has not come after so many ms is turned away: the rest is left for LiveCall's answers. */
const START_WITHIN_MS = 6_000;

/** How often LiveCall is asked because of one delivery, at most. */
const MOST_REQUESTS = 3;

/** How many calls LiveCall is asked about at once. */
const MOST_AT_ONCE = 10;

/** A call that LiveCall does not know may be too new: it is asked for once more, after this many ms. */
const UNKNOWN_AGAIN_MS = 1_000;

/** An id that LiveCall does not know is not asked for during this many ms; its next event may be a real one. */
const UNKNOWN_FOR_MS = 5_000;

/** LiveCall's answer may lag behind its webhook: waits in ms before a call is read again that should have ended. */
const NOT_ENDED_WAITS_MS = [1_000, 4_000];

/** The first wait in ms after a connection that failed; the next is twice as long. */
const FIRST_BACK_OFF_MS = 250;

/** What LiveCall says of the call that a delivery names, or how the delivery is turned away. */
export type Verification = Result<Resource, Rejection>;

/** What all deliveries that use a credential share. */
interface Account {
	api: ApiAccess;
	limiter: Limiter;
	/** The ids that LiveCall did not know a moment ago. */
	unknown: Cache<true>;
	/** Deliveries of the same call that come together share one question. */
	questions: InFlight<Verification>;
}

/** Shared by all executions of this n8n process. */
const accounts = new Cache<Account>(1_000);

/**
 * Asks LiveCall about a call.
 * @returns the call; 404 when LiveCall has no such call; 503 when it cannot be asked or gives no usable answer
 * @throws what n8n throws when the credential cannot be read
 */
export async function verifyCall(
	functions: IWebhookFunctions,
	credential: Credential,
	payload: Payload,
): Promise<Verification> {
	return await new Inquiry(functions, credential, payload).make();
}

/** The questions that one delivery leads to. */
class Inquiry {
	private readonly latestStart = Date.now() + START_WITHIN_MS;
	private readonly deadline = Date.now() + VERIFY_WITHIN_MS;
	private requests = 0;

	constructor(
		private readonly functions: IWebhookFunctions,
		private readonly credential: Credential,
		private readonly payload: Payload,
	) {}

	async make(): Promise<Verification> {
		const { callId, event } = this.payload;
		const { api } = await this.credential.read();
		const account = api && accountOf(this.functions, api);
		const isRefused = !account || account.unknown.get(callId) === true;
		// Once more at most: the credential was read anew, and from now on `read` gives that.
		if (isRefused && (await this.credential.hasChanged(api))) return await this.make();
		if (!account) return this.unverifiable(messages.wrongBaseUrl());
		if (isRefused) return { ok: false, error: rejections.unknownCall };

		let isOwn = false;
		const ask = async () => {
			isOwn = true;
			return await this.askUntilConclusive(account);
		};
		const question = event === 'call.ended' ? `the end of ${callId}` : callId;
		const answer = await account.questions.ask(question, ask);
		// A shared answer may be older than this delivery: if it says "under way", the call may have ended since.
		const mayBeOld = !isOwn && event !== 'call.created' && answer.ok && !hasEnded(answer.value);
		return mayBeOld ? await account.questions.ask(question, ask) : answer;
	}

	private async askUntilConclusive(account: Account): Promise<Verification> {
		const { api, limiter } = account;
		for (;;) {
			const reply = await limiter.run(
				this.latestStart,
				async () => await this.askAgainIfUnknown(account),
			);
			if (!reply?.ok && (await this.credential.hasChanged(api))) return await this.make();
			if (!reply) return this.noTurn(limiter);
			const waitMs = this.waitAfter(reply, limiter);
			const isInTime = waitMs !== undefined && Date.now() + waitMs < this.latestStart;
			if (!this.mayAsk || !isInTime) return this.conclude(reply, account);
			await wait(waitMs, undefined);
		}
	}

	/** Both requests take one place among those that are made at once, so that made-up ids cost LiveCall little. */
	private async askAgainIfUnknown(account: Account): Promise<Reply<Resource>> {
		const reply = await this.ask(account);
		const waitMs = Math.max(UNKNOWN_AGAIN_MS, account.limiter.pausedForMs);
		const isInTime = Date.now() + waitMs < this.deadline;
		if (!isUnknown(reply) || !this.mayAsk || !isInTime) return reply;
		await wait(waitMs, undefined);
		return await this.ask(account);
	}

	private async ask({ api, limiter }: Account): Promise<Reply<Resource>> {
		this.requests++;
		const client = new LiveCallClient(this.functions, {
			api,
			timeoutMs: VERIFY_WITHIN_MS,
			maxRetries: 0,
		});
		const reply = await client.send(getCall(this.payload.callId), { deadline: this.deadline });
		if (reply.ok || isUnknown(reply)) limiter.open();
		else if (asksForPause(reply.error.how)) limiter.pause(reply.error.how.retryAfterMs);
		return reply;
	}

	/** Whether one delivery may lead to a further request. */
	private get mayAsk(): boolean {
		return this.requests < MOST_REQUESTS;
	}

	/** How long to wait before LiveCall is asked again, in ms; `undefined` where its answer stands. */
	private waitAfter(reply: Reply<Resource>, limiter: Limiter): number | undefined {
		if (reply.ok)
			return this.isLate(reply.value) ? NOT_ENDED_WAITS_MS[this.requests - 1] : undefined;
		if (!mayRepeat('GET', reply.error.how)) return undefined;
		return asksForPause(reply.error.how)
			? limiter.pausedForMs
			: FIRST_BACK_OFF_MS * 2 ** (this.requests - 1);
	}

	/** Whether the delivery knows of an end that LiveCall does not tell yet. */
	private isLate(call: Resource): boolean {
		const { callId, event } = this.payload;
		return event === 'call.ended' && String(call.id) === callId && !hasEnded(call);
	}

	private conclude(reply: Reply<Resource>, { limiter, unknown }: Account): Verification {
		const { callId } = this.payload;
		if (reply.ok) {
			return String(reply.value.id) === callId
				? reply
				: this.unverifiable(messages.otherCall(callId));
		}
		if (!isUnknown(reply)) {
			return this.unverifiable(explain(reply.error, callTopic(callId)), limiter.pausedForMs);
		}
		unknown.set(callId, true);
		return { ok: false, error: rejections.unknownCall };
	}

	private noTurn({ pausedForMs }: Limiter): Verification {
		return this.unverifiable(
			pausedForMs > 0 ? explanations.liveCallPauses(pausedForMs) : explanations.manyDeliveries(),
			pausedForMs,
		);
	}

	/** Whoever delivers hears no reason; whoever runs n8n has no other place to read it. */
	private unverifiable({ message, advice }: Explanation, pausedForMs = 0): Verification {
		this.functions.logger.warn(`LiveCall Trigger: ${message}. ${advice}`);
		const { retryAfterMs } = rejections.unverifiable;
		return {
			ok: false,
			error: { ...rejections.unverifiable, retryAfterMs: pausedForMs || retryAfterMs },
		};
	}
}

function accountOf(functions: IWebhookFunctions, api: ApiAccess): Account {
	const id = functions.getNode().credentials?.liveCallApi?.id ?? '';
	// A credential that has changed may be another account's.
	const content = createHash('sha256').update(JSON.stringify(api.credential)).digest('base64');
	return accounts.getOrMake(`${id} ${content}`, () => ({
		api,
		limiter: new Limiter(MOST_AT_ONCE),
		unknown: new Cache<true>(1_000, UNKNOWN_FOR_MS),
		questions: new InFlight<Verification>(),
	}));
}

function isUnknown(reply: Reply<Resource>): boolean {
	return !reply.ok && isStatus(reply.error.how, 404);
}

function asksForPause(how: FailureKind): how is Extract<FailureKind, { kind: 'status' }> {
	return how.kind === 'status' && (how.status === 429 || how.status >= 500);
}
