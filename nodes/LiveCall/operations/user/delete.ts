import { deleteUser } from '../../../shared/api/endpoints';
import { userTopic } from '../../../shared/failures/topics';
import { userLocator } from '../../fields/locators';
import { aLocator } from '../../input/checks';
import { sendOnce } from '../../once/once';
import type { Operation } from '../../operation';

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
		const asked = { customer: userId, terms: 'delete' };
		// A user whom an earlier try has deleted, or may have, is not to be missed by this one.
		const earlier = item.run.ledger.find(item.index, asked);
		if (earlier?.state === 'placed') return { json: earlier.answer };
		const topic = userTopic(userId, `delete user "${userId}"`);
		const again = earlier !== undefined;
		return { json: await sendOnce(item, asked, deleteUser(userId), topic, again) };
	},
};
