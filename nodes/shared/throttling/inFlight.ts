/**
 * Work that is the same for several who ask at once, and is done once for all of them: who asks while it is in flight
 * gets what comes of it, and who asks later has it done anew.
 */
export class InFlight<T> {
	private readonly inFlight = new Map<string, Promise<T>>();

	/**
	 * @param question what is asked, with all that the answer depends on
	 * @param work finds the answer, if nobody is at it
	 * @returns what the work gives; throws what it throws
	 */
	async ask(question: string, work: () => Promise<T>): Promise<T> {
		const underWay = this.inFlight.get(question);
		if (underWay) return await underWay;
		const mine = work();
		this.inFlight.set(question, mine);
		try {
			return await mine;
		} finally {
			this.inFlight.delete(question);
		}
	}
}
