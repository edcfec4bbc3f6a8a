import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { isObject } from '../../shared/json';
import type { Result } from '../../shared/result';
import { rejections, type Rejection } from './rejections';
import { Credential } from './credential';
import { eventOf, mismatch, type Believed } from './filters';
import { explanations, warn } from './explanations';
import { identityOf, rememberIfNew } from './memory';
import { readPayload, type Payload } from './payload';
import { Question } from './question';
import { readSettings, type Settings } from './settings';
import { tokenIsRight } from './token';
import { verifyCall } from './verification';

/**
 * From a delivery to a started workflow, or to the answer that turns it away. Never throws: n8n starts an execution for
 * an error that leaves a webhook (n8n 2.41, `executeWebhook`), and anybody may send a delivery.
 */
export async function handleDelivery(functions: IWebhookFunctions): Promise<IWebhookResponseData> {
	const judged = await judge(functions).catch((error: unknown) => {
		const reason = error instanceof Error ? error.message : 'unknown reason';
		functions.logger.warn(`LiveCall Trigger: a delivery could not be handled: ${reason}`);
		return refused(rejections.notHandled);
	});
	if (!judged.ok) return reject(functions, judged.error);
	// Not by `returnJsonArray`: that takes an object with a field "json", which a delivery may have, for a whole item.
	return { workflowData: [[{ json: judged.value }]] };
}

/** @returns the JSON of the item that starts the workflow */
async function judge(functions: IWebhookFunctions): Promise<Result<IDataObject, Rejection>> {
	const credential = new Credential(functions);
	if (!(await carriesToken(functions, credential))) return refused(rejections.wrongToken);

	const { rawBody } = functions.getRequestObject();
	const payload = readPayload(functions.getBodyData(), rawBody);
	if (!payload) {
		warn(functions, explanations.noCallId(rawBody?.length));
		return refused(rejections.noCallId);
	}

	const settings = readSettings(functions);
	const believed = await believe(functions, credential, payload, settings);
	if (!believed.ok) return believed;

	const event = eventOf(believed.value, payload.event, settings.filters);
	const rejection = mismatch(believed.value, event, settings.filters);
	if (rejection) return refused(rejection);

	// While a person listens in the editor, sending the same call again is how they try things.
	const remembers = settings.ignoreRepeats && functions.getMode() !== 'manual';
	const { call, verified } = believed.value;
	if (remembers && !rememberIfNew(functions, identityOf(event, payload.callId, call))) {
		return refused(rejections.repeat);
	}
	// First for the order of the fields, again last so that a field of the call cannot overwrite them.
	return { ok: true, value: { ...{ event, verified }, ...call, ...{ event, verified } } };
}

function refused(error: Rejection): { ok: false; error: Rejection } {
	return { ok: false, error };
}

async function carriesToken(
	functions: IWebhookFunctions,
	credential: Credential,
): Promise<boolean> {
	const query: unknown = functions.getQueryData();
	const given = isObject(query) ? query.token : undefined;
	return (
		tokenIsRight((await credential.read()).webhookToken, given) ||
		tokenIsRight((await credential.readPresent()).webhookToken, given)
	);
}

/** LiveCall's own answer, or, if the settings allow that, what the delivery says itself. */
async function believe(
	functions: IWebhookFunctions,
	credential: Credential,
	payload: Payload,
	{ verifyCalls, acceptsUnverifiable }: Settings,
): Promise<Result<Believed, Rejection>> {
	const unverified: Believed = { verified: false, call: payload.fields };
	if (!verifyCalls) return { ok: true, value: unverified };
	const verification = await verifyCall(new Question(functions, credential, payload));
	if (verification.ok) return { ok: true, value: { verified: true, call: verification.value } };
	const passes = acceptsUnverifiable && verification.error.isUnverifiable;
	return passes ? { ok: true, value: unverified } : verification;
}

/** Answers the delivery; nothing is started. */
function reject(
	functions: IWebhookFunctions,
	{ status, message, retryAfterMs }: Rejection,
): IWebhookResponseData {
	const response = functions.getResponseObject();
	if (retryAfterMs !== undefined) {
		response.set('Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
	}
	response.status(status).json({ message });
	return { noWebhookResponse: true };
}
