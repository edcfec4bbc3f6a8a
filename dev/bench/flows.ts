import { randomUUID } from 'node:crypto';

import type { Json, JsonObject } from '../json';
import type { CredentialReference, N8nClient } from '../launcher/rest';
import { CREDENTIAL_TYPE } from '../launcher/seed';

/** A workflow that is published and waits for POST requests. */
export interface Flow {
	id: string;
	/** The address that starts it. */
	url: string;
	/** The node that is measured. */
	node: string;
}

/** A node of a workflow, without its place on the canvas. */
export interface FlowNode {
	name: string;
	type: string;
	version: number;
	parameters: JsonObject;
	credentials?: Record<string, CredentialReference>;
}

/** From one node's output to another node. */
export type Link = [from: string, output: number, to: string];

/** What starts a workflow: the trigger, and what follows its id in the address. */
export interface FlowStart extends FlowNode {
	/** Such as "webhook"; empty for n8n's own Webhook node, whose path is the id itself. */
	path: string;
	/** What follows the address, such as "?token=…". */
	query?: string;
}

/** Whether n8n keeps what an execution's nodes put out. */
type Saves = 'all' | 'none';

/**
 * Stores a workflow, publishes it and waits until its production webhook answers.
 * @param measured the name of the node whose time is of interest.
 */
export async function storeFlow(
	client: N8nClient,
	name: string,
	start: FlowStart,
	nodes: FlowNode[],
	links: Link[],
	measured: string,
	saves: Saves = 'all',
): Promise<Flow> {
	const webhookId = randomUUID();
	const connections: Record<string, { main: Json[][] }> = {};
	for (const [from, output, to] of links) {
		const { main } = (connections[from] ??= { main: [] });
		while (main.length <= output) main.push([]);
		main[output].push({ node: to, type: 'main', index: 0 });
	}
	const own = start.path === '' ? { path: webhookId, ...start.parameters } : start.parameters;
	const id = await client.createWorkflow({
		name,
		nodes: [
			{ ...placed({ ...start, parameters: own }, 0), webhookId },
			...nodes.map((node, index) => placed(node, index + 1)),
		],
		connections,
		settings: {
			executionOrder: 'v1',
			saveDataSuccessExecution: saves,
			saveDataErrorExecution: 'all',
		},
	});
	await client.activateWorkflow(id);
	const path = start.path === '' ? webhookId : `${webhookId}/${start.path}`;
	await client.waitForWebhook(path);
	return { id, url: `${client.url}/webhook/${path}${start.query ?? ''}`, node: measured };
}

function placed(node: FlowNode, index: number): JsonObject {
	const { name, type, version, parameters, credentials = {} } = node;
	return {
		id: randomUUID(),
		name,
		type,
		typeVersion: version,
		position: [index * 200, 0],
		parameters,
		credentials: Object.fromEntries(
			Object.entries(credentials).map(([kind, reference]) => [kind, { ...reference }]),
		),
	};
}

/** The benchmark's trivial trigger: each entry of a posted list becomes an item; it answers when all is done. */
export const LIST_START: FlowStart = {
	name: 'Start',
	type: 'n8n-nodes-bench.benchStart',
	version: 1,
	path: 'webhook',
	parameters: { answers: 'lastNode', asks: 'nothing' },
};

/** This package's node. */
export function liveCallNode(parameters: JsonObject, credential: CredentialReference): FlowNode {
	return {
		name: 'LiveCall',
		type: 'n8n-nodes-livecall.liveCall',
		version: 1,
		parameters,
		credentials: { [CREDENTIAL_TYPE]: credential },
	};
}

/** n8n's own HTTP Request node with its defaults and a "Header Auth" credential. */
export function httpRequestNode(
	parameters: JsonObject,
	credential: CredentialReference,
	name = 'HTTP Request',
): FlowNode {
	return {
		name,
		type: 'n8n-nodes-base.httpRequest',
		version: 4.5,
		parameters: {
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			options: {},
			...parameters,
		},
		credentials: { httpHeaderAuth: credential },
	};
}

/** Stores a workflow of the trivial trigger and one node. */
export async function storeOneNode(client: N8nClient, node: FlowNode): Promise<Flow> {
	const links: Link[] = [[LIST_START.name, 0, node.name]];
	return await storeFlow(client, node.name, LIST_START, [node], links, node.name);
}
