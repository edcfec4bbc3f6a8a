import {
	certaintyOf,
	isLiveCallsWord,
	type Certainty,
	type Failure,
	type FailureKind,
	type StatusFailure,
} from '../api/outcome';
import { LONGEST_WAIT_MS } from '../throttling/wait';
import { seconds } from '../time';
import { messages, type Explanation } from './messages';
import type { AtMostOnceWording, Topic } from './topics';

/**
 * Puts a failure into words. This is the only place that does. A run that a person ended says "canceled": n8n tells such
 * an execution from one that failed by that word (n8n 2.41, `processSuccessExecution`).
 */
export function explain(failure: Failure, topic: Topic): Explanation {
	const { how, certainty } = failure;
	if (how.kind === 'status') {
		const isRefused = certaintyOf(how) === 'refused';
		if (isRefused && how.byProxy) return proxyRefused(how, certainty, topic);
		if (isRefused && topic.host === undefined) return refused(how, certainty, topic);
		if (how.status === 429) return tooManyRequests(how, failure, topic);
	}
	const message = `${whatHappened(failure, topic)}${triedOften(failure)}`;
	if (topic.atMostOnce && certainty === 'unknown') {
		return perhapsDone(how, mayAlreadyHave(topic.atMostOnce, message), topic.atMostOnce);
	}
	if (wasCanceled(how)) return { ...messages.canceled(), message };
	return { message, advice: nextStep(failure, topic) };
}

function proxyRefused(how: StatusFailure, certainty: Certainty, topic: Topic): Explanation {
	const why = how.status === 407 ? 'asks for a login' : 'let nothing through';
	return {
		message: `${answering(how, topic)} ${why} (status ${how.status})`,
		advice: `To go on, ${CHECK_PROXY}. ${effectOf(certainty)}`,
	};
}

/** What LiveCall refuses, or seems to. */
function refused(how: StatusFailure, certainty: Certainty, topic: Topic): Explanation {
	if (!isLiveCallsWord(how)) return perhapsForeign(how, certainty, topic);
	if (how.status === 401) {
		return {
			message: `LiveCall did not accept the API key${reasonsOf(how)}`,
			advice: `Check "API Key" in the LiveCall API credential. It comes from the account settings in LiveCall and is pasted without quotes. ${effectOf(certainty)}`,
		};
	}
	if (how.status === 403) {
		const { message, advice } = notAllowed(topic);
		return { message: `${message}${reasonsOf(how)}`, advice: `${advice} ${effectOf(certainty)}` };
	}
	return notFound(how, topic) ?? refusedFor(how, certainty, topic);
}

/** A refusal that may be another program's: what LiveCall would mean by it, and that it need not be LiveCall. */
function perhapsForeign(how: StatusFailure, certainty: Certainty, topic: Topic): Explanation {
	const { message, advice } = how.status === 403 ? notAllowed(topic) : topic.notFound;
	const came =
		how.foreign === 'text'
			? `a text came in place of LiveCall's answer${reasonsOf(how)}`
			: "a web page came in place of LiveCall's answer";
	return {
		message: `${message}, or ${came} (status ${how.status})`,
		advice: `${advice} Another program may have answered, such as a gateway while LiveCall restarts or a check for bots: then try again a little later, and if it stays like this, check "Base URL", too. ${effectOf(certainty)}`,
	};
}

function notAllowed({ to }: Topic): Explanation {
	return {
		message: `LiveCall does not allow this API key to ${to}`,
		advice: 'Check "API Key" in the LiveCall API credential and what its account may do.',
	};
}

/** Also a refusal in which LiveCall says that what the request names is not there, as Rails does with 422. */
function notFound(how: StatusFailure, topic: Topic): Explanation | undefined {
	const saysOf = how.status === 404 ? mentions : isNotThere;
	const missing = (topic.names ?? []).filter(({ what }) =>
		how.reasons.some((reason) => new RegExp(saysOf(what), 'i').test(reason)),
	);
	if (how.status !== 404 && missing.length === 0) return undefined;
	const [named, ...others] = missing;
	const { message, advice } = named && others.length === 0 ? named.notFound : topic.notFound;
	return { message: `${message}${reasonsOf(how)}`, advice };
}

function refusedFor(how: StatusFailure, certainty: Certainty, { to }: Topic): Explanation {
	const reasons = reasonsOf(how);
	const filter = /filter/i.test(reasons)
		? " A filter is what LiveCall's dashboard calls a target group."
		: '';
	return {
		message: `LiveCall refused to ${to}${reasons || `, with status ${how.status}`}`,
		advice: `${reasons ? 'Correct what LiveCall names' : 'LiveCall does not say why: check the fields of this item'}, then run this item again.${filter} ${effectOf(certainty)}`,
	};
}

function tooManyRequests(how: StatusFailure, failure: Failure, topic: Topic): Explanation {
	const orLess = topic.isDelivered ? '' : ', or lower "Max Concurrency" in the options';
	return {
		message: `${answering(how, topic)} is receiving too many requests and did not ${topic.to}${triedOften(failure)}`,
		advice: `${tryingAgain(failure, topic)}. Wait a little${orLess}.`,
	};
}

/** A request that LiveCall may have acted on, and must not act on twice. */
function perhapsDone(
	how: FailureKind,
	{ message, advice }: Explanation,
	{ look }: AtMostOnceWording,
): Explanation {
	const canceled = wasCanceled(how);
	// The editor offers Retry of failed and crashed executions alone (n8n 2.41, `useExecutionHelpers`).
	const next = canceled ? `${look}; if not, run the workflow with this item alone.` : advice;
	return { message, advice: [next, ...alsoToCheck(how)].join(' '), canceled };
}

function alsoToCheck(how: FailureKind): string[] {
	if (isProxys(how)) return [`Also ${CHECK_PROXY}.`];
	// Who says why in LiveCall's words is LiveCall.
	return how.kind === 'unreadable' && how.found === undefined ? [CHECK_BASE_URL] : [];
}

/** What to do about a request that may be sent again. */
function nextStep(failure: Failure, topic: Topic): string {
	const { how } = failure;
	const isApi = topic.host === undefined;
	if (how.kind === 'unreadable') {
		if (how.what === 'tooLarge' || how.what === 'tooLong') {
			return 'Listen to it in LiveCall to see whether it is whole. Trying again is safe.';
		}
		if (how.what === 'another') {
			return `Check that the ID is written as LiveCall writes it. ${CHECK_BASE_URL}`;
		}
		if (isApi) return how.found === undefined ? CHECK_BASE_URL : 'Correct what LiveCall names.';
	}
	if (isApi && how.kind === 'notSent' && how.reason === 'unsendable') {
		return 'Check "Base URL" and "API Key" in the LiveCall API credential, and whether n8n trusts the certificate of that host and may connect to it. Nothing was carried out.';
	}
	const ownToCheck = isProxys(how)
		? CHECK_PROXY
		: 'check "Base URL" in the LiveCall API credential and whether LiveCall is up';
	const toCheck = isApi
		? ownToCheck
		: 'check whether n8n may connect to that host, and whether a proxy answers in its place';
	return `${tryingAgain(failure, topic)}. If it stays like this, ${toCheck}.`;
}

function wasCanceled(how: FailureKind): boolean {
	return how.kind === 'canceled' || (how.kind === 'notSent' && how.reason === 'canceled');
}

/** How long whoever answered asks to wait, and that another try is safe, in a sentence without its end. */
function tryingAgain({ how, certainty }: Failure, topic: Topic): string {
	const effect = certainty === 'notCarriedOut' ? 'Nothing was carried out, so trying' : 'Trying';
	const retryAfterMs = how.kind === 'status' ? (how.retryAfterMs ?? 0) : 0;
	const longest =
		retryAfterMs > LONGEST_WAIT_MS ? `; the node waits ${seconds(LONGEST_WAIT_MS)} at most` : '';
	const askedToWait = `${answering(how, topic)} asked to wait ${seconds(retryAfterMs)}${longest}. `;
	return `${retryAfterMs > 0 ? askedToWait : ''}${effect} again is safe`;
}

function effectOf(certainty: Certainty): string {
	return certainty === 'unknown'
		? 'An earlier try may have been carried out.'
		: 'Nothing was carried out.';
}

/** LiveCall's own words, behind a colon; empty if it says no more than its status does. */
function reasonsOf({ reasons }: StatusFailure): string {
	const telling = reasons.filter((reason) => !ONLY_NOT_FOUND.test(reason));
	return telling.length > 0 ? `: ${telling.join('; ')}` : '';
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

/** Who has answered: the host, or a proxy in its place. */
function answering(how: FailureKind, { host = API_HOST }: Topic): string {
	return isProxys(how) ? `A proxy between n8n and ${host}` : host;
}

function isProxys(how: FailureKind): boolean {
	if (how.kind === 'notSent' && how.reason === 'proxy') return true;
	return 'byProxy' in how && how.byProxy === true;
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

function whatHappened({ how, tries }: Failure, topic: Topic): string {
	const { host = API_HOST } = topic;
	switch (how.kind) {
		case 'notSent':
			if (how.reason === 'askedToWait')
				return `${answering(how, topic)} had asked to wait, for another ${seconds(how.waitMs)} when this was due, and was not asked`;
			return {
				connectionRefused: `${host} could not be reached: the connection was refused`,
				unresolved: `${host} could not be reached: the address of its host was not found`,
				unreachable: `${host} could not be reached: there is no way to its host`,
				unsendable: `The request to ${host} could not be sent`,
				proxy: `${answering(how, topic)} closed the connection before ${host} was reached`,
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
			return `${answering(how, topic)} answered with status ${how.status}${how.reasons.length > 0 ? ` (${how.reasons.join('; ')})` : ''}`;
		case 'unreadable':
			return {
				webPage: "LiveCall's answer was a web page instead of data",
				cutOff: "LiveCall's answer was cut off or is not JSON",
				empty: `LiveCall's answer was empty, without ${how.missing ?? 'data'}`,
				shape: `LiveCall's answer came without ${how.missing ?? 'data'}${how.found === undefined ? '' : `, and says: ${how.found}`}`,
				another: `Asked about ${how.missing}, LiveCall answered with ${how.found}`,
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

function triedOften({ tries }: Failure): string {
	return tries > 1 ? ` (tried ${tries} times)` : '';
}
