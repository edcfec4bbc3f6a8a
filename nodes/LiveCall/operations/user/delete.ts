import { deleteUser } from '../../../shared/api/endpoints';
import { userTopic } from '../../../shared/errors/topics';
import { aLocator } from '../../../shared/input/checks';
import { accountOf } from '../../execution/account';
import type { Operation } from '../../execution/operation';
import { userLocator } from '../../fields/locators';

/** Removes a user. */
export const remove: Operation = {
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete a user',
		description: 'Remove a consultant for good',
	},
	kind: 'write',
	atMostOnce: { done: 'deleted this user' },
	fields: [userLocator],
	hint: (results) => accountOf(results, [['users deleted', () => true]]),
	async execute(item) {
		const userId = item.read('userId', aLocator('users'));
		const topic = userTopic(userId, `delete user "${userId}"`);
		// If an earlier try may have deleted the user, that LiveCall does not find it now means success.
		const answer = await item.atMostOnce(
			{ asked: { subject: userId, deed: 'userDeletion' } },
			async (send) => await send(deleteUser(userId), topic),
		);
		return { json: answer };
	},
};
