import type { IDataObject } from 'n8n-workflow';
import type { Resource } from '../../../shared/api/answers';
import { updateUser } from '../../../shared/api/endpoints';
import { messages } from '../../../shared/errors/messages';
import { userTopic, usersTopic } from '../../../shared/errors/topics';
import { nameField, phoneNumberField } from '../../fields/commonFields';
import { userLocator } from '../../fields/locators';
import { aLocator, someText } from '../../../shared/input/checks';
import { aPhoneNumber } from '../../../shared/input/phone';
import { accountOf } from '../../execution/account';
import type { Item } from '../../execution/item';
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

/**
 * Changes a user. If PATCH answers without the user, which is not documented, the user is read back from the list.
 * @param changes the fields to change, in LiveCall's names
 * @returns the user as it is now
 * @throws NodeApiError when LiveCall refuses or is out of reach
 */
export async function changeUser(
	item: Item,
	userId: string,
	changes: IDataObject,
): Promise<Resource> {
	const topic = userTopic(userId, `update user "${userId}"`);
	const answered = await item.ask(updateUser(userId, changes), topic);
	const { users } = item.run;
	// A list that this run asked for earlier does not know of the change yet; one that it asks for now does.
	users.amend(userId, { ...changes, ...answered });
	if (answered) return answered;
	const listed = async () => item.expect(await users.all(item.client), usersTopic).get(userId);
	const kept = await listed();
	if (kept) return kept;
	// LiveCall has changed the user, who may be newer than the list.
	users.forget();
	const user = await listed();
	if (user) return user;
	throw item.wrong(topic.notFound);
}
