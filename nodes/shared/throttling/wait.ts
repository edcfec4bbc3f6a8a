import { sleep } from 'n8n-workflow';

/** No wait that LiveCall asks for is kept for longer than this many ms. */
export const LONGEST_WAIT_MS = 30_000;

/** n8n 1.x knows no signal in `sleep`: there a wait is cut into slices of this many ms, to end soon after a cancel. */
const SLICE_MS = 200;

/**
 * Waits, but no longer than until the execution is canceled.
 * @param ms how long, in ms
 * @param signal the execution's cancel signal
 * @returns whether the whole time passed; `false` when the execution was canceled. Never throws.
 */
export async function wait(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
	const until = Date.now() + ms;
	for (let left = ms; left > 0 && !signal?.aborted; left = until - Date.now()) {
		await sleep(Math.min(left, SLICE_MS));
	}
	return !signal?.aborted;
}
