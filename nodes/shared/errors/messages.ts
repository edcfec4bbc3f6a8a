import type { Invalid } from '../input/checks';
import { WHERE_ZONE_IS_SET } from '../input/hours';

/** What a person is told: what happened, and what to do next. */
export interface Explanation {
	message: string;
	advice: string;
	/** Whether it is said because a person ended the execution. */
	canceled?: boolean;
	/** Whether an earlier run left the item unknown: that does not hold up the other items. */
	isLeftUnknownEarlier?: boolean;
}

/** What the nodes say of their own accord; what LiveCall's failures mean stands in explain.ts. */
export const messages = {
	wrongField: (label: string, { found, advice }: Invalid): Explanation => ({
		message: `"${label}" ${found}`,
		advice,
	}),

	noTimeZone: (zone: string): Explanation => ({
		message: `The workflow's time zone is "${zone}", and there is none of that name`,
		advice: WHERE_ZONE_IS_SET,
	}),

	wrongExpression: (message: string): Explanation => ({
		message,
		advice: 'Check the fields and expressions of this item.',
	}),

	/** @param reason as n8n says it */
	credentialUnreadable: (reason: string): Explanation => ({
		message: `The LiveCall API credential cannot be used, and LiveCall was not asked: ${reason}`,
		advice:
			'Open the node and choose a LiveCall API credential. If it is chosen, open it, enter the API key again and save.',
	}),

	wrongBaseUrl: (): Explanation => ({
		message: '"Base URL" in the LiveCall API credential is not a web address',
		advice:
			'Open the credential and enter the address of the API, by default https://api.livecall.io/v1.',
	}),

	unknownOperation: (resource: string, operation: string): Explanation => ({
		message: `This version of the node does not know the operation "${operation}" of "${resource}"`,
		advice: 'Choose a resource and an operation from the lists.',
	}),

	nothingToUpdate: (): Explanation => ({
		message: '"Update Fields" is empty, so there is nothing to change',
		advice: 'Add "Name" or "Phone Number" under "Update Fields".',
	}),

	sharedNumber: (oneId: string, otherId: string): Explanation => ({
		message: `"Phone Number" belongs to more than one user in LiveCall: ${oneId} and ${otherId}`,
		advice: 'Delete one of them in LiveCall, or change the right one by its ID with "Update".',
	}),

	/**
	 * @param filterIds the target groups that were asked
	 * @param when `now`, or `on …`
	 */
	nobodyReachable: (filterIds: string[], when: string): Explanation => ({
		message: `Nobody of ${targetGroups(filterIds)} can be reached ${when}, and no call was placed`,
		advice: 'Run this item again later, or choose another setting for "When Unavailable".',
	}),

	/** @param hasHours whether only times in "Calling Hours" count */
	noTimeToCome: (filterIds: string[], hasHours: boolean): Explanation => ({
		message: `There is no time to come at which somebody of ${targetGroups(filterIds)} can be reached${hasHours ? ' in "Calling Hours"' : ''}, and no call was placed`,
		advice: `Check the working hours in LiveCall${hasHours ? ' and "Calling Hours"' : ''}, or choose another setting for "When Unavailable".`,
	}),

	/** @param when `now`, or `on …` */
	outsideHours: (when: string): Explanation => ({
		message: `The phone would ring ${when}, outside "Calling Hours", and no call was placed`,
		advice: 'Run this item again in these hours, or set "Outside Hours" to "Schedule".',
	}),

	/** @param when `now`, or `on …` */
	noHoursToCome: (when: string): Explanation => ({
		message: `"Calling Hours" leave no moment to call in the 35 days that begin ${when}, and no call was placed`,
		advice:
			'Check "From", "To", "Days" and "Not On". With "Time Zone From Phone Number" they have to hold in all time zones of the country at the same moment, so +1 and +7 need long hours.',
	}),

	wrongTestPhone: ({ found, advice }: Invalid): Explanation => ({
		message: `"Test Phone Number" in the LiveCall API credential ${found}`,
		advice: `${advice} While it is set, workflows that you run by hand ring it and no customer.`,
	}),

	noTimeBetween: (): Explanation => ({
		message: '"After" is not before "Before", so no time lies between them',
		advice: 'Check both, and the time zones in which they are written.',
	}),

	/**
	 * @param status as LiveCall gave it last, if it did
	 * @param trouble why the last look brought nothing, if it did not
	 */
	notEnded: (callId: string, minutes: number, status: unknown, trouble?: string): Explanation => ({
		message: `Call "${callId}" had not ended after ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}; its status ${trouble === undefined ? 'is' : 'was last'} ${typeof status === 'string' ? `"${status}"` : 'not known'}`,
		advice: `${trouble === undefined ? 'The call goes on in LiveCall.' : `The last look brought nothing: ${trouble}.`} ${WAIT_OTHERWISE}`,
	}),

	/** @param time the moment in words */
	scheduledTooLate: (callId: string, time: string): Explanation => ({
		message: `Call "${callId}" is scheduled for ${time}, which is later than "Timeout" allows`,
		advice: `LiveCall places it then. ${WAIT_OTHERWISE}`,
	}),

	noFile: (callId: string): Explanation => ({
		message: `LiveCall's download host has no file of the recording of call "${callId}" yet, or an empty one`,
		advice:
			'Try again a little later, or let "Download" wait longer with its option "Wait for Recording". If it stays like this, listen to it in LiveCall to see whether it is whole.',
	}),

	/** @param reason as n8n says it, if that can be shown */
	notStored: (callId: string, reason: string | undefined): Explanation => ({
		message: `n8n could not store the recording of call "${callId}"${reason === undefined ? '' : `: ${reason}`}`,
		advice:
			'Check the space that n8n has for binary data, and how large a file may be there. Downloading it again is safe.',
	}),

	linkRefused: (callId: string, status: number): Explanation => ({
		message: `LiveCall's download host refused the link to the recording of call "${callId}", and a fresh link too (status ${status})`,
		advice:
			'Try again a little later. If it stays like this, check whether n8n may connect to that host.',
	}),

	// n8n tells an execution that a person ended from one that failed by the word "canceled"
	// (n8n 2.41, `processSuccessExecution`).
	canceled: (): Explanation => ({
		message: 'The execution was canceled',
		advice: 'Run the workflow again to go on.',
		canceled: true,
	}),

	canceledWhileWaiting: (): Explanation => ({
		message: 'The execution was canceled while this item was waiting',
		advice: 'Run the workflow again to go on.',
		canceled: true,
	}),

	/** @param mayBeRecorded whether n8n left open if it wrote the key down */
	keyNotClaimed: ({ reason, mayBeRecorded }: StoreFailure): Explanation => ({
		message: mayBeRecorded
			? `Whether n8n recorded the deduplication key is not known, and no call was placed: ${reason}`
			: `n8n's database did not record the deduplication key, and no call was placed: ${reason}`,
		advice: mayBeRecorded
			? "Check n8n's database, then retry this execution: it says so if the key is recorded. Another execution with this key skips the item as a duplicate then."
			: "Check n8n's database, then run this item again: the key is free.",
	}),

	keyDoubtful: (): Explanation => ({
		message: 'The deduplication key is recorded, perhaps by a try that placed no call',
		advice:
			'Look in LiveCall whether the customer was called; if not, run this item with another key.',
	}),

	keyOfAnother: (key: string): Explanation => ({
		message: `The deduplication key "${key}" stands for another customer, too, and no call was placed`,
		advice:
			"Check the expression of the key: a part of it may be missing. If this customer's phone number has changed, add the number to the key.",
	}),

	recordUnreadable: (reason: string): Explanation => ({
		message: `n8n's database did not tell whether this was sent before, and nothing was sent: ${reason}`,
		advice: "Check n8n's database, then retry the execution again.",
	}),
};

/** A use of n8n's store of processed data that has failed. */
interface StoreFailure {
	reason: string;
	mayBeRecorded: boolean;
}

const WAIT_OTHERWISE =
	'Raise "Timeout" in the options, set "On Timeout" to "Return", or start a workflow with the LiveCall Trigger when the call has ended.';

/** What a person is told besides how the items ended; the items that it is about are named behind it. */
export const hints = {
	/** @param why the users could not be listed */
	noUserName: (why: string) => `"user_name" is empty, since the users could not be listed: ${why}`,
	keyKept:
		"n8n's database did not take the deduplication key back, though no call was placed: with the same key this node skips the item from now on",
	recordKept:
		"n8n's database did not take back that this was about to be sent, though it was not carried out: a retry of this execution will say that it may have been",
	/** @param asked the time, as a person reads it */
	otherTime: (asked: string) =>
		`LiveCall was asked to call on ${asked}, and answered with another time or with none: see "scheduled_for"`,
	windowWithoutKey: '"Deduplicate Within" does nothing without a "Deduplication Key"',
	placedEarlier:
		'Placed by an earlier run of this execution, whose answer from LiveCall is lost: see "already_placed"',
	notOnRecord:
		"n8n's database did not record that this was about to be sent: if n8n ends before the execution is stored, a retry cannot tell what was sent",
	unlocked:
		'Another node keeps data for the whole workflow in n8n\'s store of processed data, where this node has its lock, so workers of queue mode may claim the same at the same time. Set the "Scope" of that node (such as Remove Duplicates) to "Node"',
};

function targetGroups(filterIds: string[]): string {
	const named = filterIds.map((filterId) => `"${filterId}"`).join(', ');
	return `target group${filterIds.length > 1 ? 's' : ''} ${named}`;
}
