import type { IDataObject } from 'n8n-workflow';
import { isId } from '../../../shared/api/answers';
import { simplifyCall } from '../../../shared/call';
import { explain } from '../../../shared/errors/explain';
import { hints } from '../../../shared/errors/messages';
import { usersTopic } from '../../../shared/errors/topics';
import { aSwitch } from '../../../shared/input/checks';
import type { Item } from '../../execution/item';

/**
 * Reads how a person wants a call to come out: whether with all of LiveCall's fields, and whether with the name of the
 * consultant.
 * @returns what gives a call that form
 * @throws NodeOperationError that names the option; what is returned throws NodeApiError when the execution is
 *   canceled while the users are listed
 */
export function readCallShape(item: Item): (call: IDataObject) => Promise<IDataObject> {
	const simplify = item.read('simplify', aSwitch);
	const addUserName = item.option('addUserName', aSwitch, false);
	return async (call) => {
		const shown = simplify ? simplifyCall(call) : call;
		return addUserName ? { ...shown, user_name: await userNameOf(item, call) } : shown;
	};
}

/**
 * Nobody has taken a call without a user; and a user who was deleted since is not in the list any more. If the users
 * cannot be listed, the call itself is not lost for that.
 */
async function userNameOf(item: Item, { user_id }: IDataObject): Promise<string | null> {
	if (!isId(user_id)) return null;
	const { run } = item;
	const listed = await run.users.all(item.client);
	if (run.isCanceled) item.expect(listed, usersTopic);
	if (!listed.ok) {
		const { message } = explain(listed.error, usersTopic);
		item.hint(hints.noUserName(message));
		return null;
	}
	const name = listed.value.get(String(user_id))?.name;
	return typeof name === 'string' ? name : null;
}
