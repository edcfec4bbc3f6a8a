import { deleteUser } from '../../../shared/api/endpoints';
import { userTopic } from '../../../shared/errors/topics';
import { userLocator } from '../../fields/locators';
import { aLocator } from '../../../shared/input/checks';
import { AtMostOnce } from '../../execution/atMostOnce';
import type { Operation } from '../../execution/operation';

/** Removes a user. */
export const remove: Operation = {
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete a user',
		description: 'Remove a consultant for good',
	},
	kind: 'write',
	once: { done: 'deleted this user' },
	fields: [userLocator],
	async execute(item) {
		const userId = item.read('userId', aLocator('users'));
		const topic = userTopic(userId, `delete user "${userId}"`);
		const asked = { customer: userId, terms: 'delete' };
		const request = new AtMostOnce(item, asked, undefined);
		if (request.answer) return { json: request.answer };
		// Where an earlier try may have deleted the user, that LiveCall does not find it now means success.
		return { json: await request.send(deleteUser(userId), topic, request.wasLeftUnknown) };
	},
};
