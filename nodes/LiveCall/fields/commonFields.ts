import type { INodeProperties } from 'n8n-workflow';
import { creatingUser, placingCall } from '../../shared/errors/topics';
import { IF_EMPTY } from '../../shared/input/empty';

export const callIdField: INodeProperties = {
	displayName: 'Call ID',
	name: 'callId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 123',
	description:
		'The ID that "Create a call" or the LiveCall Trigger gives: drag it here from the input',
	hint: 'The "id" of "Create a call" or of the LiveCall Trigger',
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
	hint: 'With its country code, e.g. +49',
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

export const addUserNameOption: INodeProperties = {
	displayName: 'Add User Name',
	name: 'addUserName',
	type: 'boolean',
	default: false,
	description:
		'Whether to add the name of the consultant as "user_name", from the list of users, which is asked for once. It is empty if nobody has taken the call.',
};

export const timeZoneField: INodeProperties = {
	displayName: 'Time Zone',
	name: 'timeZone',
	type: 'string',
	default: '',
	placeholder: 'e.g. America/New_York',
	description:
		"The customer's time zone, as a continent and a city. If this is empty, the workflow's time zone is used.",
	hint: "The customer's time zone. If empty: the workflow's.",
};

export const returnAllField: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

/** How many items come out if not all do. */
export const limitField: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 50,
	displayOptions: { show: { returnAll: [false] } },
	description: 'Max number of results to return',
};

/** What to do in an execution that retries one whose request may have been carried out. */
export const redialUnknownOption: INodeProperties = {
	displayName: placingCall.option,
	name: 'redialUnknown',
	type: 'boolean',
	default: false,
	description:
		'Whether "Retry" of a failed execution places a call again if nobody knows whether LiveCall has placed it. Look in LiveCall first whether the customer was called. The tries of Retry On Fail never place it again.',
};

/** The same for a user, who is not dialled. */
export const createUnknownAgainOption: INodeProperties = {
	...redialUnknownOption,
	displayName: creatingUser.option,
	description:
		'Whether "Retry" of a failed execution creates a user again if nobody knows whether LiveCall has created it. Look in LiveCall first whether the user is there. The tries of Retry On Fail never create it again.',
};

/** What an optional field means that was added, and that the data leave empty. */
export const ifEmptyOption: INodeProperties = {
	displayName: IF_EMPTY,
	name: 'ifEmpty',
	type: 'options',
	default: 'fail',
	description:
		'What to do if you have added a field or an option, such as "Scheduled For", and its expression finds nothing. An AI agent leaves out what it does not fill in, unless you choose otherwise here.',
	options: [
		{
			name: 'Fail',
			value: 'fail',
			description: 'Place no call, since the expression may be wrong; the item fails',
		},
		{
			name: 'Leave Out',
			value: 'leaveOut',
			description:
				'Place the call as if you had not added the field: without "Scheduled For", at once',
		},
	],
};
