import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

export class LiveCallApi implements ICredentialType {
	name = 'liveCallApi';

	displayName = 'LiveCall API';

	icon: Icon = { light: 'file:../icons/livecall.svg', dark: 'file:../icons/livecall.dark.svg' };

	documentationUrl = 'https://help.livecall.io';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: "From LiveCall's account settings; paste it without quotes",
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
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: { Authorization: '=Token token={{ String($credentials.apiKey).trim() }}' },
		},
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
		],
	};
}
