import { usersTopic } from '../../../shared/errors/topics';
import { limitField, returnAllField } from '../../fields/commonFields';
import { aNumber, anyText, aSwitch, normalized } from '../../../shared/input/checks';
import { digitsOf } from '../../../shared/phoneNumber';
import { somePhoneDigits } from '../../../shared/input/phone';
import type { Operation } from '../../execution/operation';

/** Lists users. LiveCall has no paging and no search (LiveCall's help centre, users): both are done here. */
export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many users',
		description: 'List the consultants, all or those that match',
	},
	kind: 'read',
	fields: [
		returnAllField,
		limitField,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. miller',
					description: 'Part of the name, in upper or lower case',
				},
				{
					displayName: 'Phone Number',
					name: 'phoneNumber',
					type: 'string',
					default: '',
					placeholder: 'e.g. 4930',
					description: 'Part of the phone number; only its digits count',
				},
			],
		},
	],
	async execute(item) {
		const returnAll = item.read('returnAll', aSwitch);
		const limit = returnAll ? Infinity : item.read('limit', aNumber('users', 1, Infinity, true));
		const name = normalized(item.readAdded('filters', 'name', anyText));
		const digits = item.readAdded('filters', 'phoneNumber', somePhoneDigits) ?? '';

		const users = item.expect(await item.run.users.all(item.client), usersTopic);
		return users
			.filter((user) => normalized(user.name).includes(name))
			.filter((user) => digitsOf(user.phone_number).includes(digits))
			.slice(0, limit)
			.map((user) => ({ json: user }));
	},
};
