import { parse as parseFlatted } from 'flatted';

import {
	at,
	isJsonObject,
	listAt,
	parseJson,
	textAt,
	type Json,
	type JsonObject,
} from '../../dev/json';
import { poll } from '../../dev/launcher/poll';
import {
	N8nClient,
	summary,
	type CredentialDefinition,
	type CredentialReference,
	type ExecutionSummary,
} from '../../dev/launcher/rest';

/** An execution with everything that its nodes put out. */
export interface Execution extends ExecutionSummary {
	/** Null as long as it runs; what there is so far while it waits. */
	data: Json;
	/** When it was asked for, in ms since 1970. */
	createdAt: number;
}

/** An execution in one of these states changes no more. */
const FINAL_STATES = ['success', 'error', 'crashed', 'canceled'];

/** A logged-in user who also does what people do by hand in the editor: run, retry, stop, test, search, download. */
export class TestN8nClient extends N8nClient {
	/** Gives all types of nodes that n8n has loaded, each as the editor gets it. */
	async nodeTypes(): Promise<JsonObject[]> {
		const response = await this.send('GET', '/types/nodes.json');
		const types = parseJson(await response.text());
		return listAt(types).filter(isJsonObject);
	}

	/** Runs a stored credential's own test, as the editor does on "Save". */
	async testCredential(
		id: string,
		credential: CredentialDefinition,
	): Promise<{ status: string; message: string }> {
		const result = await this.request('POST', '/rest/credentials/test', {
			credentials: { id, ...credential },
		});
		return { status: textAt(result, 'status'), message: textAt(result, 'message') };
	}

	/**
	 * Gives the choices of a resource locator's list.
	 * @param query.path the parameter's path, such as "parameters.userId".
	 * @param query.methodName the node's method that searches.
	 * @param query.filter what a person typed into the search field.
	 */
	async listSearch(query: {
		nodeType: string;
		path: string;
		methodName: string;
		parameters: JsonObject;
		credential: CredentialReference;
		credentialType: string;
		filter?: string;
	}): Promise<Array<{ name: string; value: string }>> {
		const results = await this.request(
			'POST',
			'/rest/dynamic-node-parameters/resource-locator-results',
			{
				path: query.path,
				methodName: query.methodName,
				nodeTypeAndVersion: { name: query.nodeType, version: 1 },
				currentNodeParameters: query.parameters,
				credentials: { [query.credentialType]: query.credential },
				filter: query.filter,
			},
		);
		return listAt(results, 'results').map((choice) => ({
			name: textAt(choice, 'name'),
			value: String(at(choice, 'value')),
		}));
	}

	/**
	 * Runs a workflow from its manual trigger, as "Execute workflow" does.
	 * @param trigger the name of the node to start from.
	 * @returns the execution's id.
	 */
	async run(id: string, trigger: string): Promise<string> {
		// 1.x runs what the editor shows and not what is stored, so it wants the workflow sent along.
		const workflowData = await this.findWorkflow(id);
		const started = await this.request('POST', `/rest/workflows/${encodeURIComponent(id)}/run`, {
			triggerToStartFrom: { name: trigger },
			workflowData,
		});
		return textAt(started, 'executionId');
	}

	/**
	 * Retries a failed execution and gives the id of the new one.
	 * @param withCurrentWorkflow whether the workflow runs as it is stored now, not as it was then.
	 */
	async retryExecution(
		id: string,
		workflowId: string,
		withCurrentWorkflow: boolean,
	): Promise<string> {
		const before = new Set((await this.executions(workflowId)).map((execution) => execution.id));
		await this.request('POST', `/rest/executions/${encodeURIComponent(id)}/retry`, {
			loadWorkflow: withCurrentWorkflow,
		});
		// The two versions answer in different forms; the list of executions is the same in both.
		return await poll(
			async () =>
				(await this.executions(workflowId)).find(
					(execution) => execution.retryOf === id && !before.has(execution.id),
				)?.id,
			{ what: `A retry of execution ${id}`, timeoutMs: 15_000 },
		);
	}

	/** Stops a running execution. */
	async stopExecution(id: string): Promise<void> {
		await this.request('POST', `/rest/executions/${encodeURIComponent(id)}/stop`);
	}

	/**
	 * Gives a file that an item of an execution holds.
	 * @param property the name of the item's binary entry, such as "data".
	 */
	async fileOf(item: JsonObject, property: string): Promise<Buffer> {
		const id = at(item, 'binary', property, 'id');
		// n8n 1.x keeps files within the execution unless told otherwise.
		if (id === undefined) return Buffer.from(textAt(item, 'binary', property, 'data'), 'base64');
		const query = `id=${encodeURIComponent(textAt(id))}&action=download`;
		const response = await this.send('GET', `/rest/binary-data?${query}`);
		return Buffer.from(await response.arrayBuffer());
	}

	/** Gives an execution as it stands, finished or not. */
	async execution(id: string): Promise<Execution> {
		const found = await this.request('GET', `/rest/executions/${encodeURIComponent(id)}`);
		const row = summary(found);
		const data = at(found, 'data');
		// While it runs, n8n sends an empty list in place of the data.
		const complete = typeof data === 'string' && [...FINAL_STATES, 'waiting'].includes(row.status);
		return {
			...row,
			data: complete ? readFlatted(data) : null,
			createdAt: Date.parse(textAt(found, 'createdAt')),
		};
	}

	/**
	 * Waits until an execution has come to an end, whichever, and gives it.
	 * @param timeoutMs how long to wait at most, in milliseconds.
	 */
	async waitForExecution(id: string, timeoutMs = 60_000): Promise<Execution> {
		return await poll(
			async () => {
				const execution = await this.execution(id);
				return FINAL_STATES.includes(execution.status) ? execution : undefined;
			},
			{ what: `The end of execution ${id}`, timeoutMs },
		);
	}
}

/** Gives the items (each with `json`, perhaps `binary`) of one of a node's outputs in its last run. */
export function itemsOf(execution: Execution, nodeName: string, output = 0): JsonObject[] {
	const runs = at(execution.data, 'resultData', 'runData', nodeName);
	const last = Array.isArray(runs) ? runs.length - 1 : 0;
	const items = at(runs, last, 'data', 'main', output);
	return Array.isArray(items) ? items.filter(isJsonObject) : [];
}

/** Gives the message of what made an execution fail, with its description; undefined where nothing did. */
export function failureOf(execution: Execution): string | undefined {
	const error = at(execution.data, 'resultData', 'error');
	if (!isJsonObject(error)) return undefined;
	return [error.message, error.description].filter((text) => typeof text === 'string').join(' – ');
}

/** n8n keeps an execution's data in the format of the package flatted. */
function readFlatted(text: string): Json {
	const data: Json = parseFlatted(text) ?? null;
	return data;
}
