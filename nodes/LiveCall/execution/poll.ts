import type { Item } from './item';

/** How an item looks at LiveCall until what it waits for is there. */
interface Polling<T> {
	/** Looks once. */
	look: () => Promise<T>;
	/** Whether the wait is over, whatever the reason. */
	isOver: (seen: T) => boolean;
	/** How long to wait until the next look, in ms. */
	pauseMs: (seen: T) => number;
	/** When the wait is over in any case, in ms since 1970; what is due then is one last look. */
	deadline: number;
}

/**
 * Looks again and again, in turn with the other items of the run.
 * @returns what the last look has seen
 * @throws NodeOperationError when the execution is canceled meanwhile; what the look throws
 */
export async function lookUntil<T>(
	item: Item,
	{ look, isOver, pauseMs, deadline }: Polling<T>,
): Promise<T> {
	const { pollThrottle } = item.run;
	await item.pause(pollThrottle.reserve());
	for (;;) {
		for (let ms = pollThrottle.begin(); ms > 0; ms = pollThrottle.begin()) await item.pause(ms);
		const seen = await look();
		const left = deadline - Date.now();
		if (left <= 0 || isOver(seen)) return seen;
		await item.pause(Math.min(withJitter(pauseMs(seen)), left));
		const turnMs = pollThrottle.reserve();
		// So many others are in turn that the time would be long over: what was seen last stands.
		if (Date.now() + turnMs > deadline + LATEST_LOOK_MS) return seen;
		await item.pause(turnMs);
	}
}

/** How long after the deadline the last look may still begin, in ms. */
const LATEST_LOOK_MS = 1_000;

/** Up to a tenth longer: items that began to wait together drift apart. */
function withJitter(ms: number): number {
	return ms * (1 + Math.random() / 10);
}
