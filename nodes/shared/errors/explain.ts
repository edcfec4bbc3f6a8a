import { LONGEST_RETRY_AFTER_MS } from '../api/backOff';
import { certaintyOf, type Failure, type FailureKind } from '../api/outcome';
import { seconds } from '../time';
import { messages, type Explanation } from './messages';
import type { AtMostOnceWording, Topic } from './topics';

/**
 * Puts a failure into words: the first of these that knows the failure says what it is. This is the only place that
 * does. A run that a person ended says "canceled": n8n tells such an execution from one that failed by that word
 * (n8n 2.41, `processSuccessExecution`).
 */
export function explain(failure: Failure, topic: Topic): Explanation {
	return (
		proxyRefused(failure, topic) ??
		keyNotAccepted(failure, topic) ??
		notFound(failure, topic) ??
		tooManyRequests(failure, topic) ??
		refused(failure, topic) ??
		perhapsDone(failure, topic) ??
		canceled(failure, topic) ??
		otherHost(failure, topic) ??
		unreadable(failure, topic) ??
		unsendable(failure, topic) ??
		outOfReach(failure, topic)
	);
}

function proxyRefused({ how, certainty }: Failure, { host }: Topic): Explanation | undefined {
	if (how.kind !== 'status' || !how.byProxy || certaintyOf(how) !== 'refused') return undefined;
	const why = how.status === 407 ? 'asks for a login' : 'let nothing through';
	return {
		message: `${proxyBefore(host)} ${why} (status ${how.status})`,
		advice: `To go on, ${CHECK_PROXY}. ${effectOf(certainty)}`,
	};
}

function keyNotAccepted({ how, certainty }: Failure, topic: Topic): Explanation | undefined {
	if (how.kind !== 'status' || topic.host !== undefined) return undefined;
	if (how.status === 401) {
		return {
			message: `LiveCall did not accept the API key${reasonsOf(how)}`,
			advice: `Check "API Key" in the LiveCall API credential. It comes from the account settings in LiveCall and is pasted without quotes. ${effectOf(certainty)}`,
		};
	}
	if (how.status !== 403) return undefined;
	return {
		message: `LiveCall does not allow this API key to ${topic.to}${reasonsOf(how)}`,
		advice: `Check "API Key" in the LiveCall API credential and what its account may do. ${effectOf(certainty)}`,
	};
}

/** Also a refusal in which LiveCall says that what the request names is not there, as Rails does with 422. */
function notFound({ how }: Failure, topic: Topic): Explanation | undefined {
	if (how.kind !== 'status' || topic.host !== undefined) return undefined;
	if (certaintyOf(how) !== 'refused') return undefined;
	const saysOf = how.status === 404 ? mentions : isNotThere;
	const missing = (topic.names ?? []).filter(({ what }) =>
		how.reasons.some((reason) => new RegExp(saysOf(what), 'i').test(reason)),
	);
	if (how.status !== 404 && missing.length === 0) return undefined;
	const { message, advice } = missing.length === 1 ? missing[0].notFound : topic.notFound;
	return { message: `${message}${reasonsOf(how)}`, advice };
}

function tooManyRequests(
	{ how, certainty, tries }: Failure,
	topic: Topic,
): Explanation | undefined {
	if (how.kind !== 'status' || how.status !== 429) return undefined;
	const who = answering(how, topic.host);
	return {
		message: `${who} is receiving too many requests and did not ${topic.to}${triedOften(tries)}`,
		advice: `${askedToWait(how, topic.host)}${tryingAgain(certainty)} is safe. Wait a little, or lower "Max Concurrency" in the options.`,
	};
}

function refused({ how, certainty }: Failure, topic: Topic): Explanation | undefined {
	if (how.kind !== 'status' || topic.host !== undefined) return undefined;
	if (certaintyOf(how) !== 'refused') return undefined;
	const reasons = reasonsOf(how);
	const filter = /filter/i.test(reasons)
		? " A filter is what LiveCall's dashboard calls a target group."
		: '';
	return {
		message: `LiveCall refused to ${topic.to}${reasons || `, with status ${how.status}`}`,
		advice: `${reasons ? 'Correct what LiveCall names' : 'LiveCall does not say why: check the fields of this item'}, then run this item again.${filter} ${effectOf(certainty)}`,
	};
}

/** A request that LiveCall may have acted on, and must not act on twice. */
function perhapsDone(failure: Failure, { once, host }: Topic): Explanation | undefined {
	if (!once || failure.certainty !== 'unknown') return undefined;
	const { message, advice } = mayAlreadyHave(once, happened(failure, host));
	return {
		message,
		advice: [advice, ...alsoToCheck(failure.how)].join(' '),
		canceled: wasCanceled(failure),
	};
}

function alsoToCheck(how: FailureKind): string[] {
	if (isProxys(how)) return [`Also ${CHECK_PROXY}.`];
	// Who says why in LiveCall's words is LiveCall.
	return how.kind === 'unreadable' && how.found === undefined ? [CHECK_BASE_URL] : [];
}

function canceled(failure: Failure, { host }: Topic): Explanation | undefined {
	if (!wasCanceled(failure)) return undefined;
	return { ...messages.canceled(), message: happened(failure, host) };
}

function otherHost(failure: Failure, { host }: Topic): Explanation | undefined {
	if (host === undefined) return undefined;
	const { how } = failure;
	if (how.kind === 'unreadable' && (how.what === 'tooLarge' || how.what === 'tooLong')) {
		return {
			message: happened(failure, host),
			advice: 'Listen to it in LiveCall to see whether it is whole. Trying again is safe.',
		};
	}
	return {
		message: happened(failure, host),
		advice: `${askedToWait(how, host)}${tryingAgain(failure.certainty)} is safe. If it stays like this, check whether n8n may connect to that host, and whether a proxy answers in its place.`,
	};
}

function unreadable(failure: Failure, { host }: Topic): Explanation | undefined {
	const { how } = failure;
	if (how.kind !== 'unreadable') return undefined;
	const advice = how.found === undefined ? CHECK_BASE_URL : 'Correct what LiveCall names.';
	return { message: happened(failure, host), advice };
}

function unsendable(failure: Failure, { host }: Topic): Explanation | undefined {
	const { how } = failure;
	if (how.kind !== 'notSent' || how.reason !== 'unsendable') return undefined;
	return {
		message: happened(failure, host),
		advice:
			'Check "Base URL" and "API Key" in the LiveCall API credential, and whether n8n trusts the certificate of that host and may connect to it. Nothing was carried out.',
	};
}

function outOfReach(failure: Failure, { host }: Topic): Explanation {
	const { how, certainty } = failure;
	const asked = askedToWait(how, host);
	const toCheck = isProxys(how)
		? CHECK_PROXY
		: 'check "Base URL" in the LiveCall API credential and whether LiveCall is up';
	return {
		message: happened(failure, host),
		advice: `${asked}${tryingAgain(certainty)} is safe. If it stays like this, ${toCheck}.`,
	};
}

function wasCanceled({ how }: Failure): boolean {
	return how.kind === 'canceled' || (how.kind === 'notSent' && how.reason === 'canceled');
}

function tryingAgain(certainty: Failure['certainty']): string {
	return certainty === 'notCarriedOut'
		? 'Nothing was carried out, so trying again'
		: 'Trying again';
}

function effectOf(certainty: Failure['certainty']): string {
	return certainty === 'unknown'
		? 'An earlier try may have been carried out.'
		: 'Nothing was carried out.';
}

/** LiveCall's own words, behind a colon; empty where it says no more than its status does. */
function reasonsOf({ reasons }: Extract<FailureKind, { kind: 'status' }>): string {
	const telling = reasons.filter((reason) => !ONLY_NOT_FOUND.test(reason));
	return telling.length > 0 ? `: ${telling.join('; ')}` : '';
}

function happened({ how, tries }: Failure, host: string | undefined): string {
	return `${whatHappened(how, tries, host)}${triedOften(tries)}`;
}

/** What is named in a reason, with its ID or without it: "filter", "user_id", "Filter with 'id'=7", "user 7". */
function mentions(what: string): string {
	return `\\b(?:${what})(?:[ _]?id)?\\b(?: with '?id'?)?[^a-z]*`;
}

/**
 * A reason which says that something is not there, in the words of Rails and the usual others. They stand right beside
 * its name: "phone number is invalid for this filter" is about the number.
 */
function isNotThere(what: string): string {
	const before = "(?:(?:could not|couldn't|cannot|can't) find|no such|unknown) (?:the |an? )?";
	const after =
		"(?:must exist|(?:does not|doesn't|not) exist|(?:(?:is|was) )?(?:not found|unknown|invalid)|(?:could not|couldn't|cannot) be found)";
	return `${before}${mentions(what)}|${mentions(what)}${after}`;
}

/** Completes "To go on, …". */
const CHECK_PROXY = 'check the proxy that n8n is set to use, and what it lets through';

function proxyBefore(host = API_HOST): string {
	return `A proxy between n8n and ${host}`;
}

/** Who has answered: the host, or a proxy in its place. */
function answering(how: FailureKind, host = API_HOST): string {
	return isProxys(how) ? proxyBefore(host) : host;
}

function isProxys(how: FailureKind): boolean {
	return how.kind === 'status'
		? (how.byProxy ?? false)
		: how.kind === 'notSent' &&
				(how.reason === 'askedToWait' ? (how.byProxy ?? false) : how.reason === 'proxy');
}

const CHECK_BASE_URL =
	'Check that "Base URL" in the LiveCall API credential is LiveCall\'s API, by default https://api.livecall.io/v1, and that no proxy answers in its place.';

/** What is said of a request that must not be sent again, since LiveCall may have acted on it. */
export function mayAlreadyHave(
	{ done, look, option }: AtMostOnceWording,
	happened: string,
): Explanation {
	return {
		message: mayAlready(done, happened),
		advice: `The request is not sent again by itself, since that could do it twice. ${look}; if not, set "${option}" in the options, save, and under Executions retry this execution with the currently saved workflow.`,
	};
}

/** @param done completes "LiveCall may already have …" */
export function mayAlready(done: string, happened: string): string {
	return `LiveCall may already have ${done}: ${lowerFirst(happened)}`;
}

/** What happened to an item that an earlier try has sent without a usable answer. */
export const SENT_EARLIER = 'An earlier try was sent and its outcome is unknown';

/** What happened to an item that n8n has on record, without what came of it: n8n may have died since. */
export const RECORDED_EARLIER =
	'Another run of this execution was about to send it, and what came of that is not known here';

/** Bodies that only repeat the status 404. */
const ONLY_NOT_FOUND = /^(record |page )?not found[.!]?$/i;

function lowerFirst(text: string): string {
	return text.startsWith('LiveCall') ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

const API_HOST = 'LiveCall';

function whatHappened(how: FailureKind, tries: number, host = API_HOST): string {
	switch (how.kind) {
		case 'notSent':
			if (how.reason === 'askedToWait')
				return `${answering(how, host)} had asked to wait, for another ${seconds(how.waitMs)} when this was due, and was not asked`;
			return {
				connectionRefused: `${host} could not be reached: the connection was refused`,
				unresolved: `${host} could not be reached: the address of its host was not found`,
				unreachable: `${host} could not be reached: there is no way to its host`,
				unsendable: `The request to ${host} could not be sent`,
				proxy: `${proxyBefore(host)} closed the connection before ${host} was reached`,
				canceled: `The execution was canceled before LiveCall was asked${tries > 0 ? ' again' : ''}`,
			}[how.reason];
		case 'lost':
			return `The connection to ${host} was lost before its answer was complete`;
		case 'brokeOff':
			return `${host} broke off before the end of the recording, and no file was kept`;
		case 'timeout':
			return `${host} did not answer within ${seconds(how.timeoutMs)}`;
		case 'canceled':
			return 'The execution was canceled while LiveCall was being asked';
		case 'status':
			return `${answering(how, host)} answered with status ${how.status}${how.reasons.length > 0 ? ` (${how.reasons.join('; ')})` : ''}`;
		case 'unreadable':
			return {
				webPage: "LiveCall's answer was a web page instead of data",
				cutOff: "LiveCall's answer was cut off or is not JSON",
				empty: `LiveCall's answer was empty, without ${how.missing ?? 'data'}`,
				shape: `LiveCall's answer came without ${how.missing ?? 'data'}${how.found === undefined ? '' : `, and says: ${how.found}`}`,
				redirect: `LiveCall's address answered with a redirect (status ${how.status}), which is not followed so that the API key stays with its host`,
				redirects: `${host} leads from one address to the next, without an end`,
				noRecording: `${host} answered with ${how.found} instead of a recording`,
				part: `${host} answered with only a part of the recording (status ${how.status})`,
				tooLarge: `${host} sent more than 2 GiB, and no file was kept`,
				tooLong: `${host} was still sending the recording after an hour, and no file was kept`,
				encoded: `${host} sent the recording encoded in a way that n8n cannot read (${how.found})`,
			}[how.what];
	}
}

function triedOften(tries: number): string {
	return tries > 1 ? ` (tried ${tries} times)` : '';
}

function askedToWait(how: FailureKind, host: string | undefined): string {
	const retryAfterMs = how.kind === 'status' ? (how.retryAfterMs ?? 0) : 0;
	if (retryAfterMs === 0) return '';
	const longest =
		retryAfterMs > LONGEST_RETRY_AFTER_MS
			? `; the node waits ${seconds(LONGEST_RETRY_AFTER_MS)} at most`
			: '';
	return `${answering(how, host)} asked to wait ${seconds(retryAfterMs)}${longest}. `;
}
