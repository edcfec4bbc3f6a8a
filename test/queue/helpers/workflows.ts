import { at, textAt, type Json, type JsonObject } from '../../../dev/json';
import { poll } from '../../../dev/launcher/poll';
import {
	N8nRequestError,
	type CredentialReference,
	type ExecutionSummary,
} from '../../../dev/launcher/rest';
import { TRIGGER_TYPE } from '../../../dev/launcher/examples';
import { CREDENTIAL_TYPE } from '../../../dev/launcher/seed';
import type { TestN8nClient } from '../../support/n8nClient';
import { chain, node, NODE_NAME, NODE_TYPE } from '../../support/workflow';

/** The name that the LiveCall Trigger has in these workflows. */
export const TRIGGER_NAME = 'A call has ended';

/** The name of the node that takes what a website sends. */
export const WEBHOOK_NAME = 'Webhook';

/** How many executions are read at a time. */
const READ_AT_A_TIME = 8;

/** How many ids are looked at in one go. */
const BLOCK = 100;

/** An active workflow that a production webhook starts. */
export interface ActiveWorkflow {
	id: string;
	/** What follows `/webhook/` in its address. */
	path: string;
}

/** Stores and activates a workflow of nothing but a LiveCall Trigger. */
export async function activateTrigger(
	client: TestN8nClient,
	credential: CredentialReference,
	parameters: JsonObject,
): Promise<ActiveWorkflow> {
	const webhookId = 'a1c2f1a6-5f0e-4b63-9c55-6d1f8f6b7a10';
	const id = await client.createWorkflow({
		name: 'After the call',
		nodes: [
			node(TRIGGER_NAME, TRIGGER_TYPE, 1, parameters, {
				webhookId,
				credentials: { [CREDENTIAL_TYPE]: { ...credential } },
			}),
		],
		connections: {},
		settings: { executionOrder: 'v1' },
	});
	await client.activateWorkflow(id);
	return { id, path: `${webhookId}/webhook` };
}

/** Stores and activates a workflow of a webhook, which answers at once, and a LiveCall node. */
export async function activateNode(
	client: TestN8nClient,
	credential: CredentialReference,
	path: string,
	parameters: JsonObject,
): Promise<ActiveWorkflow> {
	return await activate(client, path, [webhookNode(path), liveCallNode(credential, parameters)]);
}

function webhookNode(path: string): JsonObject {
	const parameters = { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} };
	return node(WEBHOOK_NAME, 'n8n-nodes-base.webhook', 2.1, parameters, { webhookId: path });
}

function liveCallNode(
	credential: CredentialReference,
	parameters: JsonObject,
	more: JsonObject = {},
): JsonObject {
	const credentials = { [CREDENTIAL_TYPE]: { ...credential } };
	return node(NODE_NAME, NODE_TYPE, 1, parameters, { credentials, ...more });
}

/** Stores and activates a workflow of nodes in a row. */
async function activate(
	client: TestN8nClient,
	path: string,
	nodes: JsonObject[],
): Promise<ActiveWorkflow> {
	const id = await client.createWorkflow({
		name: path,
		nodes,
		connections: chain(...nodes.map(({ name }) => textAt(name))),
		settings: { executionOrder: 'v1' },
	});
	await client.activateWorkflow(id);
	return { id, path };
}

/**
 * Stores and activates a workflow that calls each of the `leads` that a webhook is sent: a list of `{phone}`.
 * @param settings of the LiveCall node; by default, what an item fails with comes out in its place
 */
export async function activateList(
	client: TestN8nClient,
	credential: CredentialReference,
	path: string,
	parameters: JsonObject,
	settings: JsonObject = { onError: 'continueRegularOutput' },
): Promise<ActiveWorkflow> {
	const each = 'Each Lead';
	return await activate(client, path, [
		webhookNode(path),
		node(each, 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.leads', options: {} }),
		liveCallNode(credential, parameters, settings),
	]);
}

/**
 * Waits until a process of n8n answers POST requests to a production webhook. A GET asks, which n8n
 * refuses with words that tell whether it knows the path; so nothing is started.
 */
export async function waitForWebhook(url: string, path: string): Promise<void> {
	await poll(
		async () => {
			const text = await (await fetch(`${url}/webhook/${path}`)).text();
			return text.includes('Did you mean to make a POST request') ? true : undefined;
		},
		{ what: `The production webhook "${path}"`, timeoutMs: 60_000 },
	);
}

/** Posts JSON; gives the status and the text that came back. */
export async function post(url: string, body: object): Promise<{ status: number; text: string }> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	return { status: response.status, text: await response.text() };
}

/** Does the same for each entry, so many at a time; gives the results in the entries' order. */
export async function forEach<T, R>(
	entries: readonly T[],
	atATime: number,
	work: (entry: T, index: number) => Promise<R>,
): Promise<R[]> {
	const results: R[] = [];
	let next = 0;
	const lane = async () => {
		while (next < entries.length) {
			const index = next++;
			results[index] = await work(entries[index], index);
		}
	};
	await Promise.all(Array.from({ length: Math.min(atATime, entries.length) }, lane));
	return results;
}

/**
 * Waits until so many executions of a workflow have come to an end, and then gives all that it has
 * had, those under way included, in the order of their ids.
 */
export async function waitForExecutions(
	client: TestN8nClient,
	workflowId: string,
	count: number,
	timeoutMs: number,
): Promise<ExecutionSummary[]> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	let ended = 0;
	await poll(
		async () => {
			const page = await client.request('GET', `/rest/executions?filter=${filter}&limit=1`);
			ended = Number(at(page, 'count'));
			return ended >= count ? true : undefined;
		},
		{ what: `The end of ${count} executions`, timeoutMs, everyMs: 1_000 },
	).catch(async (error: Error) => {
		return await Promise.reject(new Error(`${error.message} (${ended} have ended)`));
	});
	return await executionsOf(client, workflowId);
}

/**
 * Reads all executions one by one: the pages of n8n's list go by id within an order by time (2.41), and
 * so leave out some of those that ran side by side. Ids are counted up, with few gaps.
 */
async function executionsOf(
	client: TestN8nClient,
	workflowId: string,
): Promise<ExecutionSummary[]> {
	const found: ExecutionSummary[] = [];
	for (let first = 1; ; first += BLOCK) {
		const ids = Array.from({ length: BLOCK }, (_, index) => String(first + index));
		const rows = await forEach(ids, READ_AT_A_TIME, async (id) => await executionAt(client, id));
		const existing = rows.filter((row) => row !== undefined);
		if (existing.length === 0) return found;
		for (const row of existing) {
			if (at(row, 'workflowId') !== workflowId) continue;
			found.push({
				id: textAt(row, 'id'),
				status: textAt(row, 'status'),
				mode: textAt(row, 'mode'),
			});
		}
	}
}

async function executionAt(client: TestN8nClient, id: string): Promise<Json | undefined> {
	try {
		// 2.x answers without data where there is no such execution, 1.x with 404.
		return (await client.request('GET', `/rest/executions/${id}`)) ?? undefined;
	} catch (error) {
		if (error instanceof N8nRequestError && error.status === 404) return undefined;
		throw error;
	}
}

/** Says how many executions are in which state, such as "198 success, 2 crashed". */
export function inStates(executions: ExecutionSummary[]): string {
	const counts = new Map<string, number>();
	for (const { status } of executions) counts.set(status, (counts.get(status) ?? 0) + 1);
	return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}
