import { randomUUID } from 'node:crypto';
import { query, sharedTrigger } from '../support/trigger';

jest.setTimeout(60_000);

const { ended, host, settings, start, world } = sharedTrigger();

const deliver = async (token = query) => {
	return (await host.deliver({ call: { id: ended().id } }, { query: token })).status;
};

it('is read once for deliveries one after the other, and for those that come together', async () => {
	for (let count = 0; count < 5; count++) expect(await deliver()).toBe(200);
	await Promise.all(Array.from({ length: 20 }, async () => await deliver()));
	expect(host.started).toHaveLength(25);
	expect(host.credentialReads).toBe(1);
});

it('is read for each trigger by itself', async () => {
	expect(await deliver()).toBe(200);
	const webhookToken = randomUUID();
	start({}, { credential: { ...world.credential, webhookToken } });
	expect(await deliver(`?token=${webhookToken}`)).toBe(200);
	expect(await deliver(query)).toBe(401);
});

describe('a change in n8n holds at once', () => {
	it('for the Webhook Token', async () => {
		expect(await deliver()).toBe(200);
		const webhookToken = randomUUID();
		host.settings = settings({}, { credential: { ...world.credential, webhookToken } });
		expect(await deliver(`?token=${webhookToken}`)).toBe(200);
		expect(await deliver(query)).toBe(401);
	});

	it('for a Webhook Token that was taken away', async () => {
		expect(await deliver()).toBe(200);
		host.settings = settings({}, { credential: { ...world.credential, webhookToken: '' } });
		expect(await deliver('')).toBe(200);
	});

	it.each([
		['the API Key', { apiKey: 'an old key' }],
		['the Base URL', { baseUrl: 'http://127.0.0.1:9/v1' }],
		['a Base URL that is no address', { baseUrl: 'livecall' }],
	])('for %s', async (_, old) => {
		start({}, { credential: { ...world.credential, ...old } });
		expect(await deliver()).toBe(503);
		host.settings = settings();
		expect(await deliver()).toBe(200);
		expect(host.started).toMatchObject([{ verified: true }]);
	});

	it('for an API Key that LiveCall no longer takes', async () => {
		expect(await deliver()).toBe(200);
		host.settings = settings({}, { credential: { ...world.credential, apiKey: 'a new key' } });
		world.sandbox.faults.next({ kind: 'status', status: 401 });
		expect(await deliver()).toBe(503);
		expect(host.warnings).toEqual([expect.stringContaining('did not accept the API key')]);
	});
});

it('that cannot be read turns deliveries away, and nothing is started', async () => {
	start({}, { credentialIsBroken: true });
	expect(await deliver()).toBe(503);
	expect(host.started).toEqual([]);
	expect(host.errors).toEqual([]);
	expect(host.warnings).toEqual([expect.stringContaining('could not be decrypted')]);
	host.settings = settings();
	expect(await deliver()).toBe(200);
});
