import type { IDataObject } from 'n8n-workflow';
import { isId } from '../../../shared/api/answers';
import { simplifyCall } from '../../../shared/call';
import { usersTopic } from '../../../shared/errors/topics';
import { aSwitch } from '../../../shared/input/checks';
import { findUser } from '../../lookups/users';
import type { Item } from '../../execution/item';

/**
 * Reads how a person wants a call to come out: whether with all of LiveCall's fields, and whether with the name of the
 * consultant.
 * @returns what gives a call that form
 * @throws NodeOperationError that names the option; what is returned throws NodeApiError where the list of users
 *   cannot be had
 */
export function readCallShape(item: Item): (call: IDataObject) => Promise<IDataObject> {
	const simplify = item.read('simplify', aSwitch);
	const addUserName = item.option('addUserName', aSwitch, false);
	return async (call) => {
		const shown = simplify ? simplifyCall(call) : call;
		return addUserName ? { ...shown, user_name: await userNameOf(item, call) } : shown;
	};
}

/** Nobody has taken a call without a user; and a user who was deleted since is not in the list any more. */
async function userNameOf(item: Item, { user_id }: IDataObject): Promise<string | null> {
	if (!isId(user_id)) return null;
	const users = item.expect(await item.run.users.all(item.client), usersTopic);
	const name = findUser(users, String(user_id))?.name;
	return typeof name === 'string' ? name : null;
}
