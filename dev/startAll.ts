/** Notes how to undo a step that has been done. */
export type Undo = (step: () => Promise<unknown>) => void;

/**
 * Runs steps that start something, each of which notes how it is undone. Where a later step fails, everything that
 * was noted is undone, last first, before the failure is thrown on.
 * @returns what the steps give, with a `stop` that undoes all of it, also what is noted later; harmless a second time.
 */
export async function startAll<T extends object>(
	steps: (undo: Undo) => Promise<T>,
): Promise<T & { stop: () => Promise<void> }> {
	const undos: Array<() => Promise<unknown>> = [];
	const stop = async () => {
		const failures: unknown[] = [];
		for (const undo of undos.splice(0).reverse()) {
			await undo().catch((failure: unknown) => failures.push(failure));
		}
		if (failures.length > 0) throw failures[0];
	};
	try {
		return { ...(await steps((step) => undos.push(step))), stop };
	} catch (error) {
		// What could not be undone is less than why it had to be.
		await stop().catch(() => undefined);
		throw error;
	}
}
