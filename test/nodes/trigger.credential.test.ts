import { randomUUID } from 'node:crypto';
import { query, sharedTrigger } from '../support/trigger';

jest.setTimeout(60_000);

const trigger = sharedTrigger();
const { settings, start } = trigger;

const deliver = async (token = query) => {
	const { id } = trigger.world.sandbox.calls.add({ status: 'ended', outcome: 'successful' });
	return (await trigger.host.deliver({ call: { id } }, { query: token })).status;
};

it('is read once for deliveries one after the other, and for those that come together', async () => {
	for (let count = 0; count < 5; count++) expect(await deliver()).toBe(200);
	await Promise.all(Array.from({ length: 20 }, async () => await deliver()));
	expect(trigger.host.started).toHaveLength(25);
	expect(trigger.host.credentialReads).toBe(1);
});

it('is read for each trigger by itself', async () => {
	expect(await deliver()).toBe(200);
	const webhookToken = randomUUID();
	start({}, { credential: { ...trigger.world.credential, webhookToken } });
	expect(await deliver(`?token=${webhookToken}`)).toBe(200);
	expect(await deliver(query)).toBe(401);
});

describe('a change in n8n holds at once', () => {
	it('for the Webhook Token', async () => {
		expect(await deliver()).toBe(200);
		const webhookToken = randomUUID();
		trigger.host.settings = settings(
			{},
			{ credential: { ...trigger.world.credential, webhookToken } },
		);
		expect(await deliver(`?token=${webhookToken}`)).toBe(200);
		expect(await deliver(query)).toBe(401);
	});

	it('for a Webhook Token that was taken away', async () => {
		expect(await deliver()).toBe(200);
		trigger.host.settings = settings(
			{},
			{ credential: { ...trigger.world.credential, webhookToken: '' } },
		);
		expect(await deliver('')).toBe(200);
	});

	it.each([
		['the API Key', { apiKey: 'an old key' }],
		['the Base URL', { baseUrl: 'http://127.0.0.1:9/v1' }],
		['a Base URL that is no address', { baseUrl: 'livecall' }],
	])('for %s', async (_, old) => {
		start({}, { credential: { ...trigger.world.credential, ...old } });
		expect(await deliver()).toBe(503);
		trigger.host.settings = settings();
		expect(await deliver()).toBe(200);
		expect(trigger.host.started).toMatchObject([{ verified: true }]);
	});

	it('for an API Key that LiveCall no longer takes', async () => {
		expect(await deliver()).toBe(200);
		trigger.host.settings = settings(
			{},
			{ credential: { ...trigger.world.credential, apiKey: 'a new key' } },
		);
		trigger.world.sandbox.faults.next({ kind: 'status', status: 401 });
		expect(await deliver()).toBe(503);
		expect(trigger.host.warnings).toEqual([expect.stringContaining('did not accept the API key')]);
	});
});

it('that cannot be read turns deliveries away, and nothing is started', async () => {
	start({}, { credentialIsBroken: true });
	expect(await deliver()).toBe(503);
	expect(trigger.host.started).toEqual([]);
	expect(trigger.host.errors).toEqual([]);
	expect(trigger.host.warnings).toEqual([expect.stringContaining('could not be decrypted')]);
	trigger.host.settings = settings();
	expect(await deliver()).toBe(200);
});
