import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import type { JsonObject } from '../../dev/json';
import { TRIGGER_TYPE } from '../../dev/launcher/examples';
import { poll } from '../../dev/launcher/poll';
import { CREDENTIAL_TYPE } from '../../dev/launcher/seed';
import { forEach, waitForExecutions } from '../queue/helpers/workflows';
import { shareWorld } from './helpers/world';

const TRIGGER_NAME = 'A call has ended';

const { world, scenario, startAgain } = shareWorld();

/** Stores a workflow of nothing but the trigger; gives its id and what follows `/webhook/` in its address. */
async function storeTrigger(options: JsonObject): Promise<{ id: string; path: string }> {
	const webhookId = randomUUID();
	const id = await world().client.createWorkflow({
		name: 'After the call',
		nodes: [
			{
				id: randomUUID(),
				name: TRIGGER_NAME,
				type: TRIGGER_TYPE,
				typeVersion: 1,
				position: [0, 0],
				parameters: { options },
				webhookId,
				credentials: { [CREDENTIAL_TYPE]: { ...world().credential } },
			},
		],
		connections: {},
		settings: { executionOrder: 'v1' },
	});
	return { id, path: `${webhookId}/webhook` };
}

async function publishTrigger(options: JsonObject = {}): Promise<{ id: string; path: string }> {
	const trigger = await storeTrigger(options);
	await world().client.activateWorkflow(trigger.id);
	await world().client.waitForWebhook(trigger.path);
	return trigger;
}

async function deliver(
	path: string,
	body: string | Buffer,
	headers: Record<string, string> = { 'Content-Type': 'application/json' },
): Promise<{ status: number; text: string }> {
	const response = await fetch(`${world().n8n.url}/webhook/${path}`, {
		method: 'POST',
		headers,
		body: Buffer.from(body),
	});
	return { status: response.status, text: await response.text() };
}

const ended = () => world().sandbox.calls.add({ status: 'ended' }).id;

const WORDS = 'needs IDs of target groups or the addresses of their edit pages';

describe('a target group that is none', () => {
	it(
		'is told when the workflow is published, and stops that',
		scenario(async ({ client, n8n }) => {
			const { id, path } = await storeTrigger({ filterIds: '12; Sales' });
			// n8n 2.x publishes after it has answered, and tells later how it went; n8n 1.x tells at once.
			const told = await client.activateWorkflow(id).then(
				async () =>
					await poll(
						async () => {
							const status = await client.request(
								'GET',
								`/rest/workflows/${id}/publication-status`,
							);
							const text = JSON.stringify(status);
							return text.includes(WORDS) ? text : undefined;
						},
						{ what: 'What came of publishing', timeoutMs: 30_000 },
					),
				(error: Error) => error.message,
			);
			expect(told).toContain(WORDS);
			expect(told).toContain('Sales');
			expect((await fetch(`${n8n.url}/webhook/${path}`, { method: 'POST' })).status).toBe(404);
		}),
	);

	it(
		'is told when a person listens',
		scenario(async ({ client }) => {
			const { id } = await storeTrigger({ filterIds: '12; Sales' });
			const workflowData = await client.findWorkflow(id);
			const listening = client.request('POST', `/rest/workflows/${id}/run`, {
				triggerToStartFrom: { name: TRIGGER_NAME },
				workflowData,
			});
			await expect(listening).rejects.toThrow(WORDS);
		}),
	);
});

describe('deliveries', () => {
	it(
		'are read compressed and without a type, and whatever else is sent starts nothing',
		scenario(async ({ client }) => {
			const { id, path } = await publishTrigger();
			const deep = `${'{"data":'.repeat(8_000)}1${'}'.repeat(8_000)}`;
			const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
			for (const [body, headers] of [
				['{"data":{"type":{"toString":1},"id":5}}'],
				[deep],
				[`call${'[id]'.repeat(8_000)}=5`, form],
				['<a>'.repeat(2_000), { 'Content-Type': 'application/xml' }],
				['\u0000\uFFFD', {}],
			] satisfies Array<[string, Record<string, string>?]>) {
				expect((await deliver(path, body, headers)).status).toBeGreaterThanOrEqual(400);
			}
			const zipped = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
			const accepted = { status: 200, text: 'Accepted' };
			const payload = () => JSON.stringify({ call: { id: ended() } });
			expect(await deliver(path, gzipSync(payload()), zipped)).toEqual(accepted);
			expect(await deliver(path, payload(), {})).toEqual(accepted);
			expect(await deliver(path, payload(), { 'Content-Type': 'application/hal+json' })).toEqual(
				accepted,
			);
			const executions = await waitForExecutions(client, id, 3, 30_000);
			expect(executions.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
		}),
	);

	it(
		'that come together are all known when n8n has been started anew',
		scenario(async ({ client, n8n }) => {
			const { id, path } = await publishTrigger();
			const calls = Array.from({ length: 60 }, ended);
			const deliverAll = async () =>
				await forEach(calls, 20, async (call) => {
					const { text } = await deliver(path, JSON.stringify({ call_id: call }));
					return text.includes('delivered before') ? 'repeat' : text;
				});
			expect(new Set(await deliverAll())).toEqual(new Set(['Accepted']));
			await waitForExecutions(client, id, 60, 60_000);
			await n8n.stop();
			const { client: owner } = await startAgain();
			await owner.waitForWebhook(path);
			expect(new Set(await deliverAll())).toEqual(new Set(['repeat']));
		}),
	);
});
