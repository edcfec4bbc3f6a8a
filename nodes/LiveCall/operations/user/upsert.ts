import { createUser } from '../../../shared/api/endpoints';
import { createUserTopic, creatingUser, usersTopic } from '../../../shared/errors/topics';
import { messages } from '../../../shared/errors/messages';
import { nameField, phoneNumberField, createUnknownAgainOption } from '../../fields/commonFields';
import { aSwitch, someText } from '../../../shared/input/checks';
import { aPhoneNumber } from '../../../shared/input/phone';
import { digitsOf } from '../../../shared/phoneNumber';
import { changeUser } from './changeUser';
import { exclusively } from '../../../shared/throttling/exclusive';
import type { Item } from '../../execution/item';
import { AtMostOnce } from '../../execution/atMostOnce';
import type { Operation, Output } from '../../execution/operation';

/** Creates a user, or brings the one with the same phone number up to date. */
export const upsert: Operation = {
	option: {
		name: 'Create or Update',
		value: 'upsert',
		action: 'Create or update a user',
		description: 'Create a new record, or update the current one if it already exists (upsert)',
	},
	kind: 'write',
	once: creatingUser,
	fields: [
		{
			...phoneNumberField,
			description: `Finds the user: a number with the same digits is the same user. ${phoneNumberField.description}.`,
			hint: 'Always in the same form: +49 30 and 0049 (0)30 are two users',
		},
		nameField,
	],
	options: [createUnknownAgainOption],
	async execute(item) {
		const phoneNumber = item.read('phoneNumber', aPhoneNumber);
		const name = item.read('name', someText);
		const redialUnknown = item.option('redialUnknown', aSwitch, false);
		// Two items with the same number, side by side, would both find nobody and both create.
		const { id } = item.run.functions.getNode();
		return await exclusively(
			`upsert:${id}:${digitsOf(phoneNumber)}`,
			async () => await createOrUpdate(item, phoneNumber, name, redialUnknown),
		);
	},
};

async function createOrUpdate(
	item: Item,
	phoneNumber: string,
	name: string,
	redialUnknown: boolean,
): Promise<Output> {
	const digits = digitsOf(phoneNumber);
	const asked = { customer: digits, terms: name };
	const request = new AtMostOnce(item, asked, creatingUser, redialUnknown);
	if (request.answer) return { json: { ...request.answer, upsert_result: 'created' } };

	const listed = await item.run.users.all(item.client);
	// Without the list it stays unknown what became of an earlier try, and that must be said first.
	if (!listed.ok) request.refuseUnknown(false);
	const users = item.expect(listed, usersTopic);
	const [user, another] = users.filter((candidate) => digitsOf(candidate.phone_number) === digits);
	if (another) {
		throw item.wrong(messages.sharedNumber(String(user.id), String(another.id)));
	}
	if (!user) {
		// Asked only now: where an earlier try did create the user, the list has settled what was unknown.
		request.refuseUnknown();
		const wanted = { name, phone_number: phoneNumber };
		try {
			const created = await request.recorded(
				async () => await request.send(createUser(wanted), createUserTopic),
			);
			item.run.users.add({ ...wanted, ...created });
			return { json: { ...created, upsert_result: 'created' } };
		} finally {
			// A user of whom it is unknown whether LiveCall has it is there for the next item with that number to find.
			if (request.isLeftUnknown) item.run.users.forget();
		}
	}
	if (user.name === name) return { json: { ...user, upsert_result: 'unchanged' } };
	const updated = await changeUser(item, String(user.id), { name });
	return { json: { ...updated, upsert_result: 'updated' } };
}
