/** Shared by all executions of this n8n process: the last work of each key, while it is in flight. */
const lastOf = new Map<string, Promise<unknown>>();

/**
 * Runs work that must not overlap, in the order in which it comes, across all executions of this n8n process.
 * @param key what must not overlap with itself
 * @returns what the work gives; throws what it throws
 */
export async function exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
	const before = lastOf.get(key);
	const mine = before ? before.then(work, work) : work();
	lastOf.set(key, mine);
	try {
		return await mine;
	} finally {
		if (lastOf.get(key) === mine) lastOf.delete(key);
	}
}
