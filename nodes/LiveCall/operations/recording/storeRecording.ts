import type { IBinaryData } from 'n8n-workflow';
import type { Attempt } from '../../../shared/api/outcome';
import { messages } from '../../../shared/errors/messages';
import type { Item } from '../../execution/item';
import { fileNameOf } from './fileName';
import { mimeTypeOf } from './mimeType';
import type { OpenedRecording } from './openRecording';

/**
 * Hands the file to n8n's binary storage, which takes it in piece by piece.
 * @param wanted the name to give it; empty if it keeps its own
 * @returns where n8n keeps it, or how it broke off: then nothing is kept
 * @throws NodeOperationError when n8n cannot store it
 */
export async function storeRecording(
	item: Item,
	callId: string,
	{ file, contentDisposition, contentType }: OpenedRecording,
	wanted: string,
): Promise<Attempt<IBinaryData>> {
	const fileName = fileNameOf(wanted, contentDisposition, contentType, callId);
	const mimeType = mimeTypeOf(contentType, fileName);
	const { helpers } = item.run.functions;
	// n8n waits for the end of a stream that has failed before (n8n 2.41, `streamToBuffer`).
	if (file.failure) return { ok: false, error: file.failure };
	try {
		const value = await helpers.prepareBinaryData(file.stream, fileName, mimeType);
		return { ok: true, value };
	} catch (error) {
		// Node.js tells a body that is shorter than announced, as it is sent and so before it is decoded.
		if (file.failure) return { ok: false, error: file.failure };
		throw item.wrong(messages.notStored(callId, messageWithoutAddress(error)));
	}
}

/** An address in it may be the link, which is a secret, or lead to where n8n keeps its files. */
function messageWithoutAddress(error: unknown): string | undefined {
	return error instanceof Error && !error.message.includes('://') ? error.message : undefined;
}
