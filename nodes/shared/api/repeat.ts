import { asksForTooLong, backOffBefore } from './backOff';
import {
	certaintyOf,
	isStatus,
	mayRepeat,
	type Attempt,
	type FailureKind,
	type Repeatable,
	type Reply,
} from './outcome';
import type { Pace } from '../throttling/pace';
import { wait } from '../throttling/wait';

/** How often and for how long a request is sent again. */
export interface RepeatSettings {
	/** How often a request is sent again if that is safe. */
	maxRetries: number;
	/** The execution's cancel signal. */
	signal?: AbortSignal;
	/** Shared by all requests of a run. */
	pace?: Pace;
	/** When all tries together must be over, in ms since 1970. */
	deadline?: number;
	/** Whether an earlier try may have reached LiveCall. */
	again?: boolean;
}

/**
 * Tries a request, again if that is safe: what is safe, and what a failure means, is decided in outcome.ts.
 * @param attempt sends the request once
 * @returns the answer as read, or why there is none; never throws unless the attempt does
 */
export async function repeatedly<T>(
	repeatable: Repeatable,
	attempt: () => Promise<Attempt<T>>,
	settings: RepeatSettings,
): Promise<Reply<T>> {
	const { pace, signal, maxRetries, deadline = Infinity, again = false } = settings;
	let mayHaveActed = again;
	for (let tries = 0; ; ) {
		const mayStart = pace ? await pace.turn(tries > 0) : !signal?.aborted;
		if (!mayStart) return failed(whyNotSent(pace), tries, mayHaveActed);
		const result = await attempt();
		tries++;
		if (result.ok) {
			pace?.end();
			return result;
		}
		const how = result.error;
		const backOffMs = backOffBefore(tries, how);
		// What is behind this request would only be told the same.
		if (asksForTooLong(how)) pace?.stopFor(backOffMs, how.byProxy);
		// A wait that LiveCall asks for holds for all items of the run: the pace keeps it.
		const waitsInPace = pace !== undefined && isStatus(how, 429);
		if (waitsInPace) pace.slowDown(backOffMs);
		else pace?.end();

		const outOfTime = asksForTooLong(how) || Date.now() + backOffMs >= deadline;
		if (tries > maxRetries || outOfTime || !mayRepeat(repeatable, how)) {
			return failed(how, tries, mayHaveActed, backOffMs);
		}
		mayHaveActed ||= certaintyOf(how) === 'unknown';
		if (!waitsInPace && !(await wait(backOffMs, signal))) {
			return failed({ kind: 'notSent', reason: 'canceled' }, tries, mayHaveActed);
		}
	}
}

/** Why a request got no turn: LiveCall had asked for a long wait, or the execution was canceled. */
function whyNotSent(pace: Pace | undefined): FailureKind {
	const waitMs = pace?.stoppedForMs ?? 0;
	return waitMs > 0
		? { kind: 'notSent', reason: 'askedToWait', waitMs, byProxy: pace?.isStoppedByProxy }
		: { kind: 'notSent', reason: 'canceled' };
}

/** @param mayHaveActed whether LiveCall may have acted on an earlier try of the same request */
function failed<T>(
	how: FailureKind,
	tries: number,
	mayHaveActed: boolean,
	waitMs?: number,
): Reply<T> {
	const certainty = mayHaveActed ? 'unknown' : certaintyOf(how);
	return { ok: false, error: { how, certainty, tries, waitMs } };
}
