import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { LiveCallApi } from '../../credentials/LiveCallApi.credentials';

const KEY = 'a1b2c3';

async function headersFor(
	request: Partial<IHttpRequestOptions> & { uri?: string },
	credential: { apiKey?: string | number; baseUrl?: string } = {},
) {
	return (await authenticated(request, credential)).headers;
}

async function authenticated(
	request: Partial<IHttpRequestOptions> & { uri?: string },
	credential: ICredentialDataDecryptedObject = {},
) {
	const { authenticate } = new LiveCallApi();
	if (typeof authenticate !== 'function') throw new Error('The credential has no function');
	return await authenticate(
		{ apiKey: KEY, baseUrl: 'https://api.livecall.io/v1', ...credential },
		{ url: '', ...request },
	);
}

describe('the credential', () => {
	it.each([
		{ url: 'https://api.livecall.io/v1/users' },
		{ url: 'https://API.livecall.io:443/v2/other' },
		{ baseURL: 'https://api.livecall.io/v1', url: '/users' },
		{ baseURL: 'https://api.livecall.io/v1', url: 'users' },
		{ baseURL: 'https://api.livecall.io/v1' },
		{ url: undefined, uri: 'https://api.livecall.io/v1/users' },
		{ uri: 'https://api.livecall.io/v1/users' },
		{ baseURL: 'https://api.livecall.io', uri: '/v1/users' },
	])('adds the key to a request to the API: %j', async (request) => {
		expect(await headersFor(request)).toEqual({ Authorization: `Token token=${KEY}` });
	});

	it.each([
		{},
		{ url: '/users' },
		{ url: 'https://dl.livecall.io/downloads/1' },
		{ uri: 'https://dl.livecall.io/downloads/1' },
		{ baseURL: 'https://api.livecall.io/v1', uri: 'https://example.com/' },
		{ url: 'https://api.livecall.io/v1/users', uri: 'https://example.com/' },
		{ url: 'https://example.com/', uri: 'https://api.livecall.io/v1/users' },
		{ url: 'http://api.livecall.io/v1/users' },
		{ url: 'https://api.livecall.io:8443/v1/users' },
		{ url: 'https://api.livecall.io.example.com/v1/users' },
		{ url: 'https://api.livecall.io@example.com/v1/users' },
		{ baseURL: 'https://api.livecall.io/v1', url: 'https://example.com/' },
		{ baseURL: 'https://api.livecall.io/v1', url: '//example.com/users' },
	])('adds none to one elsewhere: %j', async (request) => {
		expect(await headersFor(request)).toBeUndefined();
	});

	it.each([
		` ${KEY}\n`,
		`\t${KEY}`,
		`Token token=${KEY}`,
		` token  TOKEN = ${KEY} `,
		`Token ${KEY}`,
		`"${KEY}"`,
		`'${KEY}' `,
		`\u201c${KEY}\u201d`,
		`Token token="${KEY}"`,
		`"Token token=${KEY}"`,
	])('takes the key alone out of what is pasted: %j', async (apiKey) => {
		const url = 'https://api.livecall.io/v1/users';
		expect(await headersFor({ url }, { apiKey })).toEqual({ Authorization: `Token token=${KEY}` });
	});

	it.each(['Tokenizer', 'token-1', 'a"b', 'Bearer a1b2'])(
		'leaves a key as it is: %j',
		async (apiKey) => {
			const url = 'https://api.livecall.io/v1/users';
			expect(await headersFor({ url }, { apiKey })).toEqual({
				Authorization: `Token token=${apiKey}`,
			});
		},
	);

	it('has n8n send the key nowhere else when the API redirects', async () => {
		const request = await authenticated({ url: 'https://api.livecall.io/v1/users' });
		expect(request).toMatchObject({ sendCredentialsOnCrossOriginRedirect: false });
	});

	it('has its test fail for a test phone number that is none, and no other request', async () => {
		const { request } = new LiveCallApi().test;
		const url = 'https://api.livecall.io/v1/users';
		const headers = Object.fromEntries(
			Object.entries(request.headers ?? {}).map(([name, value]) => [name, String(value)]),
		);
		const tested = async (testPhoneNumber: string) =>
			await authenticated({ url, headers }, { testPhoneNumber });
		await expect(tested('my phone')).rejects.toThrow(/^"Test Phone Number" .*"m" was found/);
		for (const number of ['', ' ', '+49 30 1234567']) {
			expect((await tested(number)).headers).toEqual({
				'Content-Type': 'application/json',
				Authorization: `Token token=${KEY}`,
			});
		}
		const other = await authenticated({ url }, { testPhoneNumber: 'my phone' });
		expect(other.headers).toEqual({ Authorization: `Token token=${KEY}` });
	});

	it('keeps the request’s own headers', async () => {
		const url = 'https://api.livecall.io/v1/users';
		expect(await headersFor({ url, headers: { Accept: '*/*' } })).toEqual({
			Accept: '*/*',
			Authorization: `Token token=${KEY}`,
		});
	});

	it.each([
		'',
		'api.livecall.io/v1',
		'ftp://api.livecall.io',
		'https://user:secret@api.livecall.io',
	])('says so when its address is none: %j', async (baseUrl) => {
		const asked = headersFor({ url: 'https://api.livecall.io/v1/users' }, { baseUrl });
		await expect(asked).rejects.toThrow(
			/"Base URL" is not a web address.*https:\/\/api\.livecall\.io\/v1/,
		);
		await expect(asked).rejects.not.toThrow(KEY);
	});
});
