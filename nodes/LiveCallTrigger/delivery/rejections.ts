/** How the sender of a delivery that is turned away is answered. */
export interface Rejection {
	status: number;
	message: string;
	/** When the delivery may come again, in ms from now. */
	retryAfterMs?: number;
	/** Whether the delivery starts the workflow all the same if the settings accept what is not verified. */
	isUnverifiable?: true;
}

/** How a delivery that starts the workflow is answered. */
export const ACCEPTED = 'Accepted';

export const rejections = {
	wrongToken: { status: 401, message: 'The token in the address is missing or wrong' },
	noCallId: { status: 400, message: 'No call ID was found in the request' },
	unknownCall: { status: 404, message: 'LiveCall knows no such call' },
	unverifiable: {
		status: 503,
		message: 'LiveCall could not be asked about this call; send it again later',
		retryAfterMs: 10_000,
		isUnverifiable: true,
	},
	notLiveCall: {
		status: 503,
		message: 'Another program answered in place of LiveCall; send it again later',
		retryAfterMs: 10_000,
	},
	notEnded: {
		status: 503,
		message: 'According to LiveCall this call has not ended yet; send it again later',
		retryAfterMs: 10_000,
	},
	noOutcome: {
		status: 503,
		message: 'LiveCall does not say yet how this call ended; send it again later',
		retryAfterMs: 10_000,
	},
	notHandled: {
		status: 503,
		message: 'This trigger could not handle the delivery; send it again later',
		retryAfterMs: 60_000,
	},
	otherEvent: {
		status: 200,
		message: 'Nothing was started: this trigger does not listen to this event',
	},
	otherFilter: {
		status: 200,
		message: 'Nothing was started: this trigger does not listen to this target group',
	},
	otherOutcome: {
		status: 200,
		message: 'Nothing was started: this trigger does not listen to this outcome',
	},
	repeat: { status: 200, message: 'Nothing was started: this was delivered before' },
} satisfies Record<string, Rejection>;
