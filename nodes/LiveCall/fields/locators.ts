import type { INodeProperties } from 'n8n-workflow';
import { editPage, editPagePattern } from '../../shared/ids';

/**
 * Without a validation of its own: n8n gives a field's pattern 250 ms of wall-clock time when a workflow starts, and
 * stops the workflow if a busy machine takes longer (n8n 2.41, `safeRegex`). The node checks every id itself.
 */
const byId = {
	displayName: 'By ID',
	name: 'id',
	type: 'string' as const,
	placeholder: 'e.g. 123',
};

/** The target group; LiveCall's API has no list of them, and calls them filters. */
export const filterLocator: INodeProperties = {
	displayName: 'Target Group',
	name: 'filterId',
	type: 'resourceLocator',
	default: { mode: 'id', value: '' },
	required: true,
	description: `The target group whose consultants are rung; the API calls it a filter. Its ID is the number in the address of its edit page in LiveCall: ${editPage('targeting', 'ID')}.`,
	hint: 'The number in its address in LiveCall: …/targeting/<b>123</b>/edit',
	modes: [
		byId,
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: `e.g. ${editPage('targeting', '123')}`,
			extractValue: { type: 'regex', regex: editPagePattern('targeting') },
			validation: [
				{
					type: 'regex',
					properties: {
						regex: editPagePattern('targeting'),
						errorMessage: `A target group's address looks like this: ${editPage('targeting', 'ID')}`,
					},
				},
			],
		},
	],
};

/** A user, who is a consultant in LiveCall's words. */
export const userLocator: INodeProperties = {
	displayName: 'User (Consultant)',
	name: 'userId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: `The consultant, as listed in LiveCall under Users. The ID is the number in the address of the edit page: ${editPage('users', 'ID')}.`,
	hint: 'Choose from the list; the ID is the number in the address in LiveCall: …/users/<b>456</b>/edit',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a user…',
			typeOptions: { searchListMethod: 'searchUsers', searchable: true },
		},
		byId,
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: `e.g. ${editPage('users', '456')}`,
			extractValue: { type: 'regex', regex: editPagePattern('users') },
			validation: [
				{
					type: 'regex',
					properties: {
						regex: editPagePattern('users'),
						errorMessage: `A user's address looks like this: ${editPage('users', 'ID')}`,
					},
				},
			],
		},
	],
};
