import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import { LONGEST_RETRY_AFTER_MS } from './api/client';
import { certaintyOf, type Failure, type FailureKind } from './api/outcome';
import { explanations, type Explanation } from './explanations';

/** What a request is about, in LiveCall's and n8n's words. */
export interface Topic {
	/** Completes "LiveCall refused to …". */
	to: string;
	/** What an answer with 404 means here. */
	notFound: Explanation;
	/** Set for what must not be done twice. */
	once?: OnlyOnce;
	/** Who is asked, where that is not the API. */
	host?: string;
}

/** What LiveCall must not do twice, in the words for the case that nobody knows whether it has done it. */
export interface OnlyOnce {
	/** Completes "LiveCall may already have …". */
	done: string;
	/** Where a person sees whether it was done. */
	look: string;
	/** The label of the option that has it sent again. */
	option: string;
}

export function callTopic(callId: string): Topic {
	return {
		to: `read call "${callId}"`,
		notFound: {
			message: `LiveCall knows no call "${callId}"`,
			advice:
				'Check "Call ID": it is the "id" that LiveCall gives when a call is placed or a webhook arrives.',
		},
	};
}

export function recordingTopic(callId: string): Topic {
	return {
		to: `give the recording of call "${callId}"`,
		notFound: {
			message: `LiveCall has no recording for call "${callId}"`,
			advice:
				'The call may not have been recorded, or its recording may not be ready yet: try again a little later, or let "Download" wait with its option "Wait for Recording". Check "Call ID" too.',
		},
	};
}

/** The same, once LiveCall has given the link to it: that is on another host. */
export function recordingFileTopic(callId: string): Topic {
	return { ...recordingTopic(callId), host: "LiveCall's download host" };
}

export function filterTopic(filterId: string): Topic {
	return {
		to: `read target group "${filterId}"`,
		notFound: {
			message: `LiveCall knows no target group "${filterId}"`,
			advice:
				'Check "Target Group": its ID is the number in the address of its edit page, https://app.livecall.io/targeting/ID/edit.',
		},
	};
}

export const usersTopic: Topic = {
	to: 'list the users',
	notFound: {
		message: 'LiveCall has no list of users at this address',
		advice: 'Check "Base URL" in the LiveCall API credential.',
	},
};

export function userTopic(userId: string, to: string): Topic {
	return {
		to,
		notFound: {
			message: `LiveCall knows no user "${userId}"`,
			advice:
				'Check "User": its ID is the number in the address of its edit page, https://app.livecall.io/users/ID/edit. The user may have been deleted.',
		},
	};
}

export const placingCall: OnlyOnce = {
	done: 'placed this call',
	look: 'Look in LiveCall whether the customer was called',
	option: 'Redial Unknown',
};

export function placeCallTopic(filterId: string, userId?: string): Topic {
	const orUser = userId === undefined ? '' : ` or no user "${userId}"`;
	return {
		to: 'place the call',
		once: placingCall,
		notFound: {
			message: `LiveCall knows no target group "${filterId}"${orUser}`,
			advice:
				'Check "Target Group": its ID is the number in the address of its edit page, https://app.livecall.io/targeting/ID/edit. Check "User", too, and "Base URL" in the LiveCall API credential. No call was placed.',
		},
	};
}

export const creatingUser: OnlyOnce = {
	done: 'created this user',
	look: 'Look in LiveCall whether the user is there',
	option: 'Send Unknown Again',
};

export const createUserTopic: Topic = {
	to: 'create the user',
	once: creatingUser,
	notFound: {
		message: 'LiveCall takes no new users at this address',
		advice: 'Check "Base URL" in the LiveCall API credential. No user was created.',
	},
};

/**
 * Puts a failure into words. The only place that does. A run that was ended by a person says "canceled": n8n tells
 * such an execution from one that failed by that word (n8n 2.41, `processSuccessExecution`).
 */
export function explain({ how, certainty, tries }: Failure, topic: Topic): Explanation {
	const again =
		certainty === 'notCarriedOut' ? 'Nothing was carried out, so trying again' : 'Trying again';
	const effect =
		certainty === 'unknown'
			? 'An earlier try may have been carried out.'
			: 'Nothing was carried out.';
	if (how.kind === 'status') {
		const { status } = how;
		const reasons = how.reasons.filter((reason) => !SAYS_NOTHING.test(reason));
		const said = reasons.length > 0 ? `: ${reasons.join('; ')}` : '';
		if (status === 401) {
			return {
				message: `LiveCall did not accept the API key${said}`,
				advice: `Check "API Key" in the LiveCall API credential. It comes from the account settings in LiveCall and is pasted without quotes. ${effect}`,
			};
		}
		if (status === 403) {
			return {
				message: `LiveCall does not allow this API key to ${topic.to}${said}`,
				advice: `Check "API Key" in the LiveCall API credential and what its account may do. ${effect}`,
			};
		}
		if (status === 404) {
			return { message: `${topic.notFound.message}${said}`, advice: topic.notFound.advice };
		}
		if (status === 429) {
			return {
				message: `LiveCall is receiving too many requests and did not ${topic.to}${triedOften(tries)}`,
				advice: `${askedToWait(how.retryAfterMs)}${again} is safe. Wait a little, or lower "Max Concurrency" in the options.`,
			};
		}
		if (certaintyOf(how) === 'refused') {
			const filter = reasons.some((reason) => /filter/i.test(reason))
				? " A filter is what LiveCall's dashboard calls a target group."
				: '';
			return {
				message: `LiveCall refused to ${topic.to}${said || `, with status ${status}`}`,
				advice: `${reasons.length > 0 ? 'Correct what LiveCall names' : 'LiveCall does not say why: check the fields of this item'}, then run this item again.${filter} ${effect}`,
			};
		}
	}
	const happened = `${whatHappened(how, tries, topic.host)}${triedOften(tries)}`;
	if (topic.once && certainty === 'unknown') {
		const { message, advice } = mayAlreadyHave(topic.once, happened);
		return { message, advice: how.kind === 'unreadable' ? `${advice} ${CHECK_BASE_URL}` : advice };
	}
	if (how.kind === 'cancelled' || (how.kind === 'notSent' && how.reason === 'cancelled')) {
		return { message: happened, advice: explanations.canceled().advice };
	}
	if (topic.host !== undefined) {
		return {
			message: happened,
			advice: `${again} is safe. If it stays like this, check whether n8n may connect to that host, and whether a proxy answers in its place.`,
		};
	}
	if (how.kind === 'unreadable') return { message: happened, advice: CHECK_BASE_URL };
	if (how.kind === 'notSent' && how.reason === 'unsendable') {
		return {
			message: happened,
			advice:
				'Check "Base URL" and "API Key" in the LiveCall API credential, and whether n8n trusts the certificate of that host and may connect to it. Nothing was carried out.',
		};
	}
	return {
		message: happened,
		advice: `${again} is safe. If it stays like this, check "Base URL" in the LiveCall API credential and whether LiveCall is up.`,
	};
}

const CHECK_BASE_URL =
	'Check that "Base URL" in the LiveCall API credential is LiveCall\'s API, by default https://api.livecall.io/v1, and that no proxy answers in its place.';

/** What is said of a request that must not be sent again, since LiveCall may have acted on it. */
export function mayAlreadyHave({ done, look, option }: OnlyOnce, happened: string): Explanation {
	return {
		message: mayAlready(done, happened),
		advice: `The request is not sent again by itself, since that could do it twice. ${look}; if not, set "${option}" in the options, save, and under Executions retry this execution with the currently saved workflow.`,
	};
}

/** @param done completes "LiveCall may already have …" */
export function mayAlready(done: string, happened: string): string {
	return `LiveCall may already have ${done}: ${lowerFirst(happened)}`;
}

/** What happened to an item that an earlier try has sent without a usable answer. */
export const SENT_EARLIER = 'An earlier try was sent and its outcome is unknown';

/** What many servers say beside 404, and the status says already. */
const SAYS_NOTHING = /^(record |page )?not found[.!]?$/i;

function lowerFirst(text: string): string {
	return text.startsWith('LiveCall') ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

const API_HOST = 'LiveCall';

function whatHappened(how: FailureKind, tries: number, host = API_HOST): string {
	switch (how.kind) {
		case 'notSent':
			return {
				refused: `${host} could not be reached: the connection was refused`,
				unresolved: `${host} could not be reached: the address of its host was not found`,
				unreachable: `${host} could not be reached: there is no way to its host`,
				unsendable: `The request to ${host} could not be sent`,
				cancelled: `The execution was canceled before LiveCall was asked${tries > 0 ? ' again' : ''}`,
			}[how.reason];
		case 'lost':
			return `The connection to ${host} was lost before its answer was complete`;
		case 'timeout':
			return `${host} did not answer within ${seconds(how.timeoutMs)}`;
		case 'cancelled':
			return 'The execution was canceled while LiveCall was being asked';
		case 'status':
			return `${host} answered with status ${how.status}${how.reasons.length > 0 ? ` (${how.reasons.join('; ')})` : ''}`;
		case 'unreadable':
			return {
				webPage:
					host === API_HOST
						? "LiveCall's answer was a web page instead of data"
						: `${host} answered with a web page or with data instead of a file`,
				cutOff: "LiveCall's answer was cut off or is not JSON",
				empty: `LiveCall's answer was empty, without ${how.missing ?? 'data'}`,
				shape: `LiveCall's answer came without ${how.missing ?? 'data'}`,
				redirect: `LiveCall's address answered with a redirect (status ${how.status}), which is not followed so that the API key stays with its host`,
			}[how.what];
	}
}

function triedOften(tries: number): string {
	return tries > 1 ? ` (tried ${tries} times)` : '';
}

function askedToWait(retryAfterMs: number | undefined): string {
	if (retryAfterMs === undefined) return '';
	const longest =
		retryAfterMs > LONGEST_RETRY_AFTER_MS
			? `; the node waits ${seconds(LONGEST_RETRY_AFTER_MS)} at most`
			: '';
	return `LiveCall asked to wait ${seconds(retryAfterMs)}${longest}. `;
}

/** A time in words. */
export function seconds(ms: number): string {
	const count = Math.round(ms / 100) / 10;
	return count === 1 ? '1 second' : `${count} seconds`;
}

/**
 * An error about what a person entered, or about the run itself.
 * @param itemIndex left out where there are no items, as in a drop-down list
 */
export function operationError(
	node: INode,
	{ message, advice }: Explanation,
	itemIndex?: number,
): NodeOperationError {
	const error = new NodeOperationError(node, message, {
		itemIndex,
		description: aboutItem(advice, itemIndex),
	});
	// n8n puts words of its own in place of a message in which it sees a system code, such as EPERM in a name.
	error.message = ofItem(message, itemIndex);
	return error;
}

/**
 * An error about what LiveCall answered. Made afresh from what is safe to show: what n8n's helper threw carries the
 * request's headers.
 * @param itemIndex left out where there are no items, as in a drop-down list
 */
export function apiError(
	node: INode,
	failure: Failure,
	topic: Topic,
	itemIndex?: number,
): NodeApiError {
	const { message, advice } = explain(failure, topic);
	const httpCode = failure.how.kind === 'status' ? String(failure.how.status) : undefined;
	const error = new NodeApiError(
		node,
		{ message },
		{ message, itemIndex, httpCode, description: aboutItem(advice, itemIndex) },
	);
	error.message = ofItem(message, itemIndex);
	return error;
}

function ofItem(message: string, itemIndex: number | undefined): string {
	return itemIndex === undefined ? message : `${message} [item ${itemIndex}]`;
}

function aboutItem(advice: string, itemIndex: number | undefined): string {
	return itemIndex === undefined ? advice : `Item ${itemIndex}: ${advice}`;
}
