import type { HostName } from './types';

/**
 * What can go wrong with one request. "Acts" means that what was asked for is done (a call is placed), whatever the
 * client hears of it.
 */
export type Fault =
	/** Acts, and answers so many ms later. */
	| { kind: 'latency'; ms: number }
	/** Acts, and sends its answer byte by byte, so many ms apart. */
	| { kind: 'trickle'; everyMs: number }
	/**
	 * Does not act. A body is sent as it is where it is a string or bytes, else as JSON. `retryAfter` is the header, in
	 * seconds or as a date.
	 */
	| {
			kind: 'status';
			status: number;
			body?: unknown;
			contentType?: string;
			retryAfter?: string | number;
	  }
	/** Acts, then answers with this status all the same. */
	| { kind: 'status-after'; status: number }
	/** An HTML page, by default with 200; acts where the status is 2xx. */
	| { kind: 'html'; status?: number }
	/** Acts, then sends half of its JSON, with the Content-Length of that half. */
	| { kind: 'cut-off-json' }
	/** Acts, then answers 200 `{}`. */
	| { kind: 'empty-object' }
	/** Acts, then answers without a body, by default with 200. */
	| { kind: 'empty-body'; status?: number }
	/** Resets the connection without acting, or after it. */
	| { kind: 'reset-before' }
	| { kind: 'reset-after' }
	/** Acts, announces the whole answer, sends half of it and closes the connection. */
	| { kind: 'cut-connection' }
	/** No answer at all, without acting or after it; the connection is closed after `ms`, by default when the sandbox stops. */
	| { kind: 'hang-before'; ms?: number }
	| { kind: 'hang-after'; ms?: number }
	/** Does not act, sends the client elsewhere, by default with 302. */
	| { kind: 'redirect'; location: string; status?: number }
	/** Recordings host only: 403, as for a link that has expired. */
	| { kind: 'expired-link' }
	/** Recordings host only: half of the announced bytes, then the connection closes. */
	| { kind: 'truncated-download' }
	/** Recordings host only: 200 and no bytes. */
	| { kind: 'empty-download' }
	/** Recordings host only: half of the announced bytes, then nothing more. */
	| { kind: 'stalled-download' };

/** Which requests a fault is for; what is left out matches everything. */
interface FaultMatch {
	method?: string;
	/** Against path and query as sent, `/v1` included. */
	path?: RegExp;
	host?: HostName;
}

/** What a schedule function is asked about. */
export interface FaultQuestion {
	host: HostName;
	method: string;
	path: string;
	json: unknown;
	/** How many requests this host has had since the function was set: 0 for the first. */
	index: number;
}

/** The faults that the page can switch on and off. */
export type FaultSwitch = 'down' | 'busy';

const SWITCHED: Record<FaultSwitch, Fault> = {
	down: { kind: 'status', status: 503 },
	busy: { kind: 'status', status: 429, retryAfter: 5 },
};

const ONLY_HOST: Partial<Record<Fault['kind'], HostName>> = {
	'cut-off-json': 'api',
	'empty-object': 'api',
	'expired-link': 'recordings',
	'truncated-download': 'recordings',
	'empty-download': 'recordings',
	'stalled-download': 'recordings',
};

interface Entry {
	fault: Fault;
	match: FaultMatch;
}

type Decision = (question: FaultQuestion) => Fault | undefined;

/** Which requests meet which fault. First the schedule function, then the queue, then what always holds. */
export class FaultPlan {
	private queue: Entry[] = [];

	private standing: Entry[] = [];

	private decision: Decision | undefined;

	private counts: Record<HostName, number> = { api: 0, recordings: 0 };

	private bucket: { rate: number; tokens: number; at: number } | undefined;

	private readonly switchedOn = new Map<FaultSwitch, () => void>();

	/** Takes the clock (ms) and what to call after a change that the page shows. */
	constructor(
		private readonly now: () => number,
		private readonly changed: () => void,
	) {}

	/** Queues a fault for one request: the first one that matches. */
	next(fault: Fault, match: FaultMatch = {}): void {
		this.queue.push({ fault, match });
	}

	/** Lets every matching request meet a fault, until the function that it gives is called. The latest one counts. */
	always(fault: Fault, match: FaultMatch = {}): () => void {
		const entry = { fault, match };
		this.standing.unshift(entry);
		return () => {
			this.standing = this.standing.filter((other) => other !== entry);
		};
	}

	/** Asks a function about every request, before the queue; undefined takes it away again. Counts from 0. */
	decide(decision: Decision | undefined): void {
		this.decision = decision;
		this.counts = { api: 0, recordings: 0 };
	}

	/**
	 * Answers 429 with Retry-After (whole seconds) to API requests beyond so many a second; as many may come at
	 * once. Undefined, the default, is no limit.
	 */
	limit(requestsPerSecond: number | undefined): void {
		this.bucket =
			requestsPerSecond === undefined
				? undefined
				: {
						rate: requestsPerSecond,
						tokens: Math.max(requestsPerSecond, 1),
						at: this.now(),
					};
	}

	/** Takes a token for an API request; gives 0, or the seconds to wait where there is none. */
	takeToken(): number {
		const { bucket } = this;
		if (!bucket) return 0;
		const now = this.now();
		bucket.tokens = Math.min(
			Math.max(bucket.rate, 1),
			bucket.tokens + ((now - bucket.at) / 1000) * bucket.rate,
		);
		bucket.at = now;
		if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / bucket.rate));
		bucket.tokens -= 1;
		return 0;
	}

	/** Finds the fault for a request that has arrived, and uses it up where it is for one request only. */
	pick(request: Omit<FaultQuestion, 'index'>): Fault | undefined {
		const index = this.counts[request.host]++;
		const decided = this.decision?.({ ...request, index });
		if (decided) return decided;
		const position = this.queue.findIndex((entry) => matches(entry, request));
		if (position >= 0) return this.queue.splice(position, 1)[0]?.fault;
		return this.standing.find((entry) => matches(entry, request))?.fault;
	}

	/** Switches one of the page's faults. */
	switch(name: FaultSwitch, on: boolean): void {
		if (on && !this.switchedOn.has(name)) this.switchedOn.set(name, this.always(SWITCHED[name]));
		if (!on) {
			this.switchedOn.get(name)?.();
			this.switchedOn.delete(name);
		}
		this.changed();
	}

	/** Gives which of the page's faults are on. */
	switches(): Record<FaultSwitch, boolean> {
		return { down: this.switchedOn.has('down'), busy: this.switchedOn.has('busy') };
	}

	/** Forgets all faults, the schedule function, the switches and the limit. */
	clear(): void {
		this.queue = [];
		this.standing = [];
		this.switchedOn.clear();
		this.decide(undefined);
		this.limit(undefined);
		this.changed();
	}
}

function matches({ fault, match }: Entry, request: Omit<FaultQuestion, 'index'>): boolean {
	const only = ONLY_HOST[fault.kind];
	return (
		(only === undefined || only === request.host) &&
		(match.host === undefined || match.host === request.host) &&
		(match.method === undefined || match.method.toUpperCase() === request.method) &&
		(match.path === undefined || request.path.search(match.path) >= 0)
	);
}
