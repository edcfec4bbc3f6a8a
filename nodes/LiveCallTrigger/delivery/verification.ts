import type { IWebhookFunctions } from 'n8n-workflow';
import type { Resource } from '../../shared/api/answers';
import { isLiveCallsWord, type Reply } from '../../shared/api/outcome';
import { explain } from '../../shared/errors/explain';
import { messages, type Explanation } from '../../shared/errors/messages';
import { deliveredCallTopic } from '../../shared/errors/topics';
import { isEnd } from '../../shared/events';
import type { Limiter } from '../../shared/throttling/limiter';
import { accountOf, type Account, type Verification } from './accounts';
import type { Credential } from './credential';
import { explanations, warn } from './explanations';
import type { Payload } from './payload';
import { isUnknown, Question, tellsEnd } from './question';
import { rejections } from './rejections';

/**
 * Has LiveCall confirm the call that a delivery names.
 * @returns the call; 404 when LiveCall has no such call; 503 when it cannot be asked or gives no usable answer
 * @throws what n8n throws when the credential cannot be read
 */
export async function verifyCall(
	functions: IWebhookFunctions,
	credential: Credential,
	payload: Payload,
): Promise<Verification> {
	return await new Verifying(functions, credential, payload).verify();
}

/** What is made of LiveCall's answer to one delivery. */
class Verifying {
	private readonly question: Question;

	constructor(
		private readonly functions: IWebhookFunctions,
		private readonly credential: Credential,
		private readonly payload: Payload,
	) {
		this.question = new Question(functions, credential, payload);
	}

	async verify(): Promise<Verification> {
		const { callId, event } = this.payload;
		const { api } = await this.credential.read();
		const account = api && accountOf(this.functions, api);
		const turnedAway = account?.turnedAway.get(callId);
		const isRefused = !account || turnedAway;
		// Once more at most: the credential was read anew, and from now on `read` gives that.
		if (isRefused && (await this.credential.hasChanged(api))) return await this.verify();
		if (!account) return this.unverifiable(messages.wrongBaseUrl());
		if (turnedAway) return { ok: false, error: turnedAway };

		let isOwn = false;
		const ask = async () => {
			isOwn = true;
			return await this.ask(account);
		};
		const mayBeEnd = event === undefined || isEnd(event);
		const question = event !== undefined && mayBeEnd ? `the end of ${callId}` : callId;
		const answer = await account.questions.ask(question, ask);
		// A shared answer may be older than this delivery: the call may have ended since.
		const mayBeOld = !isOwn && mayBeEnd && answer.ok && !tellsEnd(answer.value);
		return mayBeOld ? await account.questions.ask(question, ask) : answer;
	}

	private async ask(account: Account): Promise<Verification> {
		const asked = await this.question.ask(account);
		if (asked === 'credentialChanged') return await this.verify();
		return asked === 'noTurn' ? this.noTurn(account.limiter) : this.conclude(asked, account);
	}

	private conclude(reply: Reply<Resource>, { limiter, turnedAway }: Account): Verification {
		const { callId } = this.payload;
		if (reply.ok) return reply;
		const explanation = explain(reply.error, deliveredCallTopic(callId));
		if (!isUnknown(reply)) return this.unverifiable(explanation, limiter.pausedForMs);
		const isLiveCalls = isLiveCallsWord(reply.error.how);
		const rejection = isLiveCalls ? rejections.unknownCall : rejections.notLiveCall;
		if (!isLiveCalls) warn(this.functions, explanation);
		turnedAway.set(callId, rejection);
		return { ok: false, error: rejection };
	}

	private noTurn({ pausedForMs }: Limiter): Verification {
		return this.unverifiable(
			pausedForMs > 0 ? explanations.liveCallPauses(pausedForMs) : explanations.manyDeliveries(),
			pausedForMs,
		);
	}

	private unverifiable(explanation: Explanation, pausedForMs = 0): Verification {
		warn(this.functions, explanation);
		const retryAfterMs = pausedForMs || rejections.unverifiable.retryAfterMs;
		return { ok: false, error: { ...rejections.unverifiable, retryAfterMs } };
	}
}
