import { sleep } from 'n8n-workflow';

/** For how long work that waits for nothing may keep n8n from everything else, in ms. */
const LONGEST_TURN_MS = 20;

/**
 * Breaks for n8n's other work. Thousands of items that need nothing but what is in memory follow each other without one:
 * n8n runs on one thread, and answers no webhook meanwhile.
 */
export class Breaks {
	private since = Date.now();

	/** Waits for n8n to do its other work, if that has had no turn for a while. */
	async takeIfDue(): Promise<void> {
		if (Date.now() - this.since < LONGEST_TURN_MS) return;
		await sleep(0);
		this.since = Date.now();
	}
}
