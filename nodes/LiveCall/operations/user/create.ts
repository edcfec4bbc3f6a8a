import type { IDataObject } from 'n8n-workflow';
import { createUser } from '../../../shared/api/endpoints';
import { createUserTopic, creatingUser } from '../../../shared/errors/topics';
import { aSwitch, someText } from '../../../shared/input/checks';
import { aPhoneNumber } from '../../../shared/input/phone';
import { canonicalNumber } from '../../../shared/phoneNumber';
import type { Request } from '../../deduplication/request';
import { accountOf } from '../../execution/account';
import type { Item } from '../../execution/item';
import type { Operation } from '../../execution/operation';
import { createUnknownAgainOption, nameField, phoneNumberField } from '../../fields/commonFields';

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
		const answer = await item.atMostOnce(
			creationOf(item, user),
			async (send) => await send(createUser(user), createUserTopic),
		);
		return { json: answer };
	},
};

/**
 * What is asked of LiveCall when a user is added. What is unknown of one item holds for all items with that number: a
 * second user is added by no retry.
 * @throws NodeOperationError if the option that has it sent again is wrong
 */
export function creationOf(item: Item, user: { name: string; phone_number: string }): Request {
	const subject = canonicalNumber(user.phone_number);
	return {
		asked: { subject, deed: 'userCreation' },
		wording: creatingUser,
		redialUnknown: item.option('redialUnknown', aSwitch, false),
		isForAllItems: true,
		// After a crash LiveCall's answer is lost, and the list has the user.
		standIn: async (): Promise<IDataObject> => {
			const listed = await item.run.users.all(item.client);
			const [found] = listed.ok ? listed.value.withNumber(user.phone_number) : [];
			return found ?? { id: null, ...user };
		},
	};
}
