/** How long passes between two looks of a run, in ms: LiveCall is asked at most ten times a second by all its items. */
const APART_MS = 100;

/**
 * Spreads the looks of a run's items that wait for something in LiveCall. Without it, hundreds of items that began to
 * wait together look together, again and again.
 */
export class Looks {
	private next = 0;

	/**
	 * Takes the next free moment for a look.
	 * @param now in ms since 1970
	 * @returns how long to wait for that moment, in ms
	 */
	waitForTurn(now = Date.now()): number {
		const turn = Math.max(now, this.next);
		this.next = turn + APART_MS;
		return turn - now;
	}
}
