import type { Resource } from '../../../shared/api/answers';
import { createUser } from '../../../shared/api/endpoints';
import { createUserTopic, creatingUser, usersTopic } from '../../../shared/errors/topics';
import { messages } from '../../../shared/errors/messages';
import { nameField, phoneNumberField, createUnknownAgainOption } from '../../fields/commonFields';
import { someText } from '../../../shared/input/checks';
import { aPhoneNumber } from '../../../shared/input/phone';
import { canonicalNumber } from '../../../shared/phoneNumber';
import { creationOf } from './create';
import { changeUser } from './update';
import { exclusively } from '../../../shared/throttling/exclusive';
import { accountOf } from '../../execution/account';
import type { Result } from '../../../shared/result';
import type { Request } from '../../deduplication/request';
import type { Item } from '../../execution/item';
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
	atMostOnce: creatingUser,
	fields: [
		{
			...phoneNumberField,
			description: `Finds the user: a number with the same digits is the same user, with + or 00 in front. ${phoneNumberField.description}.`,
			hint: 'Always with its country code: +49 30 and (0)30 are two users',
		},
		nameField,
	],
	options: [createUnknownAgainOption],
	hint: (results) =>
		accountOf(
			results,
			['created', 'updated', 'unchanged'].map((ended) => [
				`users ${ended}`,
				({ upsert_result }) => upsert_result === ended,
			]),
		),
	async execute(item) {
		const phone_number = item.read('phoneNumber', aPhoneNumber);
		const user = { name: item.read('name', someText), phone_number };
		const creation = creationOf(item, user);
		// Two items with the same number, side by side, would both find nobody and both create.
		const { id } = item.run.functions.getNode();
		return await exclusively(
			`upsert:${id}:${canonicalNumber(phone_number)}`,
			async () => await createOrUpdate(item, user, creation),
		);
	},
};

async function createOrUpdate(
	item: Item,
	user: { name: string; phone_number: string },
	creation: Request,
): Promise<Output> {
	const { name, phone_number } = user;
	const { users } = item.run;
	let withNumber: Resource[] = [];
	const find = async (): Promise<Result<Resource | undefined, Error>> => {
		const listed = await users.all(item.client);
		if (!listed.ok) return { ok: false, error: item.failed(listed.error, usersTopic) };
		withNumber = listed.value.withNumber(phone_number);
		const [one, another] = withNumber;
		if (one && another) {
			throw item.wrong(messages.sharedNumber(String(one.id), String(another.id)));
		}
		return { ok: true, value: one };
	};
	const answer = await item.atMostOnce({ ...creation, find }, async (send) => {
		try {
			const created = await send(createUser(user), createUserTopic);
			users.add({ ...user, ...created });
			return created;
		} catch (error) {
			// A user of whom it is unknown whether LiveCall has it is there for the next item with that number to find.
			users.forget();
			return await Promise.reject(error);
		}
	});
	const [found] = withNumber;
	if (!found) return { json: { ...answer, upsert_result: 'created' } };
	if (found.name === name) return { json: { ...found, upsert_result: 'unchanged' } };
	const updated = await changeUser(item, String(found.id), { name });
	return { json: { ...updated, upsert_result: 'updated' } };
}
