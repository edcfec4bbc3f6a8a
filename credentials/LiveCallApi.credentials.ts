import {
	UserError,
	type IAuthenticate,
	type ICredentialTestRequest,
	type ICredentialType,
	type Icon,
	type IHttpRequestOptions,
	type INodeProperties,
} from 'n8n-workflow';
import { apiKeyIn, checkBaseUrl } from '../nodes/shared/credential';
import { aTestPhone } from '../nodes/shared/input/phone';

/** A header of the credential's test, by which it is told from other requests; it goes no further. */
const IS_TEST = 'X-Credential-Test';

/**
 * Whether a request goes to the API. n8n's HTTP Request node gives the address as `uri` (n8n 2.41, HTTP Request 4.4);
 * if there are two, both have to be the API's.
 */
function isFor(api: string, request: IHttpRequestOptions): boolean {
	const uri = 'uri' in request ? request.uri : '';
	const given = [request.url, uri].filter(Boolean).map(String);
	const { origin } = new URL(api);
	return (given.length > 0 ? given : ['']).every(
		(address) =>
			URL.canParse(address, request.baseURL) && new URL(address, request.baseURL).origin === origin,
	);
}

export class LiveCallApi implements ICredentialType {
	name = 'liveCallApi';

	displayName = 'LiveCall API';

	icon: Icon = { light: 'file:../icons/livecall.svg', dark: 'file:../icons/livecall.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-livecall/n8n-nodes-livecall#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: "From LiveCall's account settings; paste it without quotes",
			hint: "In LiveCall's account settings",
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.livecall.io/v1',
			description: "The address of LiveCall's API; change it only for a proxy or a sandbox",
		},
		{
			displayName: 'Webhook Token',
			name: 'webhookToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'For the LiveCall Trigger: when set, only requests whose address ends in ?token= and this token are accepted. Make up a long one, e.g. 32 letters and digits; other characters must be percent-encoded in the address.',
			hint: 'For the LiveCall Trigger. Keep a copy: n8n does not show it again.',
		},
		{
			displayName: 'Test Phone Number',
			name: 'testPhoneNumber',
			type: 'string',
			default: '',
			placeholder: 'e.g. +49 30 1234567',
			description:
				'While you run a workflow by hand in the editor, "Create a call" rings this number once and no customer. Workflows that run by themselves ring their customers; so do sub-workflows, unless a Manual Trigger started the parent (n8n 2).',
			hint: 'Your own phone: workflows that you run by hand ring it instead of customers',
		},
	];

	/**
	 * Adds the API key to a request, if that goes to the API. A function, since n8n sets up an isolate for each request
	 * that an expression authenticates (n8n 2.41, `CredentialsHelper.authenticate`).
	 * @throws UserError when "Base URL" is no web address, or, in the credential's test, "Test Phone Number" no phone
	 *   number; the test shows its words
	 */
	authenticate: IAuthenticate = async (credential, request) => {
		const api = checkBaseUrl(credential.baseUrl);
		if (api === undefined) {
			throw new UserError(
				'"Base URL" is not a web address. Enter the address of the API, by default https://api.livecall.io/v1.',
			);
		}
		const { [IS_TEST]: isTest, ...headers } = request.headers ?? {};
		const testPhone = aTestPhone(credential.testPhoneNumber ?? '');
		if (isTest !== undefined && !testPhone.ok) {
			const { found, advice } = testPhone.error;
			throw new UserError(`"Test Phone Number" ${found}. ${advice}`);
		}
		if (!isFor(api, request)) return request;
		return {
			...request,
			headers: { ...headers, Authorization: `Token token=${apiKeyIn(credential)}` },
			// n8n 2.41 would send the key along wherever a redirect leads (`getBeforeRedirectFn`).
			sendCredentialsOnCrossOriginRedirect: false,
		};
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl.trim().replace(/\\/+$/, "") }}',
			url: '/users',
			headers: { 'Content-Type': 'application/json', [IS_TEST]: 'true' },
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						"LiveCall did not accept the API key. Copy it from LiveCall's account settings and paste it without quotes.",
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'LiveCall does not allow this API key to list users. Check what its account may do.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message:
						'"Base URL" is not the address of LiveCall\'s API. Enter https://api.livecall.io/v1, or the address of your proxy or sandbox.',
				},
			},
		],
	};
}
