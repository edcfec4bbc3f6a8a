/** What a person is told: what happened, and what to do next. */
export interface Explanation {
	message: string;
	advice: string;
}

/** What the nodes say of their own accord, besides what LiveCall's failures mean (errors.ts). */
export const explanations = {
	/** @param found what is wrong, after the field's name */
	wrongField: (label: string, found: string, advice: string): Explanation => ({
		message: `"${label}" ${found}`,
		advice,
	}),

	wrongExpression: (message: string): Explanation => ({
		message,
		advice: 'Check the fields and expressions of this item.',
	}),

	wrongBaseUrl: (): Explanation => ({
		message: '"Base URL" in the LiveCall API credential is not a web address',
		advice:
			'Open the credential and enter the address of the API, by default https://api.livecall.io/v1.',
	}),

	otherCall: (callId: string): Explanation => ({
		message: `Asked about call "${callId}", LiveCall answered with another call`,
		advice:
			'Check that "Base URL" in the LiveCall API credential is LiveCall\'s API, and that the call ID in the delivery is written as LiveCall writes it.',
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

	nobodyReachable: (filterId: string): Explanation => ({
		message: `Nobody of target group "${filterId}" can be reached now, and no call was placed`,
		advice: 'Run this item again later, or choose another setting for "When Unavailable".',
	}),

	noTimeToCome: (filterId: string): Explanation => ({
		message: `Target group "${filterId}" has no time to come at which somebody can be reached, and no call was placed`,
		advice: 'Give it working hours in LiveCall, or choose another setting for "When Unavailable".',
	}),

	/** @param status as LiveCall gave it, if it did */
	notEnded: (callId: string, minutes: number, status: unknown): Explanation => ({
		message: `Call "${callId}" had not ended after ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}; its status is ${typeof status === 'string' ? `"${status}"` : 'not known'}`,
		advice:
			'The call goes on in LiveCall. Raise "Timeout" in the options, set "On Timeout" to "Return", or start a workflow with the LiveCall Trigger when the call has ended.',
	}),

	/** @param what what became of the file, after "The recording of call …" */
	incompleteRecording: (callId: string, what: string): Explanation => ({
		message: `The recording of call "${callId}" ${what}, and no file was kept`,
		advice:
			'Downloading it again is safe. If it stays like this, listen to it in LiveCall to see whether it is whole.',
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
	}),

	canceledWhileWaiting: (): Explanation => ({
		message: 'The execution was canceled while this item was waiting',
		advice: 'Run the workflow again to go on.',
	}),
};
