import { wait } from './wait';

/**
 * How many requests of one run are in flight at once. All items of a run share it, so that when LiveCall tells one of
 * them to slow down (429), all of them do: nothing is sent until the wait is over, and then one request. Each that goes
 * through lets one more go, up to half as many as before; from there the number grows by one for each round of requests.
 * Half as many at once would let an item be told to wait until its tries are used up: what LiveCall takes may be far less.
 */
export class Pace {
	private allowed: number;
	private underWay = 0;
	private goneThrough = 0;
	/** Up to here the number grows with each request that goes through, and not with each round. */
	private quickUpTo = 0;
	private notBefore = 0;
	private waking = false;
	private stoppedUntil = 0;
	private byProxy = false;
	/** Requests that wait for their turn; those told to come again stand in front. */
	private readonly queue: Array<(mayStart: boolean) => void> = [];

	/**
	 * @param most how many requests at once at most
	 * @param signal the execution's cancel signal
	 */
	constructor(
		private readonly most: number,
		private readonly signal?: AbortSignal,
	) {
		this.allowed = most;
		signal?.addEventListener('abort', this.sendAway);
	}

	/** Lets go of the cancel signal, which outlives the run: an execution may have many. To be called when the run is over. */
	dispose(): void {
		this.signal?.removeEventListener('abort', this.sendAway);
	}

	/** Ends the wait of those in the queue without a turn. */
	private readonly sendAway = (): void => {
		this.queue.splice(0).forEach((turn) => turn(false));
	};

	/**
	 * Waits for a turn; each turn that was given must be ended with {@link end} or {@link slowDown}.
	 * @param again whether this request was told to come again, and so goes first
	 * @returns `false` when no turn was given: the execution was canceled, or nothing is sent for a while
	 */
	async turn(again: boolean): Promise<boolean> {
		if (this.signal?.aborted || this.stoppedForMs > 0) return false;
		return await new Promise<boolean>((resolve) => {
			if (again) this.queue.unshift(resolve);
			else this.queue.push(resolve);
			this.next();
		});
	}

	/** Ends a turn. */
	end(): void {
		this.underWay--;
		const round = this.allowed < this.quickUpTo ? 1 : this.allowed;
		// What ends during a wait was sent before it, and says nothing of what LiveCall takes now.
		const counts = this.allowed < this.most && Date.now() >= this.notBefore;
		if (counts && ++this.goneThrough >= round) {
			this.allowed++;
			this.goneThrough = 0;
		}
		this.next();
	}

	/**
	 * Ends a turn that LiveCall answered with 429.
	 * @param waitMs how long nobody sends, in ms
	 */
	slowDown(waitMs: number): void {
		this.underWay--;
		const now = Date.now();
		// Requests that were in flight together are all told the same: only the first of them counts.
		if (now >= this.notBefore) this.quickUpTo = Math.floor(this.allowed / 2);
		this.allowed = 1;
		this.goneThrough = 0;
		this.notBefore = Math.max(this.notBefore, now + waitMs);
		this.next();
	}

	/**
	 * Lets nobody have a turn for so long, those that wait for one included.
	 * @param ms how long, in ms
	 * @param byProxy whether a proxy has asked for it, and not LiveCall
	 */
	stopFor(ms: number, byProxy = false): void {
		this.byProxy = byProxy;
		this.stoppedUntil = Math.max(this.stoppedUntil, Date.now() + ms);
		this.sendAway();
	}

	/** How much longer nobody has a turn, in ms; 0 if turns are given. */
	get stoppedForMs(): number {
		return Math.max(0, this.stoppedUntil - Date.now());
	}

	/** Whether a proxy has asked for that. */
	get isStoppedByProxy(): boolean {
		return this.byProxy;
	}

	private next(): void {
		if (this.queue.length === 0) return;
		const pause = this.notBefore - Date.now();
		if (pause > 0) {
			void this.wakeAfter(pause);
			return;
		}
		while (this.queue.length > 0 && this.underWay < this.allowed) {
			this.underWay++;
			this.queue.shift()?.(true);
		}
	}

	private async wakeAfter(ms: number): Promise<void> {
		if (this.waking) return;
		this.waking = true;
		await wait(ms, this.signal);
		this.waking = false;
		this.next();
	}
}
