import type { IDataObject } from 'n8n-workflow';
import type { Resource } from '../../../shared/api/answers';
import { updateUser } from '../../../shared/api/endpoints';
import { userTopic, usersTopic } from '../../../shared/errors/topics';
import type { Item } from '../../execution/item';

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
