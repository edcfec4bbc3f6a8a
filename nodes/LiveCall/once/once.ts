import type { IDataObject } from 'n8n-workflow';
import type { ApiRequest } from '../../shared/api/endpoints';
import { mayAlreadyHave, SENT_EARLIER } from '../../shared/failures/explain';
import type { OnlyOnce, Topic } from '../../shared/failures/topics';
import type { Item } from '../run/item';
import type { Asked, Entry } from './ledger';

/**
 * What an item has already sent, from an earlier try of Retry On Fail or from the execution that this one retries.
 * @param sendUnknownAgain whether the person has said that a request of unknown outcome may be sent once more; it
 *   counts in another execution than the one that sent it, where the person has had time to look
 * @returns the entry when the item was placed, or was sent and may be sent again; `undefined` when nothing was sent
 * @throws NodeOperationError when the item was sent and its outcome is unknown
 */
export function recall(
	item: Item,
	asked: Asked,
	once: OnlyOnce,
	sendUnknownAgain: boolean,
): Entry | undefined {
	const { ledger } = item.run;
	const entry = ledger.find(item.index, asked);
	if (entry?.state !== 'sent' || (sendUnknownAgain && !ledger.isOfThisExecution(entry)))
		return entry;
	throw item.wrong(mayAlreadyHave(once, SENT_EARLIER));
}

/**
 * Sends what LiveCall must not do twice, and writes down what came of it.
 * @param again whether LiveCall may have acted on it before, and is asked all the same
 * @throws NodeApiError when there is no usable answer
 */
export async function sendOnce<T extends IDataObject>(
	item: Item,
	asked: Asked,
	request: ApiRequest<T>,
	topic: Topic,
	again = false,
): Promise<T> {
	const { ledger } = item.run;
	const { client } = item;
	ledger.sent(item.index, asked);
	const reply = await client.send(request, { again });
	if (reply.ok) ledger.placed(item.index, asked, reply.value);
	else if (reply.error.certainty !== 'unknown') ledger.clear(item.index);
	return item.expect(reply, topic);
}
