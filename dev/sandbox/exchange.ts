import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';

import { tryParseJson } from '../json';
import {
	emptyAnswer,
	failureAnswer,
	htmlAnswer,
	isSuccess,
	jsonAnswer,
	textAnswer,
	type Answer,
} from './answers';
import type { Fault, FaultPlan } from './faults';
import type { HostName, SeenRequest } from './types';

/** What every request on either host goes through. */
export interface ExchangeContext {
	host: HostName;
	/** The clock, ms since 1970. */
	now: () => number;
	faults: FaultPlan;
	/** Where requests are noted as they arrive. */
	requests: SeenRequest[];
}

/** Carries out a request; calling it is what "acting" means. */
export type Act = (request: SeenRequest) => Answer;

/** How an answer gets to the client. */
type Delivery = 'whole' | 'trickle' | 'half-then-close' | 'half-then-silence' | 'reset' | 'silence';

interface Plan {
	answer?: Answer;
	delivery: Delivery;
	/** How long the answer, each byte of a trickle, or the end of the silence is held back, in ms. */
	delayMs?: number;
}

/**
 * Notes a request, lets its fault and the host meet it, and answers. The request's body must have been read as bytes.
 */
export async function exchange(
	context: ExchangeContext,
	request: Request,
	response: Response,
	act: Act,
): Promise<void> {
	const seen = note(context, request);
	response.once('close', () => (seen.over = true));
	const wait = context.host === 'api' ? context.faults.takeToken() : 0;
	if (wait > 0) {
		seen.fault = 'limit';
		const busy = failureAnswer(429, { 'Retry-After': String(wait) });
		return await deliver(response, seen, whole(busy));
	}
	const { host, method, path, json } = seen;
	const fault = context.faults.pick({ host, method, path, json });
	seen.fault = fault?.kind;
	const carryOut = () => {
		const answer = act(seen);
		seen.acted = isSuccess(answer.status);
		return answer;
	};
	await deliver(response, seen, plan(fault, carryOut));
}

function note(context: ExchangeContext, request: Request): SeenRequest {
	const raw: unknown = request.body;
	const body = Buffer.isBuffer(raw) ? raw.toString('utf8') : '';
	const seen: SeenRequest = {
		host: context.host,
		method: request.method,
		path: request.originalUrl,
		headers: { ...request.headers },
		body,
		json: tryParseJson(body),
		at: context.now(),
		acted: false,
		over: false,
	};
	context.requests.push(seen);
	return seen;
}

/** Decides what the client hears. Faults that do not act never call `carryOut`. */
function plan(fault: Fault | undefined, carryOut: () => Answer): Plan {
	switch (fault?.kind) {
		case undefined:
			return whole(carryOut());
		case 'latency':
			return { ...whole(carryOut()), delayMs: fault.ms };
		case 'trickle':
			return { answer: carryOut(), delivery: 'trickle', delayMs: fault.everyMs };
		case 'status':
			return whole(statusAnswer(fault));
		case 'status-after':
			carryOut();
			return whole(failureAnswer(fault.status));
		case 'html': {
			const status = fault.status ?? 200;
			if (isSuccess(status)) carryOut();
			return whole(htmlAnswer(status));
		}
		case 'cut-off-json':
			return whole(firstHalf(withBody(carryOut())));
		case 'empty-object':
			carryOut();
			return whole(jsonAnswer(200, {}));
		case 'empty-body':
			carryOut();
			return whole(emptyAnswer(fault.status ?? 200));
		case 'reset-before':
			return { delivery: 'reset' };
		case 'reset-after':
			carryOut();
			return { delivery: 'reset' };
		case 'cut-connection':
		case 'truncated-download':
			return { answer: withBody(carryOut()), delivery: 'half-then-close' };
		case 'stalled-download':
			return { answer: withBody(carryOut()), delivery: 'half-then-silence' };
		case 'hang-before':
			return { delivery: 'silence', delayMs: fault.ms };
		case 'hang-after':
			carryOut();
			return { delivery: 'silence', delayMs: fault.ms };
		case 'redirect':
			return whole(emptyAnswer(fault.status ?? 302, { Location: fault.location }));
		case 'expired-link':
			return whole(expiredLinkAnswer());
		case 'empty-download': {
			const { status, headers } = carryOut();
			return whole(emptyAnswer(status, headers));
		}
	}
}

function whole(answer: Answer): Plan {
	return { answer, delivery: 'whole' };
}

/** What the recordings host says to a link that is not, or no longer, valid. */
export function expiredLinkAnswer(): Answer {
	return jsonAnswer(403, { error: 'This link has expired' });
}

function statusAnswer(fault: Extract<Fault, { kind: 'status' }>): Answer {
	const headers: Record<string, string> = {};
	if (fault.retryAfter !== undefined) headers['Retry-After'] = String(fault.retryAfter);
	if (fault.body === undefined && fault.contentType === undefined) {
		return failureAnswer(fault.status, headers);
	}
	if (typeof fault.body === 'string' || Buffer.isBuffer(fault.body) || fault.body === undefined) {
		const contentType = fault.contentType ?? 'text/html; charset=utf-8';
		return textAnswer(fault.status, fault.body ?? '', contentType, headers);
	}
	const answer = jsonAnswer(fault.status, fault.body, headers);
	if (fault.contentType !== undefined) answer.headers['Content-Type'] = fault.contentType;
	return answer;
}

/** An answer that has no body cannot be cut in half; this gives it the smallest one that can. */
function withBody(answer: Answer): Answer {
	return answer.length > 0 ? answer : jsonAnswer(200, {});
}

function firstHalf(answer: Answer): Answer {
	return {
		...answer,
		length: Math.floor(answer.length / 2),
		chunks: () => take(answer.chunks(), Math.floor(answer.length / 2)),
	};
}

function* take(chunks: Iterable<Buffer>, bytes: number): Generator<Buffer> {
	let left = bytes;
	for (const chunk of chunks) {
		yield chunk.subarray(0, left);
		left -= chunk.length;
		if (left <= 0) return;
	}
}

async function deliver(
	response: Response,
	seen: SeenRequest,
	{ answer, delivery, delayMs }: Plan,
): Promise<void> {
	const { socket } = response;
	if (delivery === 'reset') socket?.resetAndDestroy();
	if (delayMs !== undefined && delivery !== 'trickle') await heldBack(response, delayMs);
	if (delivery === 'silence' && delayMs !== undefined) socket?.destroy();
	if (!answer || response.destroyed) return;
	seen.status = answer.status;
	response.writeHead(answer.status, {
		...answer.headers,
		// 204 must not have one; everything else has to say how long it is.
		...(answer.status !== 204 && { 'Content-Length': String(answer.length) }),
	});
	if (delivery === 'whole') return await send(response, answer.chunks(), true);
	if (delivery === 'trickle') return await send(response, bytewise(answer, delayMs), true);
	await send(response, firstHalf(answer).chunks(), false);
	if (delivery === 'half-then-close') socket?.destroySoon();
}

async function* bytewise(answer: Answer, everyMs: number | undefined): AsyncGenerator<Buffer> {
	for (const chunk of answer.chunks()) {
		for (const byte of chunk) {
			yield Buffer.of(byte);
			await pause(everyMs, undefined, { ref: false });
		}
	}
}

/** Sends chunks no faster than the client takes them. A client that hangs up is none of the sandbox's errors. */
async function send(
	response: Response,
	chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
	end: boolean,
): Promise<void> {
	try {
		await pipeline(Readable.from(chunks), response, { end });
	} catch {
		response.destroy();
	}
}

/** Waits for so many ms, or until the client hangs up. */
async function heldBack(response: Response, ms: number): Promise<void> {
	const closed = new AbortController();
	response.once('close', () => closed.abort());
	await pause(ms, undefined, { ref: false, signal: closed.signal }).catch(() => undefined);
}
