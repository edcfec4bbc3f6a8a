/** How long passes between two looks of a run, in ms: LiveCall is asked at most ten times a second by all its items. */
const APART_MS = 100;

/**
 * Spreads the looks of a run's items that wait for something in LiveCall. Without it, hundreds of items that began to
 * wait together look together, again and again.
 */
export class PollThrottle {
	private next = 0;
	private latest = -Infinity;

	/**
	 * Takes the next free moment for a look.
	 * @param now in ms since 1970
	 * @returns how long to wait for that moment, in ms
	 */
	reserve(now = Date.now()): number {
		const turn = Math.max(now, this.next);
		this.next = turn + APART_MS;
		return turn - now;
	}

	/**
	 * Begins a look whose moment has come. Timers are late on a busy machine, and then fire together: of the looks that
	 * come at once, one begins.
	 * @param now in ms since 1970
	 * @returns 0 when the look may begin, else how long to wait before it is asked again, in ms
	 */
	begin(now = Date.now()): number {
		const sinceLatest = now - this.latest;
		if (sinceLatest >= 0 && sinceLatest < APART_MS) return APART_MS - sinceLatest;
		this.latest = now;
		return 0;
	}
}
