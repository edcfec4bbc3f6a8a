/** What {@link withTimeout} gives if the answer takes too long. */
export const TOO_LATE = Symbol('too late');

/**
 * Waits for an answer, but no longer than it may take as a whole: the time-out of n8n's helper begins anew with each
 * piece that arrives (axios 1.x), and a signal of one's own cannot end the request, since n8n puts the execution's in
 * its place (n8n 2.41, `httpRequestWithAuthentication`). A request that is given up goes on in the background.
 * @param timeoutMs how long the whole answer may take, in ms
 * @returns what the answer gives, or {@link TOO_LATE}; throws what the answer throws
 */
export async function withTimeout(answered: Promise<unknown>, timeoutMs: number): Promise<unknown> {
	// Not setTimeout: n8n's lint forbids it in community nodes (`no-restricted-globals`).
	const clock = AbortSignal.timeout(timeoutMs);
	let ring = () => {};
	const late = new Promise<typeof TOO_LATE>((resolve) => {
		ring = () => resolve(TOO_LATE);
	});
	clock.addEventListener('abort', ring);
	try {
		return await Promise.race([answered, late]);
	} finally {
		// Node.js keeps a signal that is listened to until it rings.
		clock.removeEventListener('abort', ring);
	}
}
