import {
	UserError,
	type IAuthenticate,
	type ICredentialTestRequest,
	type ICredentialType,
	type Icon,
	type INodeProperties,
} from 'n8n-workflow';
import { checkBaseUrl } from '../nodes/shared/credential';

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
	 * @throws UserError when "Base URL" is no web address; the credential's test shows its words
	 */
	authenticate: IAuthenticate = async ({ apiKey, baseUrl }, request) => {
		const api = checkBaseUrl(baseUrl);
		if (api === undefined) {
			throw new UserError(
				'"Base URL" is not a web address. Enter the address of the API, by default https://api.livecall.io/v1.',
			);
		}
		const target = new URL(request.url, request.baseURL);
		if (target.origin !== new URL(api).origin) return request;
		const Authorization = `Token token=${String(apiKey).trim()}`;
		return { ...request, headers: { ...request.headers, Authorization } };
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl.trim().replace(/\\/+$/, "") }}',
			url: '/users',
			headers: { 'Content-Type': 'application/json' },
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
