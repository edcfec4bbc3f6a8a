import type { Clock } from '../../nodes/LiveCall/deduplication/rowLock';

interface Event {
	at: number;
	order: number;
	happen: () => void;
}

/** More than any test needs. */
const MOST_EVENTS = 500_000;

/** Time that passes only when everybody waits: hours in a moment, and the same each time for the same seed. */
export class VirtualTime {
	private events: Event[] = [];
	private time = 0;

	/** @param state the seed of all chance */
	constructor(private state: number) {}

	/** When it is, in ms since the beginning. */
	get now(): number {
		return this.time;
	}

	random(): number {
		this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
		return this.state / 2 ** 32;
	}

	async sleep(ms: number): Promise<void> {
		await new Promise<void>((happen) => {
			this.events.push({ at: this.time + ms, order: this.random(), happen });
		});
	}

	/**
	 * The clock of a process.
	 * @param skew by how much it is ahead, in ms
	 */
	clock(skew = 0): Clock {
		return {
			now: () => Math.round(1.9e12 + this.time + skew),
			wait: async (ms) => {
				await this.sleep(ms);
				return true;
			},
			random: () => this.random(),
		};
	}

	/** Lets time pass until nobody waits any longer. */
	async run(): Promise<void> {
		for (let events = 0; ; events++) {
			if (events > MOST_EVENTS) throw new Error('Everybody waits for each other');
			await new Promise((resolve) => setImmediate(resolve));
			if (this.events.length === 0) return;
			this.events.sort((one, other) => one.at - other.at || one.order - other.order);
			const [next] = this.events.splice(0, 1);
			this.time = next.at;
			next.happen();
		}
	}
}
