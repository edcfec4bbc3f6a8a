import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { RequestFunctions } from './api/client';

/** What the LiveCall API credential holds. */
export interface Connection {
	/** Without a trailing slash; `undefined` when it is no web address. */
	baseUrl: string | undefined;
	/** Empty when the trigger asks for none; `undefined` when one is set that comes to nothing, which nobody can know. */
	webhookToken: string | undefined;
	/** What must be shown nowhere, even where LiveCall repeats it in an answer. */
	secrets: string[];
	/**
	 * The credential itself, for n8n's request helper alone. Handed over with each request, it spares n8n from reading
	 * and decrypting it anew for each of them (n8n 2.41, `httpRequestWithAuthentication`).
	 */
	credential: ICredentialDataDecryptedObject;
}

/**
 * Reads the LiveCall API credential.
 * @throws what n8n throws when the node has no such credential
 */
export async function readConnection(functions: RequestFunctions): Promise<Connection> {
	const credential = await functions.getCredentials('liveCallApi');
	const webhookToken = 'webhookToken' in credential ? asText(credential.webhookToken) : '';
	const secrets = [asText(credential.apiKey) ?? '', webhookToken ?? ''].filter(
		(secret) => secret !== '',
	);
	return { baseUrl: checkBaseUrl(credential.baseUrl), webhookToken, secrets, credential };
}

/** An expression may come to a number, or to nothing at all: that is not the same as an empty text. */
function asText(value: unknown): string | undefined {
	return ['string', 'number', 'boolean'].includes(typeof value) ? String(value).trim() : undefined;
}

/** The address of the API without a trailing slash; `undefined` when it is no usable web address. */
export function checkBaseUrl(value: unknown): string | undefined {
	const text = (asText(value) ?? '').replace(/\/+$/, '');
	// A name and password in it would be sent in place of the API key.
	return /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/i.test(text) && URL.canParse(text)
		? text
		: undefined;
}
