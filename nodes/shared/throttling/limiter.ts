import { AnswerTimes } from './answerTimes';
import { LONGEST_WAIT_MS, wait } from './wait';

/** The first pause, in ms, if LiveCall names none; each further one doubles. */
const FIRST_PAUSE_MS = 1_000;

/** So much time is left for an answer at least, in ms, however fast the latest ones came. */
const LEAST_FOR_ANSWER_MS = 2_000;

/** An answer that came within so many ms of its deadline counts as cut off by it: timers are not exact. */
const DEADLINE_SLACK_MS = 50;

/** No more than so many wait: each of them holds a delivery in memory. */
const MOST_WAITING = 1_000;

interface Waiting {
	deadline: number;
	start: (mayStart: boolean) => void;
}

/**
 * How much LiveCall is asked at once. All deliveries that use a credential share it, so that a pause that LiveCall asks
 * one of them for holds for all. After a pause one goes first, and the others once it went through.
 *
 * Who comes when too many wait is turned away at once. If all waited their turn, first come, first served, each question
 * would be asked late and cut off by its deadline: LiveCall would answer for nothing. If a place is free, it is asked
 * whatever is expected, so that it is noticed when LiveCall is fast again.
 */
export class Limiter {
	private active = 0;
	private pauses = 0;
	private notBefore = 0;
	private waiting: Waiting[] = [];
	private readonly times = new AnswerTimes();

	/**
	 * @param most how much at once at most
	 * @param longestMs how long an answer is waited for at most, in ms: as so long counts one that was cut off
	 */
	constructor(
		private readonly most: number,
		private readonly longestMs: number,
	) {}

	/**
	 * Runs work as soon as it may start.
	 * @param deadline when it must have ended, in ms since 1970
	 * @returns what the work gives, or `undefined` when it cannot be expected to end in time; throws what the work throws
	 */
	async run<T>(deadline: number, work: () => Promise<T>): Promise<T | undefined> {
		if (!(await this.turn(deadline))) return undefined;
		const startedAt = Date.now();
		try {
			return await work();
		} finally {
			const isCutOff = Date.now() + DEADLINE_SLACK_MS >= deadline;
			this.times.add(isCutOff ? this.longestMs : Date.now() - startedAt);
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
		this.notBefore = Math.max(this.notBefore, now + Math.min(ms, LONGEST_WAIT_MS));
		void wait(this.pausedForMs, undefined).then(() => this.next());
	}

	/** How long the present pause lasts yet, in ms. */
	get pausedForMs(): number {
		return Math.max(0, this.notBefore - Date.now());
	}

	/**
	 * Whether an answer can be expected before the deadline.
	 * @param inMs when LiveCall would be asked, in ms from now; a pause may make it later
	 */
	isInTime(deadline: number, inMs: number): boolean {
		return this.answeredBy(inMs) <= deadline;
	}

	private answeredBy(inMs: number): number {
		const forAnswerMs = Math.max(LEAST_FOR_ANSWER_MS, this.times.mostMs);
		return Date.now() + Math.max(inMs, this.pausedForMs) + forAnswerMs;
	}

	private async turn(deadline: number): Promise<boolean> {
		const ahead = this.waiting.length;
		if (ahead === 0 && this.hasPlace) {
			this.active++;
			return true;
		}
		// When it has its turn: each answer gives a place to the first in the line.
		const waitMs = this.pausedForMs + ((ahead + 1) / this.most) * this.times.meanMs;
		if (ahead >= MOST_WAITING || !this.isInTime(deadline, waitMs)) return false;
		return await new Promise((resolve) => {
			const mine = { deadline, start: resolve };
			this.waiting.push(mine);
			// Not setTimeout: n8n's lint forbids it in community nodes (`no-restricted-globals`).
			const late = AbortSignal.timeout(Math.max(0, deadline - LEAST_FOR_ANSWER_MS - Date.now()));
			late.addEventListener('abort', () => {
				this.waiting = this.waiting.filter((one) => one !== mine);
				resolve(false);
			});
		});
	}

	private get hasPlace(): boolean {
		return this.pausedForMs === 0 && this.active < (this.pauses > 0 ? 1 : this.most);
	}

	/** Turns away who cannot be answered in time any more, and lets start whoever may. */
	private next(): void {
		const answeredBy = this.answeredBy(0);
		const late = this.waiting.filter(({ deadline }) => deadline < answeredBy);
		this.waiting = this.waiting.filter(({ deadline }) => deadline >= answeredBy);
		late.forEach(({ start }) => start(false));
		while (this.hasPlace) {
			const first = this.waiting.shift();
			if (!first) return;
			this.active++;
			first.start(true);
		}
	}
}
