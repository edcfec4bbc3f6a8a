import { wait } from './wait';

/** The first pause in ms where LiveCall names none; each further one doubles. */
const FIRST_PAUSE_MS = 1_000;

/** No pause is longer than this many ms, whoever asks for it: deliveries that come in it are turned away. */
const LONGEST_PAUSE_MS = 30_000;

interface Waiting {
	deadline: number;
	start: (mayStart: boolean) => void;
}

/**
 * How much LiveCall is asked at once. All deliveries that use a credential share it, so that a pause that LiveCall asks
 * one of them for holds for all. After a pause one goes first, and the others once it went through.
 */
export class Limiter {
	private active = 0;
	private pauses = 0;
	private notBefore = 0;
	private waiting: Waiting[] = [];

	/** @param most how much at once at most */
	constructor(private readonly most: number) {}

	/**
	 * Runs work as soon as it may start.
	 * @param deadline when it must have started, in ms since 1970
	 * @returns what the work gives, or `undefined` when it could not start in time; throws what the work throws
	 */
	async run<T>(deadline: number, work: () => Promise<T>): Promise<T | undefined> {
		if (!(await this.turn(deadline))) return undefined;
		try {
			return await work();
		} finally {
			this.active--;
			this.next();
		}
	}

	/** LiveCall answered as it should: the pauses are over. */
	open(): void {
		this.pauses = 0;
	}

	/**
	 * Nobody asks for a while.
	 * @param askedMs how long LiveCall asked for, in ms, if it did
	 */
	pause(askedMs: number | undefined): void {
		const now = Date.now();
		// What was in flight together is told the same, which makes one pause.
		if (now >= this.notBefore) this.pauses++;
		const ms = askedMs ?? FIRST_PAUSE_MS * 2 ** (Math.max(1, this.pauses) - 1);
		this.notBefore = Math.max(this.notBefore, now + Math.min(ms, LONGEST_PAUSE_MS));
		void wait(this.pausedForMs, undefined).then(() => this.next());
	}

	/** How long the present pause lasts yet, in ms. */
	get pausedForMs(): number {
		return Math.max(0, this.notBefore - Date.now());
	}

	private async turn(deadline: number): Promise<boolean> {
		return await new Promise((resolve) => {
			const mine = { deadline, start: resolve };
			this.waiting.push(mine);
			this.next();
			if (!this.waiting.includes(mine)) return;
			// Not setTimeout: n8n's lint forbids it in community nodes (`no-restricted-globals`).
			const late = AbortSignal.timeout(Math.max(0, deadline - Date.now()));
			late.addEventListener('abort', () => {
				this.waiting = this.waiting.filter((one) => one !== mine);
				resolve(false);
			});
		});
	}

	private next(): void {
		const outlasted = this.waiting.filter(({ deadline }) => deadline <= this.notBefore);
		this.waiting = this.waiting.filter(({ deadline }) => deadline > this.notBefore);
		outlasted.forEach(({ start }) => start(false));
		if (this.pausedForMs > 0) return;
		const most = this.pauses > 0 ? 1 : this.most;
		while (this.active < most) {
			const first = this.waiting.shift();
			if (!first) return;
			this.active++;
			first.start(true);
		}
	}
}
