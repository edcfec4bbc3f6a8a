import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../json';
import type { FailureKind, Unsent } from './outcome';

/** System codes that Node.js gives when a host name cannot be looked up. */
const LOOKUP_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);

/** System codes of a connection that could not be made; certain only while connecting. */
const CONNECT_CODES = new Set([
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EADDRNOTAVAIL',
	'ETIMEDOUT',
	'EACCES',
	'EPERM',
]);

/** Codes of requests that cannot be put on the wire at all, or whose host is not trusted, which shows before that. */
const UNSENDABLE_CODES = new Set([
	'ERR_INVALID_URL',
	'ERR_INVALID_CHAR',
	'ERR_INVALID_PROTOCOL',
	'ERR_UNESCAPED_CHARACTERS',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'CERT_HAS_EXPIRED',
	'CERT_NOT_YET_VALID',
	'CERT_REJECTED',
	'CERT_REVOKED',
	'CERT_SIGNATURE_FAILURE',
	'CERT_UNTRUSTED',
	'INVALID_CA',
	'INVALID_PURPOSE',
	'HOSTNAME_MISMATCH',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Codes of a request that was given up because its answer did not come in time. */
const TIMEOUT_CODES = new Set(['ECONNABORTED', 'ETIMEDOUT']);

/** The error and its causes, outermost first: n8n's error, then axios's, then the one of Node.js. */
function causes(thrown: unknown): IDataObject[] {
	const chain: IDataObject[] = [];
	for (let next = thrown; isObject(next) && !chain.includes(next); next = next.cause)
		chain.push(next);
	return chain;
}

/** n8n 1.x loses an error's cause on the way (n8n 1.123, `ExecutionBaseError`) and keeps its code as `httpCode`. */
function codeOf({ code, httpCode }: IDataObject): string {
	return [code, httpCode].find((candidate) => typeof candidate === 'string')?.toString() ?? '';
}

/** If the system call is lost as well, the message that n8n keeps begins with it: "connect ETIMEDOUT …". */
function wasIn(call: 'connect' | 'write', trace: IDataObject): boolean {
	return trace.syscall === call || says(`${call} `, trace);
}

function says(beginning: string, { message, messages }: IDataObject): boolean {
	return [message, messages].flat().some((text) => String(text).startsWith(beginning));
}

/** What Node.js says of a connection that was closed while the two sides agreed on its encryption. */
const CLOSED_TOO_EARLY = 'Client network socket disconnected before secure TLS connection';

/** What is said of a proxy that closes the connection instead of answering CONNECT (https-proxy-agent 7). */
const NO_CONNECT = 'Proxy connection ended before receiving CONNECT response';

/** Redirects without an end, in the words of follow-redirects 1 and of n8n's own follower (n8n 2.41, `followSsrfRedirects`). */
function isRedirectLoop(trace: IDataObject): boolean {
	return (
		codeOf(trace) === 'ERR_FR_TOO_MANY_REDIRECTS' || says('Maximum number of redirects', trace)
	);
}

function notSentReason(trace: IDataObject): Unsent | undefined {
	const code = codeOf(trace);
	// A host with several addresses is tried on each: only when none could be connected is it certain.
	if (Array.isArray(trace.errors) && trace.errors.length > 0) {
		const reasons = trace.errors.filter(isObject).map(notSentReason);
		return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
	}
	if (says(NO_CONNECT, trace)) return 'proxy';
	if (code === 'ECONNREFUSED') return 'connectionRefused';
	if (LOOKUP_CODES.has(code)) return 'unresolved';
	if (CONNECT_CODES.has(code) && wasIn('connect', trace)) return 'unreachable';
	if (code === 'ECONNRESET' && says(CLOSED_TOO_EARLY, trace)) return 'connectionRefused';
	// The first bytes are written once both sides agree on the encryption; they did not.
	if (code === 'EPROTO' && wasIn('write', trace)) return 'unsendable';
	if (UNSENDABLE_CODES.has(code)) return 'unsendable';
	return typeof trace.name === 'string' && trace.name.startsWith('Ssrf') ? 'unsendable' : undefined;
}

/**
 * Reads what n8n's request helper threw. Nothing of the thrown object goes any further: it carries the request's
 * headers, and with them the API key.
 * @param thrown what was caught
 * @param timeoutMs the request's time-out in ms, for the message
 * @param canceled whether the execution was canceled
 */
export function failureOfThrown(
	thrown: unknown,
	timeoutMs: number,
	canceled: boolean,
): FailureKind {
	if (canceled) return { kind: 'canceled' };
	const chain = causes(thrown);
	for (const trace of [...chain].reverse()) {
		const reason = notSentReason(trace);
		if (reason) return { kind: 'notSent', reason };
	}
	if (chain.some(isRedirectLoop)) return { kind: 'unreadable', what: 'redirects' };
	const timedOut = chain.map(codeOf).some((code) => TIMEOUT_CODES.has(code));
	return timedOut ? { kind: 'timeout', timeoutMs } : { kind: 'lost' };
}
