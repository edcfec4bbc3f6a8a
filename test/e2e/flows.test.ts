import { randomUUID } from 'crypto';

import { at, isJsonObject, parseJson, textAt, type Json, type JsonObject } from '../../dev/json';
import { poll } from '../../dev/launcher/poll';
import { readExamples } from '../../dev/launcher/examples';
import {
	CREDENTIAL_TYPE,
	DEMO_CREDENTIAL,
	seedNew,
	seedRunning,
	activeTriggers,
} from '../../dev/launcher/seed';
import { itemsOf, type Execution } from '../support/n8nClient';
import { AFTER_THE_CALL_ID, CALLBACK_ID } from './helpers/exampleIds';
import { expectPlayableWav } from './helpers/wav';
import { inWorld, startWorld, WORLD_TIMEOUT_MS, type World } from './helpers/world';

const TOKEN = 'token-of-the-webhook';

let world: World;
/** Production address of the trigger, without the token. */
let hook: string;

const scenario = (test: (world: World) => Promise<void>) => inWorld(() => world, test);

beforeAll(async () => {
	const examples = await readExamples();
	const accessTo = ({ sandbox }: Pick<World, 'sandbox'>) => ({
		apiKey: sandbox.apiKey,
		baseUrl: sandbox.apiUrl,
		webhookToken: TOKEN,
	});
	world = await startWorld(async ({ prepared, userFolder, sandbox }) => {
		await seedNew(prepared, userFolder, { examples, access: accessTo({ sandbox }) });
	});
	const { prepared, userFolder, client, n8n } = world;
	const state = { encryptionKey: '', activatedOnce: [] };
	const seed = { examples, access: accessTo(world) };
	await seedRunning(prepared, userFolder, client, seed, state);
	const [{ path }] = await activeTriggers(client, AFTER_THE_CALL_ID);
	hook = `${n8n.url}/webhook/${path}`;
	await client.waitForWebhook(path);
	await client.waitForWebhook('callback');
}, WORLD_TIMEOUT_MS);

afterAll(async () => await world?.stop(), WORLD_TIMEOUT_MS);

beforeEach(() => {
	world.sandbox.reset();
	world.sandbox.webhooks.subscribe({ event: 'call.ended', url: `${hook}?token=${TOKEN}` });
});

jest.setTimeout(90_000);

/** Sends a lead as a website would; gives the answer's status and body. */
async function sendLead(lead: object): Promise<{ status: number; body: Json }> {
	const response = await post(`${world.n8n.url}/webhook/callback`, lead);
	return { status: response.status, body: parseJson(await response.text()) };
}

async function post(url: string, body: object): Promise<Response> {
	return await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
}

async function executionIds(workflowId: string): Promise<string[]> {
	return (await world.client.executions(workflowId)).map(({ id }) => id);
}

/** Waits for the one execution of a workflow that was not there before, and for its end. */
async function nextExecution(workflowId: string, before: string[]): Promise<Execution> {
	const id = await poll(
		async () => (await executionIds(workflowId)).find((seen) => !before.includes(seen)),
		{ what: `A new execution of ${workflowId}`, timeoutMs: 30_000 },
	);
	return await world.client.waitForExecution(id);
}

describe('callback on request', () => {
	it(
		'calls a customer back and keeps the recording',
		scenario(async ({ client, sandbox }) => {
			const before = await executionIds(AFTER_THE_CALL_ID);
			const lead = { name: 'Mary', phone: '+44 20 7946 0123' };
			const { status, body } = await sendLead(lead);
			const [call] = sandbox.calls.placed();

			expect(sandbox.calls.placed()).toHaveLength(1);
			expect(call).toMatchObject({ phone_number: lead.phone, filter_id: 1 });
			expect(status).toBe(200);
			expect(body).toEqual({
				status: 'calling',
				call_id: call.id,
				scheduled_for: null,
				message: 'Thank you, Mary. We are calling you now at +44 20 7946 0123.',
			});

			const execution = await nextExecution(AFTER_THE_CALL_ID, before);
			expect(execution.status).toBe('success');
			const [item] = itemsOf(execution, 'Call with recording');
			expect(item.json).toMatchObject({
				event: 'call.ended',
				verified: true,
				id: call.id,
				status: 'ended',
				outcome: 'successful',
				phone_number: lead.phone,
			});
			expectPlayableWav(await client.fileOf(item, 'data'));
		}),
	);

	it(
		'keeps a call that nobody answered, without a recording',
		scenario(async ({ sandbox }) => {
			const before = await executionIds(AFTER_THE_CALL_ID);
			// The sandbox lets numbers that end in 0 ring until it gives up.
			await sendLead({ name: 'Mary', phone: '+44 20 7946 0120' });
			const [call] = sandbox.calls.placed();
			const execution = await nextExecution(AFTER_THE_CALL_ID, before);
			expect(execution.status).toBe('success');
			const [item] = itemsOf(execution, 'Call without recording');
			expect(item.json).toMatchObject({ id: call.id, recording_id: null });
			expect(textAt(item, 'json', 'why_no_recording')).toMatch(/recording/i);
			expect(item.binary).toBeUndefined();
		}),
	);

	it(
		'schedules the call outside working hours',
		scenario(async ({ sandbox }) => {
			const opening = sandbox.filters.get(2)?.available_call_times[0] ?? '';
			const lead = { name: 'Ben', phone: '+49 30 23125015', target_group: 2 };
			const { status, body } = await sendLead(lead);
			const [call] = sandbox.calls.placed();
			expect(status).toBe(200);
			expect(sandbox.calls.placed()).toHaveLength(1);
			expect(call).toMatchObject({ filter_id: 2, status: 'created' });
			expect(Date.parse(call.scheduled_for ?? '')).toBe(Date.parse(opening));
			expect(body).toMatchObject({ status: 'scheduled', call_id: call.id });
			expect(Date.parse(textAt(body, 'scheduled_for'))).toBe(Date.parse(opening));
			expect(textAt(body, 'message')).toMatch(
				/^Thank you, Ben\. We will call you at .+ on .+\d:\d\d/,
			);
		}),
	);

	it(
		'calls a visitor once who clicks twice',
		scenario(async ({ sandbox }) => {
			const lead = { name: 'Ida', phone: '+44 20 7946 0177' };
			// Both within the same minute of the clock, by which the workflow tells them apart.
			const answers = await poll(
				async () => {
					const minute = new Date().getMinutes();
					const both = await Promise.all([sendLead(lead), sendLead(lead)]);
					return new Date().getMinutes() === minute ? both : undefined;
				},
				{ what: 'Two clicks in one minute', timeoutMs: 60_000 },
			);
			expect(answers.map(({ status }) => status)).toEqual([200, 200]);
			expect(answers.map(({ body }) => textAt(body, 'status')).sort()).toEqual([
				'already_asked',
				'calling',
			]);
			expect(
				sandbox.calls.placed().filter((call) => call.phone_number === lead.phone),
			).toHaveLength(1);
		}),
	);

	it(
		'does not say that there will be no call where nobody can know',
		scenario(async ({ sandbox }) => {
			sandbox.faults.next({ kind: 'reset-after' }, { method: 'POST', path: /calls/ });
			const { status, body } = await sendLead({ name: 'Ida', phone: '+44 20 7946 0178' });
			expect(status).toBe(500);
			expect(textAt(body, 'status')).toBe('unknown');
			expect(textAt(body, 'message')).toContain('we could not see whether your call is on its way');
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);

	it.each([
		[{ name: 'Eve', phone: '12-34' }, '"12-34" is not a phone number'],
		[{ name: 'Eve', phone: 'call me maybe' }, '"call me maybe" is not a phone number'],
		[{ name: 'Eve', phone: '1234567890123456' }, '7 to 15 digits'],
		[{ name: 'Eve' }, 'There is no phone number'],
		[{}, 'There is no phone number'],
	])('answers 422 to %j and calls nobody', async (lead, words) => {
		await scenario(async ({ sandbox }) => {
			const { status, body } = await sendLead(lead);
			expect(status).toBe(422);
			expect(body).toMatchObject({ status: 'invalid', call_id: null, scheduled_for: null });
			expect(textAt(body, 'message')).toContain(words);
			expect(sandbox.requests).toHaveLength(0);
		})();
	});

	it.each([
		['does not exist', '999', /999/],
		['is never at work', '3', /"3" has no time to come/],
	])('says that it could not be arranged when the target group %s', async (_is, group, why) => {
		await scenario(async ({ client, sandbox }) => {
			const before = await executionIds(CALLBACK_ID);
			const lead = { name: 'Eve', phone: '+442079460101', target_group: group };
			const { status, body } = await sendLead(lead);
			expect(status).toBe(500);
			expect(body).toMatchObject({ status: 'not_placed', call_id: null, scheduled_for: null });
			expect(sandbox.calls.placed()).toHaveLength(0);
			const execution = await nextExecution(CALLBACK_ID, before);
			const [failed] = itemsOf(execution, 'Place the call', 1);
			expect(textAt(failed, 'json', 'error')).toMatch(why);
			expect(await client.executions(CALLBACK_ID)).toHaveLength(before.length + 1);
		})();
	});
});

describe("the README's first callback", () => {
	/** Stores a workflow of a trigger and a LiveCall node that calls the number found by an expression. */
	async function publish(trigger: JsonObject, phoneNumber: string): Promise<void> {
		const workflowId = await world.client.createWorkflow({
			name: 'First callback',
			nodes: [
				{ id: 'start', name: 'Start', position: [0, 0], ...trigger },
				{
					id: 'livecall',
					name: 'LiveCall',
					type: 'n8n-nodes-livecall.liveCall',
					typeVersion: 1,
					position: [220, 0],
					parameters: { filterId: { __rl: true, mode: 'id', value: '1' }, phoneNumber },
					credentials: { [CREDENTIAL_TYPE]: { ...DEMO_CREDENTIAL } },
				},
			],
			connections: { Start: { main: [[{ node: 'LiveCall', type: 'main', index: 0 }]] } },
			settings: { executionOrder: 'v1' },
		});
		await world.client.activateWorkflow(workflowId);
	}

	async function rung(phone: string): Promise<void> {
		await poll(
			async () =>
				world.sandbox.calls.placed().some((call) => call.phone_number === phone) || undefined,
			{ what: `A call to ${phone}`, timeoutMs: 30_000 },
		);
		expect(world.sandbox.calls.placed()).toHaveLength(1);
	}

	it(
		"is started by n8n's form",
		scenario(async ({ n8n }) => {
			const webhookId = randomUUID();
			await publish(
				{
					type: 'n8n-nodes-base.formTrigger',
					typeVersion: 2.2,
					webhookId,
					parameters: {
						formTitle: 'We call you back',
						formFields: { values: [{ fieldLabel: 'phone', requiredField: true }] },
						options: {},
					},
				},
				'={{ $json.phone }}',
			);
			const url = `${n8n.url}/form/${webhookId}`;
			await poll(async () => (await fetch(url)).ok || undefined, {
				what: 'The form',
				timeoutMs: 30_000,
			});
			const filledIn = new FormData();
			filledIn.set('field-0', '+44 20 7946 0181');
			expect((await fetch(url, { method: 'POST', body: filledIn })).ok).toBe(true);
			await rung('+44 20 7946 0181');
		}),
	);

	it(
		'is started by the form of a website',
		scenario(async ({ client, n8n }) => {
			const path = randomUUID();
			await publish(
				{
					type: 'n8n-nodes-base.webhook',
					typeVersion: 2,
					webhookId: path,
					parameters: { httpMethod: 'POST', path, options: {} },
				},
				'={{ $json.body.phone }}',
			);
			await client.waitForWebhook(path);
			const body = new URLSearchParams({ phone: '+44 20 7946 0182' });
			expect((await fetch(`${n8n.url}/webhook/${path}`, { method: 'POST', body })).ok).toBe(true);
			await rung('+44 20 7946 0182');
		}),
	);
});

describe('the trigger', () => {
	it(
		'starts nothing for a wrong token, an unknown call or a repeat',
		scenario(async ({ sandbox }) => {
			const before = await executionIds(AFTER_THE_CALL_ID);
			const call = sandbox.calls.add({ status: 'ended' });
			const delivery = { event: 'call.ended', call: { id: call.id } };
			const right = `${hook}?token=${TOKEN}`;

			expect((await post(hook, delivery)).status).toBe(401);
			expect((await post(`${hook}?token=guess`, delivery)).status).toBe(401);
			expect(sandbox.requests).toHaveLength(0);
			expect((await post(right, { event: 'call.ended', call: { id: 4711 } })).status).toBe(404);
			expect((await post(right, { event: 'call.ended' })).status).toBe(400);

			expect((await post(right, delivery)).status).toBe(200);
			const execution = await nextExecution(AFTER_THE_CALL_ID, before);
			expect((await post(right, delivery)).status).toBe(200);

			// A later delivery that does start something: what came before it has had its chance.
			const other = sandbox.calls.add({ status: 'ended' });
			expect((await post(right, { event: 'call.ended', call_id: other.id })).status).toBe(200);
			await nextExecution(AFTER_THE_CALL_ID, [...before, execution.id]);
			expect(await executionIds(AFTER_THE_CALL_ID)).toHaveLength(before.length + 2);
		}),
	);

	it(
		'believes LiveCall and not the delivery',
		scenario(async ({ sandbox }) => {
			const before = await executionIds(AFTER_THE_CALL_ID);
			const call = sandbox.calls.add({ status: 'ended', phone_number: '+442079460101' });
			const forged = {
				event: 'call.ended',
				call: { id: call.id, phone_number: '+1 900 555 0100' },
			};
			expect((await post(`${hook}?token=${TOKEN}`, forged)).status).toBe(200);
			const execution = await nextExecution(AFTER_THE_CALL_ID, before);
			const [item] = itemsOf(execution, 'A call has ended');
			expect(at(item, 'json', 'phone_number')).toBe('+442079460101');
			expect(isJsonObject(item.json) && Object.keys(item.json)).toContain('custom_fields_data');
		}),
	);
});
