/** What a test or the command line may set when it starts a sandbox. Everything has a default. */
export interface SandboxOptions {
	/** Port of the API and the page; 0, the default, takes any free one. */
	port?: number;
	/** Port that recordings are downloaded from; 0, the default, takes any free one. */
	recordingsPort?: number;
	/** The one valid API key. Default `sandbox-api-key`. */
	apiKey?: string;
	/** How long each stage of a call lasts, in ms. Default 1500; at 0 calls do not progress by themselves. */
	stageMs?: number;
	/** How long a recording link stays valid, in ms. Default 60 000. */
	linkLifetimeMs?: number;
	/** How many API requests a second are answered, the rest with 429 and Retry-After. Left out: no limit. */
	requestsPerSecond?: number;
	/** How much later than it acts the API answers, in ms. Default 0. */
	latencyMs?: number;
	/** What PATCH and DELETE of a user answer, which LiveCall does not document. */
	undocumentedAnswers?: UndocumentedAnswers;
	/** The clock: ms since 1970. Default `Date.now`. */
	now?: () => number;
	/** Whether to begin with the example users and target groups. Default true. */
	seed?: boolean;
}

/** The n8n that `npm start` runs beside the sandbox, for whoever opens the page first. */
export interface N8nOnPage {
	url: string;
	/** What its owner logs in with. */
	email: string;
	password: string;
	examples: ExampleOnPage[];
}

/** An example workflow, as the page lists it. */
export interface ExampleOnPage {
	name: string;
	/** What it does, in a sentence or two. */
	about: string;
	/** The address of the workflow in n8n's editor. */
	url: string;
	/** The address of its form. Left out if it has none, or is not published. */
	form?: string;
	/** The address to which a form of one's own website posts `name` and `phone`; left out likewise. */
	leads?: string;
	/** Why nothing starts it. Left out if it is published. */
	inactive?: string;
}

/** For each call on a user whose answer is not documented: the user (default for PATCH), or no body at all (for DELETE). */
export interface UndocumentedAnswers {
	patch?: 'user' | 'empty';
	delete?: 'user' | 'empty';
}

/** The two hosts that LiveCall has: the API, and the one that recordings are downloaded from. */
export type HostName = 'api' | 'recordings';

/** One request that reached the API or the recordings host. */
export interface SeenRequest {
	host: HostName;
	method: string;
	/** Path and query exactly as sent, still encoded, `/v1` included. */
	path: string;
	headers: Record<string, string | string[] | undefined>;
	/** The body exactly as sent. */
	body: string;
	/** The body parsed as JSON, or undefined where it is not JSON. */
	json: unknown;
	/** When it arrived, in ms on the sandbox's clock. */
	at: number;
	/**
	 * Whether LiveCall would have done what was asked: a read was found, a write changed something.
	 * A fault may have kept the client from hearing of it.
	 */
	acted: boolean;
	/** The kind of the fault that met it, `limit` for the request limit, or nothing. */
	fault?: string;
	/** The status that was sent, if any was. */
	status?: number;
	/** Whether it is over: answered whole, or its connection closed by either side. */
	over: boolean;
}

/** The events that LiveCall can announce by webhook. */
export type WebhookEvent = 'call.created' | 'call.ended';
