import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';
import { editPage, editPagePattern, type Page } from '../../shared/ids';

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

/** @param what has such a page, as the beginning of a sentence */
function byUrl(page: Page, exampleId: string, what: string): INodePropertyMode {
	const regex = editPagePattern(page);
	const errorMessage = `${what}'s address looks like this: ${editPage(page, 'ID')}`;
	return {
		displayName: 'By URL',
		name: 'url',
		type: 'string' as const,
		placeholder: `e.g. ${editPage(page, exampleId)}`,
		extractValue: { type: 'regex', regex },
		validation: [{ type: 'regex', properties: { regex, errorMessage } }],
	};
}

/** The target group; LiveCall's API has no list of them, and calls them filters. */
export const filterLocator: INodeProperties = {
	displayName: 'Target Group',
	name: 'filterId',
	type: 'resourceLocator',
	default: { mode: 'id', value: '' },
	required: true,
	description: `The target group whose consultants are rung; the API calls it a filter. Its ID is the number in the address of its edit page in LiveCall: ${editPage('targeting', 'ID')}.`,
	hint: 'The number in its address in LiveCall: …/targeting/<b>123</b>/edit',
	modes: [byId, byUrl('targeting', '123', 'A target group')],
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
		byUrl('users', '456', 'A user'),
	],
};
