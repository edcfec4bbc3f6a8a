import { at, listAt, textAt, type JsonObject } from '../../dev/json';
import { poll } from '../../dev/launcher/poll';
import { TRIGGER_TYPE } from '../../dev/launcher/examples';
import { DEFAULT_N8N_VERSION, majorVersion } from '../../dev/launcher/runtime';
import { CREDENTIAL_TYPE } from '../../dev/launcher/seed';
import { file, FileHost } from '../support/fileHost';
import { failureOf, itemsOf } from '../support/n8nClient';
import { NODE_NAME, NODE_TYPE, START_NAME } from '../support/workflow';
import { jsonOf, outputOf, runNode, runStored, storeNodeRun } from './helpers/runs';
import { expectPlayableWav } from './helpers/wav';
import { accessTo, shareWorld } from './helpers/world';

/** What `simplify` leaves of a call. */
const SIMPLE_FIELDS = [
	'id',
	'status',
	'outcome',
	'phone_number',
	'scheduled_for',
	'ended_at',
	'duration',
	'filter_id',
	'user_id',
	'custom_fields_data',
];

const OPERATIONS: Record<string, string[]> = {
	call: ['create', 'get', 'waitUntilEnded'],
	recording: ['get', 'download'],
	filter: ['checkAvailability', 'getAvailableTimes'],
	user: ['getAll', 'get', 'create', 'update', 'delete', 'upsert'],
};

const { world, scenario } = shareWorld();

const access = () => accessTo(world().sandbox);

/** A resource locator's value. */
const locator = (mode: string, value: string): JsonObject => ({ __rl: true, mode, value });

describe('the installed package', () => {
	it(
		'is loaded under its own name, with every operation',
		scenario(async ({ client }) => {
			const types = await client.nodeTypes();
			const node = types.find(({ name }) => name === NODE_TYPE);
			expect(types.some(({ name }) => name === TRIGGER_TYPE)).toBe(true);
			for (const [resource, operations] of Object.entries(OPERATIONS)) {
				const field = listAt(node, 'properties').find(
					(property) =>
						at(property, 'name') === 'operation' &&
						at(property, 'displayOptions', 'show', 'resource', 0) === resource,
				);
				const offered = listAt(field, 'options')
					.map((option) => textAt(option, 'value'))
					// n8n itself adds this one, wherever a node's credential can sign requests.
					.filter((operation) => operation !== '__CUSTOM_API_CALL__');
				expect(offered.sort()).toEqual([...operations].sort());
			}
		}),
	);
});

describe('the credential', () => {
	it(
		'passes its test with the right key',
		scenario(async ({ credential, client }) => {
			const result = await client.testCredential(credential.id, access());
			expect(result.status).toBe('OK');
		}),
	);

	it(
		'fails its test with a wrong key, in words and without showing the key',
		scenario(async ({ credential, client }) => {
			const wrong = { ...access(), data: { ...access().data, apiKey: 'not-the-key' } };
			const { status, message } = await client.testCredential(credential.id, wrong);
			expect(status).toBe('Error');
			expect(message).toMatch(/[a-z]{3,} [a-z]{2,}/i);
			expect(message).not.toContain('not-the-key');
		}),
	);
});

it(
	'fails the test of a credential whose test phone number is none',
	scenario(async ({ credential, client }) => {
		const wrong = { ...access(), data: { ...access().data, testPhoneNumber: 'my phone' } };
		const { status, message } = await client.testCredential(credential.id, wrong);
		expect(status).toBe('Error');
		expect(message).toContain('"Test Phone Number"');
	}),
);

describe("the credential, in n8n's HTTP Request node", () => {
	let elsewhere: FileHost;
	beforeAll(async () => {
		elsewhere = await new FileHost().start();
		elsewhere.answers(file(Buffer.from('{}'), { 'Content-Type': 'application/json' }));
	});
	afterAll(() => elsewhere.stop());
	beforeEach(() => (elsewhere.requests.length = 0));

	const get = async (url: string) =>
		await runNode(world().client, {
			parameters: {
				resource: 'HTTP Request',
				operation: 'GET',
				url,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: CREDENTIAL_TYPE,
				// LiveCall asks for this header on every request (help centre, every request).
				sendHeaders: true,
				headerParameters: { parameters: [{ name: 'Content-Type', value: 'application/json' }] },
				options: {},
			},
			credential: world().credential,
			settings: { type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2 },
		});

	it(
		'adds the key to what this package does not cover',
		scenario(async ({ sandbox }) => {
			const execution = await get(`${sandbox.apiUrl}/users`);
			expect(jsonOf(execution)).toEqual([{ users: sandbox.users.all() }]);
		}),
	);

	it(
		'gives the key to no other host, nor to where the API redirects',
		scenario(async ({ sandbox }) => {
			await get(elsewhere.url);
			sandbox.faults.next({ kind: 'redirect', location: elsewhere.url });
			await get(`${sandbox.apiUrl}/users`);
			expect(elsewhere.requests).toHaveLength(2);
			for (const { headers } of elsewhere.requests)
				expect(JSON.stringify(headers)).not.toContain(sandbox.apiKey);
		}),
	);
});

describe('the credential, with a wrong address', () => {
	const test = async (baseUrl: string) =>
		await world().client.testCredential(world().credential.id, {
			...access(),
			data: { ...access().data, baseUrl },
		});

	it.each(['/v2', '', '/v1/users'])(
		'fails its test in words where there is no API: …%s',
		async (path) =>
			await scenario(async ({ sandbox }) => {
				const { status, message } = await test(new URL(sandbox.apiUrl).origin + path);
				expect(status).toBe('Error');
				// n8n 1.x has words of its own for each status.
				const has2xWords = majorVersion(process.env.N8N_VERSION ?? DEFAULT_N8N_VERSION) >= 2;
				expect(message).toContain(
					has2xWords ? '"Base URL" is not the address of LiveCall\'s API' : 'could not be found',
				);
			})(),
	);

	it.each(['livecall', 'api.livecall.io/v1', 'https://api livecall.io'])(
		'fails its test in words where it is none: %s',
		async (baseUrl) =>
			await scenario(async () => {
				const { status, message } = await test(baseUrl);
				expect(status).toBe('Error');
				expect(message).toContain('"Base URL" is not a web address');
			})(),
	);

	it(
		'takes one with blanks and slashes around it',
		scenario(async ({ sandbox }) => {
			expect(await test(` ${sandbox.apiUrl}// `)).toMatchObject({ status: 'OK' });
		}),
	);
});

describe('the list of users', () => {
	const search = async (filter?: string) => {
		const { client } = world();
		const types = await client.nodeTypes();
		const field = listAt(
			types.find(({ name }) => name === NODE_TYPE),
			'properties',
		).find((property) => at(property, 'name') === 'userId');
		const list = listAt(field, 'modes').find((mode) => at(mode, 'name') === 'list');
		return await client.listSearch({
			nodeType: NODE_TYPE,
			path: 'parameters.userId',
			methodName: textAt(list, 'typeOptions', 'searchListMethod'),
			parameters: { resource: 'user', operation: 'get' },
			credential: world().credential,
			credentialType: CREDENTIAL_TYPE,
			filter,
		});
	};

	it(
		'shows all, by name and by number',
		scenario(async ({ sandbox }) => {
			const ids = (choices: Array<{ value: string }>) => choices.map(({ value }) => value).sort();
			const all = await search();
			expect(ids(all)).toEqual(sandbox.users.all().map(({ id }) => String(id)));
			expect(ids(await search('wEBER'))).toEqual(['502']);
			expect(ids(await search('+48 22'))).toEqual(['503']);
			expect(ids(await search('nobody of that name'))).toEqual([]);
		}),
	);
});

describe('calls', () => {
	it(
		'places one, once',
		scenario(async ({ credential, client, sandbox }) => {
			const output = await outputOf(client, {
				credential,
				parameters: {
					resource: 'call',
					operation: 'create',
					filterId: locator('url', 'https://app.livecall.io/targeting/1/edit'),
					phoneNumber: ' +1 (222) 222 2223 ',
					additionalFields: { userId: locator('list', '502') },
					options: {},
				},
			});
			const [call] = sandbox.calls.placed();
			expect(sandbox.calls.placed()).toHaveLength(1);
			expect(call).toMatchObject({
				filter_id: 1,
				user_id: 502,
				phone_number: '+1 (222) 222 2223',
				scheduled_for: null,
			});
			expect(output).toEqual([expect.objectContaining({ id: call.id, user_id: 502 })]);
		}),
	);

	it(
		'schedules one',
		scenario(async ({ credential, client, sandbox }) => {
			const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
			const output = await outputOf(client, {
				credential,
				parameters: {
					resource: 'call',
					operation: 'create',
					filterId: locator('id', '1'),
					phoneNumber: '+442079460101',
					additionalFields: { scheduledFor: inAnHour },
					options: {},
				},
			});
			const [call] = sandbox.calls.placed();
			expect(Date.parse(call.scheduled_for ?? '')).toBe(Date.parse(inAnHour));
			expect(Date.parse(textAt(output[0], 'scheduled_for'))).toBe(Date.parse(inAnHour));
		}),
	);

	it(
		'reads one, simplified or whole',
		scenario(async ({ credential, client, sandbox }) => {
			const call = sandbox.calls.add({ status: 'ended', custom_fields_data: { vip: 'yes' } });
			const read = async (simplify: boolean) =>
				await outputOf(client, {
					credential,
					parameters: {
						resource: 'call',
						operation: 'get',
						callId: String(call.id),
						simplify,
						options: {},
					},
				});
			const [simple] = await read(true);
			expect(Object.keys(simple).sort()).toEqual([...SIMPLE_FIELDS].sort());
			expect(simple).toMatchObject({ id: call.id, custom_fields_data: { vip: 'yes' } });
			expect(await read(false)).toEqual([call]);
		}),
	);

	it(
		'waits until one has ended',
		scenario(async ({ credential, client, sandbox }) => {
			const call = sandbox.calls.place(
				{ filter_id: 1, phone_number: '+442079460101', scheduledForMs: null, user_id: null },
				'widget',
			);
			const [ended] = await outputOf(client, {
				credential,
				parameters: {
					resource: 'call',
					operation: 'waitUntilEnded',
					callId: String(call.id),
					options: { timeout: 1, pollInterval: 1 },
				},
			});
			expect(ended).toMatchObject({ id: call.id, status: 'ended', outcome: 'successful' });
		}),
	);

	it(
		'stops waiting at once when the execution is stopped',
		scenario(async ({ credential, client, sandbox }) => {
			const call = sandbox.calls.add({ status: 'created' });
			const workflow = await storeNodeRun(client, {
				credential,
				parameters: {
					resource: 'call',
					operation: 'waitUntilEnded',
					callId: String(call.id),
					options: { timeout: 5, pollInterval: 60 },
				},
			});
			const execution = await client.run(workflow, START_NAME);
			await poll(async () => (sandbox.requests.length > 0 ? true : undefined), {
				what: 'The first look at the call',
				timeoutMs: 20_000,
			});
			await client.stopExecution(execution);
			const stopped = await client.waitForExecution(execution, 10_000);
			expect(stopped.status).toBe('canceled');
			expect(sandbox.requests).toHaveLength(1);
		}),
	);

	it(
		'refuses a wrong number before anything is sent',
		scenario(async ({ credential, client, sandbox }) => {
			const execution = await runNode(client, {
				credential,
				parameters: {
					resource: 'call',
					operation: 'create',
					filterId: locator('id', '1'),
					phoneNumber: 'call me maybe',
					additionalFields: {},
					options: {},
				},
			});
			expect(execution.status).toBe('error');
			expect(failureOf(execution)).toContain('call me maybe');
			expect(sandbox.requests).toHaveLength(0);
		}),
	);

	it(
		'never rings anybody twice, however often the failed execution is retried',
		scenario(async ({ credential, client, sandbox }) => {
			const phones = ['+442079460101', '+442079460102', '+442079460103'];
			// LiveCall rings the second customer, and the answer gets lost on its way.
			sandbox.faults.decide(({ json }) =>
				JSON.stringify(json)?.includes('102') === true ? { kind: 'reset-after' } : undefined,
			);
			const workflow = await storeNodeRun(client, {
				credential,
				items: phones.map((phone) => ({ phone })),
				parameters: {
					resource: 'call',
					operation: 'create',
					filterId: locator('id', '1'),
					phoneNumber: '={{ $json.phone }}',
					additionalFields: {},
					options: {},
				},
				settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
			});
			const first = await runStored(client, workflow);
			expect(first.status).toBe('error');
			expect(failureOf(first)).toMatch(/may already have placed/i);

			sandbox.faults.clear();
			const retry = await client.retryExecution(first.id, workflow, false);
			const second = await client.waitForExecution(retry);
			expect(second.status).toBe('error');
			expect(failureOf(second)).toMatch(/may already have placed/i);

			const rung = sandbox.calls.placed().map((call) => call.phone_number);
			expect(rung.filter((phone) => phone === phones[0])).toHaveLength(1);
			expect(rung.filter((phone) => phone === phones[1])).toHaveLength(1);
			expect(rung.filter((phone) => phone === phones[2]).length).toBeLessThanOrEqual(1);
		}),
	);
});

describe('recordings', () => {
	it(
		'gives the link',
		scenario(async ({ credential, client, sandbox }) => {
			const call = sandbox.calls.add({ status: 'ended' });
			const [recording] = await outputOf(client, {
				credential,
				parameters: {
					resource: 'recording',
					operation: 'get',
					callId: String(call.id),
					options: {},
				},
			});
			expect(Object.keys(recording).sort()).toEqual(['call_id', 'id', 'url']);
			expect(recording.call_id).toBe(call.id);
			expect(textAt(recording, 'url').startsWith(sandbox.recordingsUrl)).toBe(true);
		}),
	);

	it(
		'downloads the file, and keeps link and key to itself',
		scenario(async ({ credential, client, sandbox }) => {
			const call = sandbox.calls.add({ status: 'ended' });
			const execution = await runNode(client, {
				credential,
				parameters: {
					resource: 'recording',
					operation: 'download',
					callId: String(call.id),
					binaryPropertyName: 'sound',
					options: {},
				},
			});
			const [json] = jsonOf(execution);
			expect(json).toEqual({ id: expect.anything(), call_id: call.id });
			const [item] = itemsOf(execution, NODE_NAME);
			const file = await client.fileOf(item, 'sound');
			expectPlayableWav(file);
			expect(textAt(item, 'binary', 'sound', 'fileName')).toMatch(/\.wav$/);

			const kept = JSON.stringify(execution.data);
			expect(kept).not.toContain(sandbox.recordingsUrl);
			expect(kept).not.toContain(sandbox.apiKey);
			const download = sandbox.requests.find(({ host }) => host === 'recordings');
			expect(download?.headers.authorization).toBeUndefined();
		}),
	);
});

describe('target groups', () => {
	it(
		'says whether somebody is there, and when next',
		scenario(async ({ credential, client, sandbox }) => {
			const check = async (id: string) =>
				await outputOf(client, {
					credential,
					parameters: {
						resource: 'filter',
						operation: 'checkAvailability',
						filterId: locator('id', id),
						options: {},
					},
				});
			expect(await check('1')).toEqual([expect.objectContaining({ id: 1, is_available: true })]);
			const [closed] = await check('2');
			const next = sandbox.filters.get(2)?.available_call_times[0] ?? '';
			expect(closed).toMatchObject({ id: 2, status: 'unavailable', is_available: false });
			expect(Date.parse(textAt(closed, 'next_available_call_time'))).toBe(Date.parse(next));
			expect((await check('3'))[0].next_available_call_time).toBeNull();
		}),
	);
});

describe('users', () => {
	const run = async (operation: string, parameters: JsonObject) =>
		await outputOf(world().client, {
			credential: world().credential,
			parameters: { resource: 'user', operation, options: {}, ...parameters },
		});

	it(
		'lists them, all, some, or those that match',
		scenario(async ({ sandbox }) => {
			const everybody = { returnAll: true, filters: {} };
			expect(await run('getAll', everybody)).toEqual(sandbox.users.all());
			expect(await run('getAll', { returnAll: false, limit: 2, filters: {} })).toHaveLength(2);
			expect(await run('getAll', { ...everybody, filters: { name: 'web' } })).toEqual([
				sandbox.users.get(502),
			]);
			expect(await run('getAll', { ...everybody, filters: { phoneNumber: '48-22' } })).toEqual([
				sandbox.users.get(503),
			]);
		}),
	);

	it(
		'finds one',
		scenario(async ({ sandbox }) => {
			const userId = locator('list', '504');
			expect(await run('get', { userId })).toEqual([sandbox.users.get(504)]);
		}),
	);

	it(
		'creates, changes and deletes one',
		scenario(async ({ sandbox }) => {
			const [created] = await run('create', { name: 'Ida Lind', phoneNumber: '+46 8 123 456 78' });
			const id = Number(created.id);
			expect(sandbox.users.get(id)).toEqual(created);
			expect(created).toMatchObject({ name: 'Ida Lind', phone_number: '+46 8 123 456 78' });

			const userId = locator('url', `https://app.livecall.io/users/${id}/edit`);
			const changed = await run('update', { userId, updateFields: { name: 'Ida Berg' } });
			expect(changed).toEqual([{ id, name: 'Ida Berg', phone_number: '+46 8 123 456 78' }]);
			expect(sandbox.users.get(id)?.name).toBe('Ida Berg');

			expect(await run('delete', { userId: locator('id', String(id)) })).toEqual([
				expect.objectContaining({ deleted: true }),
			]);
			expect(sandbox.users.get(id)).toBeUndefined();
		}),
	);

	it(
		'creates or updates one by number',
		scenario(async ({ sandbox }) => {
			const upsert = async (name: string, phoneNumber: string) =>
				(await run('upsert', { name, phoneNumber }))[0];
			const before = sandbox.users.all().length;
			expect(await upsert('Jonas Weber', '+49 30 23125012')).toMatchObject({
				id: 502,
				upsert_result: 'unchanged',
			});
			expect(await upsert('Jonas Beer', '(+49) 30 23125012')).toMatchObject({
				id: 502,
				name: 'Jonas Beer',
				upsert_result: 'updated',
			});
			expect(await upsert('New One', '+1 222 555 0101')).toMatchObject({
				name: 'New One',
				upsert_result: 'created',
			});
			expect(sandbox.users.all()).toHaveLength(before + 1);
		}),
	);
});
