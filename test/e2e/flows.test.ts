import { randomUUID } from 'crypto';
import { readFileSync } from 'fs';
import path from 'path';

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
import { failureOf, itemsOf, type Execution } from '../support/n8nClient';
import { AFTER_THE_CALL_ID, CALLBACK_ID } from './helpers/exampleIds';
import { openForm } from './helpers/form';
import { expectPlayableWav } from './helpers/wav';
import { inWorld, startWorld, WORLD_TIMEOUT_MS, type World } from './helpers/world';

const TOKEN = 'token-of-the-webhook';

/** The node of the example that holds what is kept of a call. */
const ONE_LINE = 'One line';

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
	world = await startWorld(async ({ prepared, sandbox }) => {
		await seedNew(prepared, { examples, access: accessTo({ sandbox }) });
	});
	const { prepared, client, n8n } = world;
	const state = { encryptionKey: '', examples: {} };
	const seed = { examples, access: accessTo(world) };
	await seedRunning(prepared, client, seed, state);
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
			expect(call).toMatchObject({ phone_number: '+442079460123', filter_id: 1 });
			expect(status).toBe(200);
			expect(body).toEqual({
				http_status: 200,
				status: 'calling',
				call_id: call.id,
				scheduled_for: null,
				message: 'Thank you, Mary. We are calling you now at +442079460123.',
			});

			const execution = await nextExecution(AFTER_THE_CALL_ID, before);
			expect(execution.status).toBe('success');
			const [item] = itemsOf(execution, ONE_LINE);
			expect(item.json).toMatchObject({
				call_id: String(call.id),
				outcome: 'successful',
				phone_number: '+442079460123',
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
			const [item] = itemsOf(execution, ONE_LINE);
			expect(item.json).toMatchObject({ call_id: String(call.id), recording: '' });
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
		'schedules one call, however often a visitor asks before it comes, and another for a later time',
		scenario(async ({ sandbox }) => {
			const lead = { name: 'Ben', phone: '+49 30 23125016', target_group: 2 };
			const at = (hour: number) => new Date(Date.now() + hour * 3_600_000).toISOString();
			const offer = (...hours: number[]) =>
				sandbox.filters.set(2, { available_call_times: hours.map(at) });
			const noon = 36 - new Date().getUTCHours();
			offer(noon, noon + 1);
			expect((await sendLead(lead)).body).toMatchObject({ status: 'scheduled' });
			// LiveCall may take a time that is booked out of its list.
			offer(noon + 1);
			const { body } = await sendLead(lead);
			expect(body).toMatchObject({ status: 'already_asked' });
			expect(textAt(body, 'message')).toMatch(
				/counts once\. If we do not call at the time that you were told/,
			);
			offer(90);
			expect((await sendLead(lead)).body).toMatchObject({ status: 'scheduled' });
			// Between two clicks, the target group may close for a moment.
			sandbox.filters.set(2, { status: 'available' });
			expect((await sendLead(lead)).body).toMatchObject({ status: 'calling' });
			sandbox.filters.set(2, { status: 'unavailable' });
			offer(0.5);
			expect((await sendLead(lead)).body).toMatchObject({ status: 'already_asked' });
			expect(sandbox.calls.placed()).toHaveLength(3);
		}),
	);

	it(
		'calls a visitor once who clicks twice',
		scenario(async ({ sandbox }) => {
			const lead = { name: 'Ida', phone: '+44 20 7946 0177' };
			const answers = await Promise.all([sendLead(lead), sendLead(lead)]);
			expect(answers.map(({ status }) => status)).toEqual([200, 200]);
			expect(answers.map(({ body }) => textAt(body, 'status')).sort()).toEqual([
				'already_asked',
				'calling',
			]);
			const second = answers.find(({ body }) => textAt(body, 'status') === 'already_asked');
			// The call may be over, and missed.
			expect(textAt(second?.body, 'message')).toMatch(/counts once\. If we missed each other/);
			expect(
				sandbox.calls.placed().filter((call) => call.phone_number === '+442079460177'),
			).toHaveLength(1);
		}),
	);

	it(
		'drops the 0 that is dialled within the country only',
		scenario(async ({ sandbox }) => {
			await sendLead({ name: 'Ida', phone: '+44 020 7946 0179' });
			expect(sandbox.calls.placed()).toMatchObject([{ phone_number: '+442079460179' }]);
		}),
	);

	it(
		'does not say that there will be no call where nobody can know',
		scenario(async ({ sandbox }) => {
			sandbox.faults.next({ kind: 'reset-after' }, { method: 'POST', path: /calls/ });
			const { status, body } = await sendLead({ name: 'Ida', phone: '+44 20 7946 0178' });
			expect(status).toBe(503);
			expect(textAt(body, 'status')).toBe('unknown');
			expect(textAt(body, 'message')).toContain('We could not see whether your call is on its way');
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);

	it.each([
		[{ name: 'Eve', phone: '12-34' }, '"12-34" is not a phone number'],
		[{ name: 'Eve', phone: 'call me maybe' }, '"call me maybe" is not a phone number'],
		[{ name: 'Eve', phone: '+441234567890123456' }, 'is not a phone number'],
		[{ name: 'Eve', phone: '020 7946 0123' }, 'with its country code'],
		[{ name: 'Eve', phone: '+39 06 1234567' }, 'begin with +44 or +49 only'],
		[{ name: 'Eve', phone: '0033 1 23456789' }, 'begin with +44 or +49 only'],
		[{ name: 'Eve' }, 'There is no phone number'],
		[{}, 'There is no phone number'],
	])('answers 422 to %j and calls nobody', async (lead, words) => {
		await scenario(async ({ sandbox }) => {
			const { status, body } = await sendLead(lead);
			expect(status).toBe(422);
			expect(body).toMatchObject({ http_status: 422, status: 'invalid' });
			expect(textAt(body, 'message')).toContain(words);
			expect(sandbox.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
		})();
	});

	it.each([
		['that the sender named does not exist', '999', /999/, 422, 'invalid', 'success'],
		['is never at work', '3', /no time to come.+"3"/, 503, 'not_placed', 'error'],
	])('tells the truth when the target group %s', async (_is, group, why, code, outcome, end) => {
		await scenario(async ({ client, sandbox }) => {
			const before = await executionIds(CALLBACK_ID);
			const lead = { name: 'Eve', phone: '+442079460101', target_group: group };
			const { status, body } = await sendLead(lead);
			expect(status).toBe(code);
			expect(body).toMatchObject({ http_status: code, status: outcome });
			expect(sandbox.calls.placed()).toHaveLength(0);
			const execution = await nextExecution(CALLBACK_ID, before);
			const [failed] = [0, 1].flatMap((way) =>
				itemsOf(execution, 'Can the sender correct it?', way),
			);
			expect(textAt(failed, 'json', 'error')).toMatch(why);
			// What the sender cannot correct shows in the list of executions.
			expect(execution.status).toBe(end);
			if (end === 'error')
				expect(failureOf(execution)).toMatch(/^\+442079460101: There is no time/);
			expect(await client.executions(CALLBACK_ID)).toHaveLength(before.length + 1);
		})();
	});

	it(
		'is 503 when the target group of the workflow itself is gone: the sender cannot correct that',
		scenario(async ({ sandbox }) => {
			sandbox.faults.next({ kind: 'status', status: 404 }, { path: /filters/ });
			const { status, body } = await sendLead({ name: 'Eve', phone: '+44 20 7946 0181' });
			expect(status).toBe(503);
			expect(textAt(body, 'status')).toBe('not_placed');
			expect(sandbox.calls.placed()).toHaveLength(0);
		}),
	);

	it.each([
		['+44 20 7946 0182', 200, /<p>Thank you, &lt;b&gt;Mary&lt;\/b&gt;\. We are calling you now/],
		['12-34', 422, /<p>"12-34" is not a phone number/],
		['+44 20 7946 0183', 503, /<p>We are sorry, &lt;b&gt;Mary&lt;\/b&gt;\. Your call could not be/],
	])('shows a page to the form of a website: %s', async (phone, code, words) => {
		await scenario(async ({ n8n, sandbox }) => {
			if (code === 503) sandbox.faults.always({ kind: 'status', status: 503 });
			const response = await fetch(`${n8n.url}/webhook/callback`, {
				method: 'POST',
				headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
				body: new URLSearchParams({ name: '<b>Mary</b>', phone }),
			});
			expect(response.status).toBe(code);
			expect(response.headers.get('content-type')).toContain('text/html');
			expect(await response.text()).toMatch(words);
		})();
	});

	it.each([
		['https://shop.example/call?a=1&b=2', 'href="https://shop.example/call?a=1&amp;b=2"'],
		['javascript:alert(1)', undefined],
		['https://shop.example/"><script>', undefined],
		[undefined, undefined],
	])('leads a visitor back to %s', async (referer, link) => {
		await scenario(async ({ n8n }) => {
			const response = await fetch(`${n8n.url}/webhook/callback`, {
				method: 'POST',
				headers: { accept: 'text/html', ...(referer === undefined ? {} : { referer }) },
				body: new URLSearchParams({ phone: '12-34' }),
			});
			const page = await response.text();
			if (link === undefined) expect(page).not.toMatch(/href|script/);
			else expect(page).toContain(link);
		})();
	});
});

describe("the README's first callback", () => {
	const README = readFileSync(path.join(__dirname, '..', '..', 'README.md'), 'utf8');

	it(
		'is started by a form, whose last page says what happened',
		scenario(async ({ client, n8n, sandbox }) => {
			const [, expression] = /\*\*Phone Number\*\*: choose .+? enter `(.+?)`/.exec(README) ?? [];
			const webhookId = randomUUID();
			const step = (
				id: string,
				name: string,
				type: string,
				typeVersion: number,
				rest: JsonObject,
			) => ({
				id,
				name,
				type,
				typeVersion,
				position: [0, 0],
				...rest,
			});
			const workflowId = await client.createWorkflow({
				name: 'First callback',
				nodes: [
					step('start', 'On form submission', 'n8n-nodes-base.formTrigger', 2.2, {
						webhookId,
						parameters: {
							formTitle: 'We call you back',
							formFields: { values: [{ fieldLabel: 'phone', requiredField: true }] },
							options: {},
						},
					}),
					step('livecall', 'Create a call', 'n8n-nodes-livecall.liveCall', 1, {
						parameters: {
							filterId: { __rl: true, mode: 'id', value: '1' },
							phoneNumber: `=${expression}`,
							options: {
								deduplicationKey: `=${expression}`,
								deduplicateWithin: 0.25,
								allowedCountries: '+44',
							},
						},
						credentials: { [CREDENTIAL_TYPE]: { ...DEMO_CREDENTIAL } },
					}),
					step('ending', 'Form', 'n8n-nodes-base.form', 2.3, {
						webhookId: randomUUID(),
						parameters: {
							operation: 'completion',
							respondWith: 'text',
							completionTitle: 'We are calling you now',
							options: {},
						},
					}),
				],
				connections: {
					'On form submission': { main: [[{ node: 'Create a call', type: 'main', index: 0 }]] },
					'Create a call': { main: [[{ node: 'Form', type: 'main', index: 0 }]] },
				},
				settings: { executionOrder: 'v1' },
			});
			await client.activateWorkflow(workflowId);
			for (const phone of ['020 7946 0181', '020 7946 0181', '+44 20 7946 0182']) {
				const form = await openForm(`${n8n.url}/form/${webhookId}`);
				expect(await form.submit({ 'field-0': phone })).toContain('We are calling you now');
			}
			expect(sandbox.calls.placed()).toMatchObject([
				{ phone_number: '+4420 7946 0181' },
				{ phone_number: '+44 20 7946 0182' },
			]);
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
			// A workflow of an earlier test may ask about its own call yet.
			expect(sandbox.requests.map(({ path }) => path)).not.toContain(`/v1/calls/${call.id}`);
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
