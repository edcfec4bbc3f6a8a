import { userNotFound, usersTopic } from '../../../shared/errors/topics';
import { userLocator } from '../../fields/locators';
import { aLocator } from '../../../shared/input/checks';
import type { Operation } from '../../execution/operation';

/** Finds a user in the list: LiveCall has no request for a single one (LiveCall's help centre, users). */
export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get a user',
		description: 'Find a consultant in the list of users',
	},
	kind: 'read',
	fields: [userLocator],
	async execute(item) {
		const userId = item.read('userId', aLocator('users'));
		const users = item.expect(await item.run.users.all(item.client), usersTopic);
		const user = users.get(userId);
		if (user) return { json: user };
		throw item.wrong(userNotFound(userId));
	},
};
