import type { INodeProperties } from 'n8n-workflow';
import { creatingUser, placingCall } from '../../shared/failures/topics';

export const callIdField: INodeProperties = {
	displayName: 'Call ID',
	name: 'callId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 123',
	description:
		'The ID that "Create a call" or the LiveCall Trigger gives: drag it here from the input',
};

export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

export const phoneNumberField: INodeProperties = {
	displayName: 'Phone Number',
	name: 'phoneNumber',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +49 30 1234567',
	description:
		'With its country code; 7 to 15 digits, set off with spaces, dots, hyphens or brackets as you like',
};

export const nameField: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. Nathan Miller',
	description: "The user's name, as LiveCall shows it",
};

/** What to do in an execution that retries one whose request may have been carried out. */
export const redialUnknownOption: INodeProperties = {
	displayName: placingCall.option,
	name: 'redialUnknown',
	type: 'boolean',
	default: false,
	description:
		'Whether to place a call once more of which it is unknown whether LiveCall did, when a failed execution is retried. Look in LiveCall first whether the customer was called. The tries of Retry On Fail never do.',
};

/** The same for a user, who is not dialled. */
export const createUnknownAgainOption: INodeProperties = {
	...redialUnknownOption,
	displayName: creatingUser.option,
	description:
		'Whether to create a user once more of whom it is unknown whether LiveCall did, when a failed execution is retried. Look in LiveCall first whether the user is there. The tries of Retry On Fail never do.',
};
