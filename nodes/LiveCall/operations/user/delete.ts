import { deleteUser } from '../../../shared/api/endpoints';
import { userTopic } from '../../../shared/errors';
import { userLocator } from '../../fields/locators';
import { aLocator } from '../../input/checks';
import type { Operation } from '../operation';

/** Removes a user. */
export const remove: Operation = {
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete a user',
		description: 'Remove a consultant for good',
	},
	kind: 'write',
	fields: [userLocator],
	async execute(item) {
		const userId = item.read('userId', aLocator('users'));
		await item.ask(deleteUser(userId), userTopic(userId, `delete user "${userId}"`));
		item.run.users.remove(userId);
		return { json: { deleted: true } };
	},
};
