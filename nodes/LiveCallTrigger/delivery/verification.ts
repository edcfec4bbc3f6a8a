import type { IWebhookFunctions } from 'n8n-workflow';
import type { Resource } from '../../shared/api/answers';
import { LiveCallClient } from '../../shared/api/client';
import { getCall } from '../../shared/api/endpoints';
import { hasEnded } from '../../shared/call';
import { InFlight } from '../../shared/concurrency/inFlight';
import type { ApiAccess } from '../../shared/credential';
import { explain } from '../../shared/failures/explain';
import { ownWords, type Notice } from '../../shared/failures/ownWords';
import { callTopic } from '../../shared/failures/topics';
import type { Payload } from './payload';

/** How long LiveCall may take to confirm a call, all tries together, in ms. */
const VERIFY_WITHIN_MS = 8_000;

/** LiveCall is asked again while there is time, after waits of at most this many ms. */
const LONGEST_BACK_OFF_MS = 1_000;

/** More than there is time for, unless LiveCall says itself that there is no need to wait. */
const MOST_RETRIES = 20;

/** What LiveCall says of the call that a delivery names. */
export type Verification = { call: Resource } | 'unknown' | 'unverifiable';

/** Deliveries of the same call that arrive together share one question. */
const verifications = new InFlight<Verification>();

/**
 * Asks LiveCall about a call.
 * @returns the call; `unknown` when LiveCall has no such call; `unverifiable` when it cannot be asked or gives no
 *   usable answer. Never throws.
 */
export async function verifyCall(
	functions: IWebhookFunctions,
	api: ApiAccess | undefined,
	{ callId, event }: Payload,
): Promise<Verification> {
	if (!api) return unverifiable(functions, ownWords.wrongBaseUrl());
	const deadline = Date.now() + VERIFY_WITHIN_MS;
	const question = [functions.getWorkflow().id, functions.getNode().id, api.baseUrl, callId].join(
		' ',
	);
	let isOwn = false;
	const work = async () => {
		isOwn = true;
		return await ask(functions, api, callId, deadline);
	};
	const answer = await verifications.ask(question, work);
	// Asked before this delivery arrived, which may have come because the call has ended since.
	const mayBeOld = !isOwn && event !== 'call.created' && isUnderWay(answer);
	return mayBeOld ? await verifications.ask(question, work) : answer;
}

function isUnderWay(verification: Verification): boolean {
	return typeof verification === 'object' && !hasEnded(verification.call);
}

async function ask(
	functions: IWebhookFunctions,
	api: ApiAccess,
	callId: string,
	deadline: number,
): Promise<Verification> {
	const client = new LiveCallClient(functions, {
		api,
		timeoutMs: VERIFY_WITHIN_MS,
		maxRetries: MOST_RETRIES,
		longestBackOffMs: LONGEST_BACK_OFF_MS,
	});
	const reply = await client.send(getCall(callId), { deadline });
	if (reply.ok) {
		return String(reply.value.id) === callId
			? { call: reply.value }
			: unverifiable(functions, ownWords.otherCall(callId));
	}
	const { how } = reply.error;
	if (how.kind === 'status' && how.status === 404) return 'unknown';
	return unverifiable(functions, explain(reply.error, callTopic(callId)));
}

/** Whoever delivers hears no reason; whoever runs n8n has no other place to read it. */
function unverifiable(functions: IWebhookFunctions, { message, advice }: Notice): 'unverifiable' {
	functions.logger.warn(`LiveCall Trigger: ${message}. ${advice}`);
	return 'unverifiable';
}
