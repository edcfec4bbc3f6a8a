import { editPage } from '../ids';
import type { Explanation } from './messages';

/** What a request is about, in LiveCall's and n8n's words. */
export interface Topic {
	/** Completes "LiveCall refused to …". */
	to: string;
	/** What an answer with 404 means here. */
	notFound: Explanation;
	/**
	 * What the request names, in LiveCall's words with "|" between them: an answer that says of one of these that it is
	 * not there is told in its words.
	 */
	names?: Array<{ what: string; notFound: Explanation }>;
	/** Set for what must not be done twice. */
	atMostOnce?: AtMostOnceWording;
	/** Who is asked, if that is not the API. */
	host?: string;
	/** Set if the node has no "Max Concurrency". */
	isDelivered?: true;
}

/** What LiveCall must not do twice, in the words for the case that nobody knows whether it has done it. */
export interface AtMostOnceWording {
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

/** The same, of a call that a delivery to the trigger names: nobody has entered its ID. */
export function deliveredCallTopic(callId: string): Topic {
	const { to, notFound } = callTopic(callId);
	const advice = 'A delivery has named this ID: look in LiveCall whether there is such a call.';
	return { to, notFound: { ...notFound, advice }, isDelivered: true };
}

export function recordingTopic(callId: string): Topic {
	return {
		to: `give the recording of call "${callId}"`,
		notFound: {
			message: `LiveCall has no recording for call "${callId}"`,
			advice:
				'The call may not have been recorded, or its recording may not be ready yet: try again a little later, or let "Download" wait longer with its option "Wait for Recording". Check "Call ID" too.',
		},
	};
}

/** The same, once LiveCall has given the link to it: that is on another host. */
export function recordingFileTopic(callId: string): Topic {
	return { ...recordingTopic(callId), host: "LiveCall's download host" };
}

/** @param field the label of the field that names it */
export function filterTopic(filterId: string, field = 'Target Group'): Topic {
	return {
		to: `read target group "${filterId}"`,
		notFound: {
			message: `LiveCall knows no target group "${filterId}"`,
			advice: `Check "${field}": the ID is the number in the address of the edit page, ${editPage('targeting', 'ID')}.`,
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

/** What is said if LiveCall has no such user. */
export function userNotFound(userId: string): Explanation {
	return {
		message: `LiveCall knows no user "${userId}"`,
		advice: `Check "User (Consultant)": the ID is the number in the address of the edit page, ${editPage('users', 'ID')}. The user may have been deleted.`,
	};
}

/** @param to completes "LiveCall refused to …" */
export function userTopic(userId: string, to: string): Topic {
	return { to, notFound: userNotFound(userId) };
}

export const placingCall: AtMostOnceWording = {
	done: 'placed this call',
	look: 'Look in LiveCall whether the customer was called',
	option: 'Redial If Unknown',
};

/** @param filterField the label of the field that names the target group */
export function placeCallTopic(filterId: string, userId?: string, filterField?: string): Topic {
	const filter = filterTopic(filterId, filterField).notFound;
	const user = userId === undefined ? undefined : userNotFound(userId);
	const named = (what: string, { message, advice }: Explanation) => ({
		what,
		notFound: { message, advice: `${advice} No call was placed.` },
	});
	return {
		to: 'place the call',
		atMostOnce: placingCall,
		names: [
			named('filter|target group', filter),
			...(user ? [named('user|consultant', user)] : []),
		],
		notFound: {
			message: `${filter.message}${user ? ` or no user "${userId}"` : ''}`,
			advice: `${filter.advice} Check "User (Consultant)", too, and "Base URL" in the LiveCall API credential. No call was placed.`,
		},
	};
}

export const creatingUser: AtMostOnceWording = {
	done: 'created this user',
	look: 'Look in LiveCall whether the user is there',
	option: 'Send Again If Unknown',
};

export const createUserTopic: Topic = {
	to: 'create the user',
	atMostOnce: creatingUser,
	notFound: {
		message: 'LiveCall takes no new users at this address',
		advice: 'Check "Base URL" in the LiveCall API credential. No user was created.',
	},
};
