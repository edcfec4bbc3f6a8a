import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

/** The contexts of n8n in which the credential is read and LiveCall is asked. */
export type RequestFunctions = IExecuteFunctions | ILoadOptionsFunctions | IWebhookFunctions;

/** What it takes to ask LiveCall. */
export interface ApiAccess {
	/** Checked, and without a trailing slash. */
	baseUrl: string;
	/** What must be shown nowhere, even if LiveCall repeats it in an answer. */
	secrets: string[];
	/**
	 * The whole credential, API key included, for n8n's request helper alone. Handed over with each request, it spares
	 * n8n from reading and decrypting it anew for each of them (n8n 2.41, `httpRequestWithAuthentication`).
	 */
	credential: ICredentialDataDecryptedObject;
}

/** What the LiveCall API credential gives. */
export interface Access {
	/** `undefined` when the credential's base URL is no web address. */
	api: ApiAccess | undefined;
	/**
	 * Empty: the trigger asks for no token. `undefined`: the field is set, but its expression gives nothing, so no
	 * request can match.
	 */
	webhookToken: string | undefined;
}

/**
 * Reads the LiveCall API credential.
 * @throws what n8n throws when the node has no such credential
 */
export async function readAccess(functions: RequestFunctions): Promise<Access> {
	const credential = await functions.getCredentials('liveCallApi');
	const webhookToken = 'webhookToken' in credential ? textOf(credential.webhookToken) : '';
	const apiKey = apiKeyIn(credential);
	// If all that was pasted is quotes or the word "token", that is no secret.
	const pasted = apiKey === '' ? '' : (textOf(credential.apiKey) ?? '');
	const secrets = [...new Set([pasted, apiKey, webhookToken ?? ''])].filter(Boolean);
	const baseUrl = checkBaseUrl(credential.baseUrl);
	const api = baseUrl === undefined ? undefined : { baseUrl, secrets, credential };
	return { api, webhookToken };
}

/**
 * The API key alone: people paste it as LiveCall's help centre shows it in a request, `Token token=…` (every request),
 * and in quotes.
 */
export function apiKeyIn({ apiKey }: ICredentialDataDecryptedObject): string {
	const unquoted = (text: string) => text.replace(QUOTES, '').trim();
	return unquoted(unquoted(textOf(apiKey) ?? '').replace(/^token\s+(?:token\s*=)?/i, ''));
}

/** Quotes around a text, also those of word processors, and blanks beside them. */
const QUOTES = /^[\s"'`\u2018-\u201f\u00ab\u00bb]+|[\s"'`\u2018-\u201f\u00ab\u00bb]+$/g;

/** A field of the credential as text. An expression may give a number, or nothing at all, which is no empty text. */
function textOf(value: unknown): string | undefined {
	return ['string', 'number', 'boolean'].includes(typeof value) ? String(value).trim() : undefined;
}

/** The address of the API without a trailing slash; `undefined` when it is no usable web address. */
export function checkBaseUrl(value: unknown): string | undefined {
	const text = (textOf(value) ?? '').replace(/\/+$/, '');
	// A name and password in it would be sent in place of the API key.
	return /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/i.test(text) && URL.canParse(text)
		? text
		: undefined;
}
