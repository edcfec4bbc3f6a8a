import { at, isJsonObject, textAt, type Json, type JsonObject } from '../../../dev/json';
import type { CredentialReference } from '../../../dev/launcher/rest';
import { CREDENTIAL_TYPE } from '../../../dev/launcher/seed';
import { failureOf, itemsOf, type Execution, type TestN8nClient } from '../../support/n8nClient';
import { chain, node, NODE_NAME, NODE_TYPE, start, START_NAME } from '../../support/workflow';

/** One LiveCall node that is to be run by hand. */
interface NodeRun {
	/** What its panel holds. */
	parameters: JsonObject;
	/** The credential it uses. */
	credential: CredentialReference;
	/** The items it gets; one empty item when left out. */
	items?: JsonObject[];
	/** Its settings, such as `onError` or `retryOnFail`. */
	settings?: JsonObject;
}

/** Stores a workflow of a manual trigger, the items and a LiveCall node, and gives its id. */
export async function storeNodeRun(client: TestN8nClient, run: NodeRun): Promise<string> {
	const leads = 'Items as one list';
	const split = 'Items';
	const nodes: Json[] = [
		start(),
		node(leads, 'n8n-nodes-base.set', 3.4, {
			mode: 'raw',
			jsonOutput: JSON.stringify({ items: run.items ?? [{}] }),
			options: {},
		}),
		node(split, 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'items', options: {} }),
		node(NODE_NAME, NODE_TYPE, 1, run.parameters, {
			credentials: { [CREDENTIAL_TYPE]: { ...run.credential } },
			...run.settings,
		}),
	];
	return await client.createWorkflow({
		name: `${textAt(run.parameters, 'resource')}: ${textAt(run.parameters, 'operation')}`,
		nodes,
		connections: chain(START_NAME, leads, split, NODE_NAME),
		settings: { executionOrder: 'v1' },
	});
}

/** Runs a stored workflow of `storeNodeRun` by hand, to its end. */
export async function runStored(client: TestN8nClient, workflowId: string): Promise<Execution> {
	return await client.waitForExecution(await client.run(workflowId, START_NAME));
}

/** Stores a LiveCall node in a workflow of its own and runs it by hand, to its end. */
export async function runNode(client: TestN8nClient, run: NodeRun): Promise<Execution> {
	return await runStored(client, await storeNodeRun(client, run));
}

/**
 * Runs a LiveCall node and gives the `json` of the items that it puts out.
 * @throws Error with n8n's words when the execution fails.
 */
export async function outputOf(client: TestN8nClient, run: NodeRun): Promise<JsonObject[]> {
	return jsonOf(await runNode(client, run));
}

/**
 * Gives the `json` of the items that the LiveCall node put out.
 * @throws Error with n8n's words when the execution failed.
 */
export function jsonOf(execution: Execution): JsonObject[] {
	expect({ status: execution.status, failure: failureOf(execution) }).toEqual({
		status: 'success',
		failure: undefined,
	});
	return itemsOf(execution, NODE_NAME)
		.map((item) => at(item, 'json'))
		.filter(isJsonObject);
}
