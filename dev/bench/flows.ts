import { randomUUID } from 'node:crypto';

import { at, textAt, type Json, type JsonObject } from '../json';
import { poll } from '../launcher/poll';
import type { N8nClient } from '../launcher/rest';

/** Where flows run: n8n, and the credentials of their nodes. */
type Site = Record<'liveCall' | 'header', JsonObject> & { client: N8nClient };

/** A workflow that is published and waits for POST requests; `path` follows `/webhook/` in its address. */
export type Flow = Record<'id' | 'path' | 'url', string>;

/** A node of a workflow, in n8n's words. */
type FlowNode = JsonObject & { id: string; name: string; type: string };

export const WEBHOOK = node('Webhook', 'n8n-nodes-base.webhook', { httpMethod: 'POST' }, 2.1);

/** n8n's own loop: what comes behind it in a workflow is run for one item after the other. */
export const LOOP = node('Loop Over Items', 'n8n-nodes-base.splitInBatches', {}, 3);

/** What a workflow of many items begins with: each entry of a posted list is one; it answers when all is done. */
const BATCH: [FlowNode, ...FlowNode[]] = [
	{
		...WEBHOOK,
		parameters: { httpMethod: 'POST', responseMode: 'lastNode', responseData: 'noData' },
	},
	node('Split', 'n8n-nodes-base.splitOut', { fieldToSplitOut: 'body' }),
];

/** Makes a node; `type` begins with the package's name. */
export function node(
	name: string,
	type: string,
	parameters: JsonObject = {},
	typeVersion = 1,
	credentials: JsonObject = {},
): FlowNode {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters, credentials };
}

export function liveCallNode({ liveCall }: Site, parameters: JsonObject): FlowNode {
	return node('LiveCall', 'n8n-nodes-livecall.liveCall', parameters, 1, liveCall);
}

/** Makes n8n's own node with its defaults, asking LiveCall. */
export function httpRequestNode({ header }: Site, name: string, more: JsonObject): FlowNode {
	const parameters = {
		authentication: 'genericCredentialType',
		genericAuthType: 'httpHeaderAuth',
		sendHeaders: true,
		headerParameters: { parameters: [{ name: 'Content-Type', value: 'application/json' }] },
		specifyBody: 'json',
		...more,
	};
	return node(name, 'n8n-nodes-base.httpRequest', parameters, 4.5, header);
}

/** Makes n8n's own node that lets pass where a text is what it should be. */
export function ifNode(name: string, leftValue: string, rightValue: string): FlowNode {
	const operator = { type: 'string', operation: 'equals' };
	const options = { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 };
	const conditions = [{ id: name, leftValue, rightValue, operator }];
	const parameters = { conditions: { options, conditions, combinator: 'and' } };
	return node(name, 'n8n-nodes-base.if', parameters, 2.2);
}

/**
 * Stores a workflow, publishes it and waits until n8n runs it in this form.
 * @param nodes the trigger first; each leads to the next one.
 * @param saved whether n8n keeps the data of executions that succeed, as it does by default.
 * @param former a workflow with the same trigger that takes this form, instead of a new one.
 */
export async function publish(
	{ client }: Pick<Site, 'client'>,
	[start, ...others]: [FlowNode, ...FlowNode[]],
	saved = true,
	former?: Flow,
): Promise<Flow> {
	const isWebhook = start.type === WEBHOOK.type;
	const webhookId = former?.path ?? randomUUID();
	const path = isWebhook ? webhookId : `${webhookId}/webhook`;
	const parameters = Object.assign({ ...(isWebhook && { path }) }, start.parameters);
	const nodes: FlowNode[] = [{ ...start, webhookId, parameters }, ...others];
	const links = nodes.map(({ name }, index): [string, Json] => {
		const next = nodes[index + 1] ?? (others.includes(LOOP) ? LOOP : undefined);
		const target = next ? [{ node: next.name, type: 'main', index: 0 }] : [];
		return [name, { main: name === LOOP.name ? [[], target] : [target] }];
	});
	const settings = { saveDataSuccessExecution: saved ? 'all' : 'none' };
	const connections = Object.fromEntries(links);
	const workflow = { name: (others.at(-1) ?? start).name, nodes, connections, settings };
	const id = former?.id ?? (await client.createWorkflow(workflow));
	if (former) {
		const versionId = textAt(await client.findWorkflow(id), 'versionId');
		await client.request('PATCH', `/rest/workflows/${id}`, { ...workflow, versionId });
	}
	await client.activateWorkflow(id);
	const status = `/rest/workflows/${id}/publication-status`;
	const isLive = async () => at(await client.request('GET', status), 'status') === 'published';
	const end = { what: 'The published workflow', timeoutMs: 60_000 };
	await poll(async () => (await isLive()) || undefined, end);
	return { id, path, url: `${client.url}/webhook/${path}` };
}

/** Publishes a workflow that hands posted items to the given nodes. n8n keeps no data of its executions. */
export async function publishBatch(site: Site, nodes: FlowNode[], former?: Flow): Promise<Flow> {
	return await publish(site, [...BATCH, ...nodes], false, former);
}
