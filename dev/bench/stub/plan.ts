/** How the stub behaves until it is told otherwise. */
export interface StubPlan {
	/** How long it takes to answer a request for a call, in milliseconds; 0 answers at once. */
	delayMs: number;
	/** How many requests it takes per second; 0 for as many as come. The rest is answered 429. */
	perSecond: number;
	/** Size of each recording, in bytes. */
	recordingBytes: number;
	/** How many users the account has at first: those with the ids from 1 on. */
	users: number;
}

/** An idle stub without a limit. */
export const EASY_PLAN: StubPlan = { delayMs: 0, perSecond: 0, recordingBytes: 0, users: 0 };

/** What the stub has seen since its plan was set. */
export interface StubCounts {
	/** Connections that were open at once, at most. */
	socketsAtOnce: number;
	/** Connections that were opened. */
	sockets: number;
	/** Requests for a call, answered with it. */
	calls: number;
	/** Requests for the link to a recording. */
	links: number;
	/** Recordings that were sent whole. */
	recordings: number;
	/** Requests for the list of users. */
	lists: number;
	/** Users created or changed. */
	writes: number;
	/** Requests answered 429. */
	refused: number;
	/** Requests answered 401 or 404: a sign that the benchmark itself is wrong. */
	mistaken: number;
	/** From the first request's arrival to the last answer's end, in milliseconds. */
	spanMs: number;
}

/** The API key that the stub takes. */
export const STUB_KEY = 'bench-api-key';

/** The name that a known user has at first. */
export function userName(id: number): string {
	return `User ${id}`;
}

/** The phone number of the user with this id. */
export function userPhone(id: number): string {
	return `+49301${String(id).padStart(6, '0')}`;
}
