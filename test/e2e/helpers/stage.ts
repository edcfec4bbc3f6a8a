import { randomUUID } from 'node:crypto';

import { at, isJsonObject, objectAt, type Json, type JsonObject } from '../../../dev/json';
import type { Environment } from '../../../dev/launcher/command';
import { withDemoSettings } from '../../../dev/launcher/demoSettings';
import { readExamples, type Example } from '../../../dev/launcher/examples';
import { poll } from '../../../dev/launcher/poll';
import {
	activeTriggers,
	CHAT_MODEL_CREDENTIAL,
	seedNew,
	seedRunning,
	type Seed,
} from '../../../dev/launcher/seed';
import type { LauncherState } from '../../../dev/launcher/state';
import { failureOf, itemsOf, type Execution } from '../../support/n8nClient';
import { startChatModel, type ChatModel } from './chatModel';
import { AFTER_THE_CALL_ID, CALL_LIST_ID, MISSED_CALL_ID } from './exampleIds';
import { inWorld, startWorld, WORLD_TIMEOUT_MS, type World } from './world';

/** What LiveCall's deliveries carry in their address. */
export const TOKEN = 'token-of-the-webhook';

export let world: World;
/** The examples as they are in n8n, with the short waits of `npm start`. */
export let examples: Example[];
export let seed: Seed;
export let state: LauncherState;
export let model: ChatModel;
/** Production addresses of the triggers, by workflow, with the token. */
export const hooks = new Map<string, string>();

/** Makes a test of the examples in that n8n. */
export const scenario = (test: (world: World) => Promise<void>) => inWorld(() => world, test);

/** Has a test file work with all examples in a real n8n, published next to a sandbox and a scripted chat model. */
export function useExamples(): void {
	beforeAll(async () => await startExamples(), WORLD_TIMEOUT_MS);
	afterAll(stopExamples, WORLD_TIMEOUT_MS);
	beforeEach(() => world.sandbox.reset());
	jest.setTimeout(120_000);
}

/** Starts all that. @param env further settings of n8n. */
export async function startExamples(env: Environment = {}): Promise<void> {
	model = await startChatModel();
	examples = (await readExamples()).map(withDemoSettings);
	world = await startWorld(async ({ prepared, sandbox }) => {
		const access = { apiKey: sandbox.apiKey, baseUrl: sandbox.apiUrl, webhookToken: TOKEN };
		seed = { examples, access };
		await seedNew(prepared, seed);
	}, env);
	const { prepared, client } = world;
	state = { encryptionKey: '', examples: {} };
	await seedRunning(prepared, client, seed, state);
	// What a person does who has an account with OpenAI, except that it is the scripted model's address.
	await client.updateCredential(CHAT_MODEL_CREDENTIAL.id, {
		name: CHAT_MODEL_CREDENTIAL.name,
		type: 'openAiApi',
		data: { apiKey: 'not-needed', url: model.url },
	});
	for (const id of [AFTER_THE_CALL_ID, MISSED_CALL_ID, CALL_LIST_ID]) await joinTrigger(id);
}

export async function stopExamples(): Promise<void> {
	await world?.stop();
	await model?.stop();
}

/** Has target group 1 free at every half hour of the week, so that nothing depends on the hour at which a test runs. */
export function openAllHours(): void {
	const halves = Array.from({ length: 2 * 24 * 7 }, (_, half) => (half + 1) * 1_800_000);
	world.sandbox.filters.set(1, {
		status: 'available',
		available_call_times: halves.map((ms) => new Date(Date.now() + ms).toISOString()),
	});
}

/** Notes the production address of a published workflow's LiveCall Trigger, once n8n listens there. */
export async function joinTrigger(workflowId: string): Promise<void> {
	const { client, n8n } = world;
	const [{ path }] = await activeTriggers(client, workflowId);
	await client.waitForWebhook(path);
	hooks.set(workflowId, `${n8n.url}/webhook/${path}?token=${TOKEN}`);
}

/** Gives the example with an id. */
export function example(id: string): Example {
	const found = examples.find((candidate) => candidate.id === id);
	if (found === undefined) throw new Error(`There is no example ${id}`);
	return found;
}

export function listenFor(workflowId: string): void {
	const url = hooks.get(workflowId) ?? '';
	world.sandbox.webhooks.subscribe({ event: 'call.ended', url });
}

/** Has a visitor ask for a call, which then goes through its stages. */
export function visitorCalls(phone: string, filterId = 1): { id: number } {
	return world.sandbox.calls.place(
		{
			filter_id: filterId,
			phone_number: phone,
			scheduledForMs: null,
			user_id: null,
			custom_fields_data: { first_name: 'Mary', email: 'mary@example.com' },
		},
		'widget',
	);
}

/** The name of the consultant whom a call has rung. */
export function consultantOf(callId: number): string | undefined {
	const { calls, users } = world.sandbox;
	return users.all().find(({ id }) => id === calls.get(callId)?.user_id)?.name;
}

/** Tells a workflow by its webhook that a call has ended. */
export async function deliver(workflowId: string, callId: number): Promise<number> {
	const response = await fetch(hooks.get(workflowId) ?? '', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ event: 'call.ended', call: { id: callId } }),
	});
	return response.status;
}

/**
 * Delivers the end of a call while LiveCall answers nobody. Gives the end of the run's Retry, once LiveCall is back.
 * @param isBack what is done before that Retry.
 */
export async function endedInAnOutage(
	workflowId: string,
	callId: number,
	isBack: () => void = () => undefined,
): Promise<Execution> {
	const { client, sandbox } = world;
	const before = await executionIds(workflowId);
	sandbox.faults.always({ kind: 'status', status: 503 }, { method: 'GET' });
	expect(await deliver(workflowId, callId)).toBe(200);
	const [failed] = await newExecutions(workflowId, before, 1);
	expect(failed?.status).toBe('error');
	sandbox.faults.clear();
	isBack();
	return await finished(await client.retryExecution(failed?.id ?? '', workflowId, false));
}

export async function executionIds(workflowId: string): Promise<string[]> {
	return (await world.client.executions(workflowId)).map(({ id }) => id);
}

/** Waits until a workflow has so many executions more than before, all at their end; gives them, oldest first. */
export async function newExecutions(
	workflowId: string,
	before: string[],
	count: number,
): Promise<Execution[]> {
	const ids = await poll(
		async () => {
			const fresh = (await executionIds(workflowId)).filter((id) => !before.includes(id));
			// n8n may list one twice that has just begun to wait.
			return new Set(fresh).size >= count ? [...new Set(fresh)] : undefined;
		},
		{ what: `${count} new executions of ${workflowId}`, timeoutMs: 60_000 },
	);
	expect(ids).toHaveLength(count);
	return await Promise.all(ids.reverse().map(finished));
}

/**
 * Waits for the end of an execution, and until it can be read what its nodes put out: n8n 1.x stores that a
 * moment after the end.
 */
export async function finished(id: string): Promise<Execution> {
	return await poll(
		async () => {
			const execution = await world.client.waitForExecution(id).catch(unlessPassing);
			const ran = at(execution?.data, 'resultData', 'runData');
			return isJsonObject(ran) && Object.keys(ran).length > 0 ? execution : undefined;
		},
		{ what: `The data of execution ${id}`, timeoutMs: 30_000 },
	);
}

/** Passes over a kept connection that n8n closed meanwhile. */
async function unlessPassing(error: unknown): Promise<undefined> {
	const isPassing = error instanceof Error && error.message.startsWith('fetch failed');
	return isPassing ? undefined : await Promise.reject(error);
}

export function expectSuccess(execution: Execution): void {
	expect({ status: execution.status, failure: failureOf(execution) }).toEqual({
		status: 'success',
		failure: undefined,
	});
}

/** The `json` of the items that a node put out, none where it did not run. */
export function output(execution: Execution, node: string, branch = 0): JsonObject[] {
	return itemsOf(execution, node, branch)
		.map((item) => at(item, 'json'))
		.filter(isJsonObject);
}

/** Says whether a node has run in an execution. */
export function hasRun(execution: Execution, node: string): boolean {
	return at(execution.data, 'resultData', 'runData', node) !== undefined;
}

/**
 * Stores a copy of an example, as an import of its file does.
 * @param changes the parameters that a person sets otherwise, by the node's name.
 * @param adapt what else changes in a node.
 */
export async function importCopy(
	id: string,
	changes: Record<string, JsonObject>,
	adapt: (node: Json) => Json = (node) => node,
): Promise<string> {
	const file = example(id);
	return await world.client.createWorkflow({
		...file,
		id: undefined,
		nodes: file.nodes.map((entry) => adapt(changed(withOwnWebhook(entry), changes))),
	});
}

function changed(entry: Json, changes: Record<string, JsonObject>): Json {
	if (!isJsonObject(entry)) return entry;
	const change = changes[String(entry.name)];
	return change ? { ...entry, parameters: { ...objectAt(entry, 'parameters'), ...change } } : entry;
}

/** Two workflows cannot listen at one address; n8n gives an imported one another, too. */
export function withOwnWebhook(entry: Json): Json {
	if (!isJsonObject(entry) || !('webhookId' in entry)) return entry;
	const webhookId = randomUUID();
	const parameters = objectAt(entry, 'parameters');
	// A form whose path is its webhook's id: versions up to 2.1 have both.
	const path: JsonObject = parameters.path === entry.webhookId ? { path: webhookId } : {};
	return { ...entry, webhookId, parameters: { ...parameters, ...path } };
}
