import { createUser } from '../../../shared/api/endpoints';
import { createUserTopic, creatingUser } from '../../../shared/errors/topics';
import { someText } from '../../../shared/input/checks';
import { aPhoneNumber } from '../../../shared/input/phone';
import { accountOf } from '../../execution/account';
import type { Operation } from '../../execution/operation';
import { createUnknownAgainOption, nameField, phoneNumberField } from '../../fields/commonFields';
import { creationOf } from './creation';

/** Adds a user, once for each item: LiveCall takes the same person any number of times. */
export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create a user',
		description: 'Add a consultant',
	},
	kind: 'write',
	atMostOnce: creatingUser,
	fields: [nameField, phoneNumberField],
	options: [createUnknownAgainOption],
	hint: (results) => accountOf(results, [['users created', () => true]]),
	async execute(item) {
		const user = {
			name: item.read('name', someText),
			phone_number: item.read('phoneNumber', aPhoneNumber),
		};
		const { answer } = await item.atMostOnce(
			creationOf(item, user),
			async (send) => await send(createUser(user), createUserTopic),
		);
		return { json: answer };
	},
};
