import { createUser } from '../../../shared/api/endpoints';
import { createUserTopic, creatingUser } from '../../../shared/errors/topics';
import { nameField, phoneNumberField, createUnknownAgainOption } from '../../fields/commonFields';
import { aSwitch, someText } from '../../../shared/input/checks';
import { aPhoneNumber } from '../../../shared/input/phone';
import { digitsOf } from '../../../shared/phoneNumber';
import { AtMostOnce } from '../../execution/atMostOnce';
import type { Operation } from '../../execution/operation';

/** Adds a user, once for each item: LiveCall takes the same person any number of times. */
export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create a user',
		description: 'Add a consultant',
	},
	kind: 'write',
	once: creatingUser,
	fields: [nameField, phoneNumberField],
	options: [createUnknownAgainOption],
	async execute(item) {
		const name = item.read('name', someText);
		const phoneNumber = item.read('phoneNumber', aPhoneNumber);
		const redialUnknown = item.option('redialUnknown', aSwitch, false);

		const asked = { customer: digitsOf(phoneNumber), terms: name };
		const request = new AtMostOnce(item, asked, creatingUser, redialUnknown);
		if (request.answer) return { json: request.answer };
		request.refuseUnknown();
		const user = { name, phone_number: phoneNumber };
		return await request.recorded(async () => ({
			json: await request.send(createUser(user), createUserTopic),
		}));
	},
};
