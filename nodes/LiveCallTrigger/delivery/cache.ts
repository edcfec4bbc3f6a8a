/** A map that forgets: what is older than its time, and the least recently set if there are too many. */
export class Cache<T> {
	private readonly entries = new Map<string, { value: T; until: number }>();

	/**
	 * @param most how many entries at most
	 * @param forMs how long an entry holds, in ms
	 */
	constructor(
		private readonly most: number,
		private readonly forMs = Infinity,
	) {}

	/** The value, or `undefined` if there is none or its time is over. */
	get(key: string): T | undefined {
		const entry = this.entries.get(key);
		if (entry && entry.until > Date.now()) return entry.value;
		this.entries.delete(key);
		return undefined;
	}

	/** Sets a value and its time anew; if there are too many, the one that was set least recently goes. */
	set(key: string, value: T): void {
		this.entries.delete(key);
		this.entries.set(key, { value, until: Date.now() + this.forMs });
		const [oldest] = this.entries.keys();
		if (this.entries.size > this.most && oldest !== undefined) this.entries.delete(oldest);
	}

	/** The value, made if there is none; either way it becomes the most recently set. */
	getOrMake(key: string, make: () => T): T {
		const value = this.get(key) ?? make();
		this.set(key, value);
		return value;
	}
}
