import type { IWebhookFunctions } from 'n8n-workflow';
import { isLiveCallsWord, seemsNotFound } from '../../shared/api/outcome';
import { explain } from '../../shared/errors/explain';
import { messages, type Explanation } from '../../shared/errors/messages';
import { deliveredCallTopic } from '../../shared/errors/topics';
import { isEnd } from '../../shared/events';
import { accountOf, type Account, type Verification } from './accounts';
import { explanations, warn } from './explanations';
import { tellsEnd, type Question } from './question';
import { rejections } from './rejections';

/**
 * Has LiveCall confirm the call that a delivery names.
 * @returns the call; 404 when LiveCall has no such call; 503 when it cannot be asked or gives no usable answer
 * @throws what n8n throws when the credential cannot be read
 */
export async function verifyCall(question: Question): Promise<Verification> {
	const { functions, credential } = question;
	const { callId, event } = question.payload;
	const { api } = await credential.read();
	const account = api && accountOf(functions, api);
	const turnedAway = account?.turnedAway.get(callId);
	const isRefused = !account || turnedAway;
	// Once more at most: the credential was read anew, and from now on `read` gives that.
	if (isRefused && (await credential.hasChanged(api))) return await verifyCall(question);
	if (!account) return unverifiable(functions, messages.wrongBaseUrl());
	if (turnedAway) return { ok: false, error: turnedAway };

	let isOwn = false;
	const ask = async () => {
		isOwn = true;
		return await answerTo(question, account);
	};
	const mayBeEnd = event === undefined || isEnd(event);
	const asked = event !== undefined && mayBeEnd ? `the end of ${callId}` : callId;
	const answer = await account.questions.ask(asked, ask);
	// A shared answer may be older than this delivery: the call may have ended since.
	const mayBeOld = !isOwn && mayBeEnd && answer.ok && !tellsEnd(answer.value);
	return mayBeOld ? await account.questions.ask(asked, ask) : answer;
}

/** What is made of LiveCall's answer to one delivery. */
async function answerTo(question: Question, account: Account): Promise<Verification> {
	const { functions, payload } = question;
	const { limiter, turnedAway } = account;
	const reply = await question.ask(account);
	if (reply === 'credentialChanged') return await verifyCall(question);
	const { pausedForMs } = limiter;
	if (reply === 'noTurn') {
		const why =
			pausedForMs > 0 ? explanations.liveCallPauses(pausedForMs) : explanations.manyDeliveries();
		return unverifiable(functions, why, pausedForMs);
	}
	if (reply.ok) return reply;
	const { how } = reply.error;
	const explanation = explain(reply.error, deliveredCallTopic(payload.callId));
	if (!seemsNotFound(how)) return unverifiable(functions, explanation, pausedForMs);
	const isLiveCalls = isLiveCallsWord(how);
	const rejection = isLiveCalls ? rejections.unknownCall : rejections.notLiveCall;
	if (!isLiveCalls) warn(functions, explanation);
	turnedAway.set(payload.callId, rejection);
	return { ok: false, error: rejection };
}

function unverifiable(
	functions: IWebhookFunctions,
	explanation: Explanation,
	pausedForMs = 0,
): Verification {
	warn(functions, explanation);
	const retryAfterMs = pausedForMs || rejections.unverifiable.retryAfterMs;
	return { ok: false, error: { ...rejections.unverifiable, retryAfterMs } };
}
