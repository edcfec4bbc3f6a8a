import type { IHttpRequestOptions } from 'n8n-workflow';
import { LiveCallApi } from '../../credentials/LiveCallApi.credentials';

const KEY = 'a1b2c3';

async function headersFor(
	request: Partial<IHttpRequestOptions>,
	credential: { apiKey?: string | number; baseUrl?: string } = {},
) {
	const { authenticate } = new LiveCallApi();
	if (typeof authenticate !== 'function') throw new Error('The credential has no function');
	const { headers } = await authenticate(
		{ apiKey: KEY, baseUrl: 'https://api.livecall.io/v1', ...credential },
		{ url: '', ...request },
	);
	return headers;
}

describe('the credential', () => {
	it.each([
		{ url: 'https://api.livecall.io/v1/users' },
		{ url: 'https://API.livecall.io:443/v2/other' },
		{ baseURL: 'https://api.livecall.io/v1', url: '/users' },
		{ baseURL: 'https://api.livecall.io/v1', url: 'users' },
	])('adds the key to a request to the API: %j', async (request) => {
		expect(await headersFor(request)).toEqual({ Authorization: `Token token=${KEY}` });
	});

	it.each([
		{ url: 'https://dl.livecall.io/downloads/1' },
		{ url: 'http://api.livecall.io/v1/users' },
		{ url: 'https://api.livecall.io:8443/v1/users' },
		{ url: 'https://api.livecall.io.example.com/v1/users' },
		{ url: 'https://api.livecall.io@example.com/v1/users' },
		{ baseURL: 'https://api.livecall.io/v1', url: 'https://example.com/' },
		{ baseURL: 'https://api.livecall.io/v1', url: '//example.com/users' },
	])('adds none to one elsewhere: %j', async (request) => {
		expect(await headersFor(request)).toBeUndefined();
	});

	it.each([` ${KEY}\n`, `\t${KEY}`])('trims a pasted key: %j', async (apiKey) => {
		const url = 'https://api.livecall.io/v1/users';
		expect(await headersFor({ url }, { apiKey })).toEqual({ Authorization: `Token token=${KEY}` });
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
