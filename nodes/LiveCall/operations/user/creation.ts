import type { IDataObject } from 'n8n-workflow';
import { creatingUser } from '../../../shared/errors/topics';
import { aSwitch } from '../../../shared/input/checks';
import { canonicalNumber } from '../../../shared/phoneNumber';
import type { Item, OnceRequest } from '../../execution/item';

/**
 * What is asked of LiveCall when a user is added. What is unknown of one item holds for all items with that number: a
 * second user is added by no retry.
 * @throws NodeOperationError if the option that has it sent again is wrong
 */
export function creationOf(item: Item, user: { name: string; phone_number: string }): OnceRequest {
	const subject = canonicalNumber(user.phone_number);
	return {
		asked: { subject, variant: user.name },
		wording: creatingUser,
		redialUnknown: item.option('redialUnknown', aSwitch, false),
		isForAllItems: true,
		// After a crash LiveCall's answer is lost, and the list has the user.
		standIn: async (): Promise<IDataObject> => {
			const listed = await item.run.users.all(item.client);
			const [found] = listed.ok ? listed.value.withNumber(user.phone_number) : [];
			return found ?? { id: null, ...user };
		},
	};
}
