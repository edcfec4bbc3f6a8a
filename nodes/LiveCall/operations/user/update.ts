import type { IDataObject } from 'n8n-workflow';
import { messages } from '../../../shared/errors/messages';
import { nameField, phoneNumberField } from '../../fields/commonFields';
import { userLocator } from '../../fields/locators';
import { aLocator, someText } from '../../../shared/input/checks';
import { aPhoneNumber } from '../../../shared/input/phone';
import { changeUser } from './changeUser';
import { accountOf } from '../../execution/account';
import type { Operation } from '../../execution/operation';

/** Changes a user. */
export const update: Operation = {
	option: {
		name: 'Update',
		value: 'update',
		action: 'Update a user',
		description: 'Change the name or the phone number of a consultant',
	},
	kind: 'write',
	fields: [
		userLocator,
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			options: [
				{ ...nameField, required: false },
				{ ...phoneNumberField, required: false },
			],
		},
	],
	hint: (results) => accountOf(results, [['users updated', () => true]]),
	async execute(item) {
		const userId = item.read('userId', aLocator('users'));
		const changes: IDataObject = {};
		const name = item.readAdded('updateFields', 'name', someText);
		const phoneNumber = item.readAdded('updateFields', 'phoneNumber', aPhoneNumber);
		if (name !== undefined) changes.name = name;
		if (phoneNumber !== undefined) changes.phone_number = phoneNumber;
		if (Object.keys(changes).length === 0) {
			throw item.wrong(messages.nothingToUpdate());
		}
		return { json: await changeUser(item, userId, changes) };
	},
};
