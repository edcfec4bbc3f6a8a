import { setTimeout as pause } from 'node:timers/promises';

interface PollOptions {
	/** What is waited for, as it appears in the error. */
	what: string;
	/** How long to wait at most, in milliseconds. */
	timeoutMs: number;
	/** How long to wait between two looks, in milliseconds. */
	everyMs?: number;
}

/**
 * Looks again and again until there is something to see.
 * @param look gives undefined as long as it is not there; what it throws ends the wait.
 * @returns the first other value.
 * @throws Error that names what was waited for when the time is over.
 */
export async function poll<T>(
	look: () => Promise<T | undefined>,
	{ what, timeoutMs, everyMs = 100 }: PollOptions,
): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const seen = await look();
		if (seen !== undefined) return seen;
		if (Date.now() >= deadline) {
			throw new Error(`${what}: not seen within ${Math.round(timeoutMs / 1000)} s`);
		}
		await pause(everyMs);
	}
}
