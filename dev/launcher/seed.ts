import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { EXAMPLES } from './folders';
import {
	at,
	isJsonObject,
	listAt,
	objectAt,
	parseJson,
	textAt,
	type Json,
	type JsonObject,
} from '../json';
import type { PreparedN8n } from './n8n';
import type { CredentialDefinition, N8nClient, WorkflowDefinition } from './rest';
import type { LauncherState } from './state';

/** The credential that the example workflows refer to. */
export const DEMO_CREDENTIAL = { id: 'liveCallDemo', name: 'LiveCall (demo)' };

/**
 * The credential that the AI example's chat model refers to. A placeholder: whoever wants to chat puts the key
 * of their own account into it.
 */
export const CHAT_MODEL_CREDENTIAL = { id: 'openAiYours', name: 'OpenAI (your own key)' };

/** The credential type of this package. */
export const CREDENTIAL_TYPE = 'liveCallApi';

/** The trigger node of this package, as n8n knows it. */
export const TRIGGER_TYPE = 'n8n-nodes-livecall.liveCallTrigger';

/** The id of the example that is started by LiveCall's webhooks. */
export const AFTER_THE_CALL_ID = 'liveCallFollowUp';

/** The id of the example that is started by a lead. */
export const CALLBACK_ID = 'liveCallCallback';

/** The id of the example that calls a customer once more; LiveCall's webhooks start it too. */
export const MISSED_CALL_ID = 'liveCallMissed';

/** The id of the example that keeps LiveCall's users like a table. */
export const CONSULTANTS_ID = 'liveCallTeam';

/** The id of the example in which an AI agent books a callback. */
export const AI_AGENT_ID = 'liveCallChat';

/** The examples that want to be told of ended calls. */
export const STARTED_BY_LIVECALL = [AFTER_THE_CALL_ID, MISSED_CALL_ID];

/** n8n's data table that stands in for a CRM in the examples. */
export const CALLS_TABLE = {
	name: 'LiveCall calls',
	columns: [
		{ name: 'call_id', type: 'string' },
		{ name: 'ended_at', type: 'date' },
		{ name: 'phone_number', type: 'string' },
		{ name: 'outcome', type: 'string' },
		{ name: 'seconds', type: 'number' },
		{ name: 'customer', type: 'string' },
		{ name: 'recording', type: 'string' },
	],
};

const DATA_TABLE_TYPE = 'n8n-nodes-base.dataTable';

/**
 * An example: a workflow with a fixed id, so that it is found again. It has at most 16 characters:
 * n8n 1.x keeps no static data (which deliveries the trigger has seen) under a longer one.
 */
export type Example = WorkflowDefinition & { id: string };

/** What the demo credential holds. */
export interface LiveCallAccess {
	apiKey: string;
	baseUrl: string;
	webhookToken: string;
}

/** What an n8n is to contain. */
export interface Seed {
	access: LiveCallAccess;
	examples: Example[];
}

/**
 * Reads the example workflows of a folder, in the order of their file names.
 * @throws Error when a file is not an exported workflow with an id.
 */
export async function readExamples(folder = EXAMPLES): Promise<Example[]> {
	const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
	return await Promise.all(
		files.map(async (name) => {
			const workflow = parseJson(await readFile(path.join(folder, name), 'utf8'));
			return {
				id: textAt(workflow, 'id'),
				name: textAt(workflow, 'name'),
				nodes: listAt(workflow, 'nodes'),
				connections: objectAt(workflow, 'connections'),
				settings: objectAt(workflow, 'settings'),
			};
		}),
	);
}

/**
 * Fills a new instance's database before n8n starts on it for the first time. Does nothing where
 * there is a database already.
 * @param userFolder the folder that the instance was prepared in.
 */
export async function seedNew(
	prepared: PreparedN8n,
	userFolder: string,
	seed: Seed,
): Promise<void> {
	const database = path.join(userFolder, '.n8n', 'database.sqlite');
	if (await stat(database).catch(() => undefined)) return;
	await importCredentials(prepared, userFolder, [liveCall(seed.access), chatModel()]);
	await importWorkflows(prepared, userFolder, seed.examples);
}

/**
 * Brings a running instance up to date: the demo credential gets the present access, what is missing of
 * the rest is imported, and each example is activated once. An example that is there already stays as
 * the person left it, and so does the chat model's credential. What was activated is noted in `state`.
 */
export async function seedRunning(
	prepared: PreparedN8n,
	userFolder: string,
	client: N8nClient,
	seed: Seed,
	state: LauncherState,
): Promise<void> {
	if (await client.hasCredential(DEMO_CREDENTIAL.id)) {
		await client.updateCredential(DEMO_CREDENTIAL.id, accessData(seed.access));
	} else {
		await importCredentials(prepared, userFolder, [liveCall(seed.access)]);
	}
	if (!(await client.hasCredential(CHAT_MODEL_CREDENTIAL.id))) {
		await importCredentials(prepared, userFolder, [chatModel()]);
	}
	const missing: Example[] = [];
	for (const example of seed.examples) {
		if ((await client.findWorkflow(example.id)) === undefined) missing.push(example);
	}
	if (missing.length > 0) await importWorkflows(prepared, userFolder, missing);
	for (const example of seed.examples) {
		if (!missing.includes(example) && state.activatedOnce.includes(example.id)) continue;
		await joinCallsTable(client, example.id);
		await client.activateWorkflow(example.id);
		state.activatedOnce = [...new Set([...state.activatedOnce, example.id])];
	}
}

/**
 * Gives what follows `/webhook/` in the production address of a workflow's LiveCall Trigger, or
 * undefined where the workflow is gone, is not active or has no such trigger any more.
 */
export async function triggerPath(
	client: N8nClient,
	workflowId: string,
): Promise<string | undefined> {
	const workflow = await client.findWorkflow(workflowId);
	if (workflow === undefined || workflow.active !== true) return undefined;
	const trigger = listAt(workflow, 'nodes').find((node) => at(node, 'type') === TRIGGER_TYPE);
	const type = (await client.nodeTypes()).find(({ name }) => name === TRIGGER_TYPE);
	const webhookId = at(trigger, 'webhookId');
	const ending = at(type, 'webhooks', 0, 'path');
	if (typeof webhookId !== 'string' || typeof ending !== 'string') return undefined;
	return ending === '' ? webhookId : `${webhookId}/${ending}`;
}

/**
 * Finds the data table of the examples among the tables of the owner, or makes it.
 * @returns the address of its REST interface, such as "/rest/projects/5/data-tables/7", and its id.
 */
export async function ensureCallsTable(client: N8nClient): Promise<{ path: string; id: string }> {
	const project = textAt(await client.request('GET', '/rest/projects/personal'), 'id');
	const tables = `/rest/projects/${encodeURIComponent(project)}/data-tables`;
	const filter = encodeURIComponent(JSON.stringify({ name: CALLS_TABLE.name }));
	const listed = listAt(await client.request('GET', `${tables}?filter=${filter}`), 'data');
	const known = listed.find((table) => at(table, 'name') === CALLS_TABLE.name);
	const id = textAt(known ?? (await client.request('POST', tables, CALLS_TABLE)), 'id');
	return { path: `${tables}/${encodeURIComponent(id)}`, id };
}

/**
 * Where a workflow names the data table, has it refer to the table by its id: n8n gives every table an id of
 * its own, so a file can only name it, and n8n 1.x does not find tables by their names.
 */
async function joinCallsTable(client: N8nClient, workflowId: string): Promise<void> {
	const workflow = await client.findWorkflow(workflowId);
	const nodes = listAt(workflow, 'nodes');
	if (!nodes.some(namesCallsTable)) return;
	const { id } = await ensureCallsTable(client);
	const dataTableId = { __rl: true, mode: 'list', value: id, cachedResultName: CALLS_TABLE.name };
	await client.request('PATCH', `/rest/workflows/${encodeURIComponent(workflowId)}`, {
		name: textAt(workflow, 'name'),
		connections: objectAt(workflow, 'connections'),
		settings: objectAt(workflow, 'settings'),
		versionId: textAt(workflow, 'versionId'),
		nodes: nodes.map((node) =>
			namesCallsTable(node)
				? { ...node, parameters: { ...objectAt(node, 'parameters'), dataTableId } }
				: node,
		),
	});
}

function namesCallsTable(node: Json): node is JsonObject {
	const locator = at(node, 'parameters', 'dataTableId');
	return (
		isJsonObject(node) &&
		node.type === DATA_TABLE_TYPE &&
		at(locator, 'mode') === 'name' &&
		at(locator, 'value') === CALLS_TABLE.name
	);
}

type StoredCredential = CredentialDefinition & { id: string };

function accessData(access: LiveCallAccess): CredentialDefinition {
	return { name: DEMO_CREDENTIAL.name, type: CREDENTIAL_TYPE, data: { ...access } };
}

function liveCall(access: LiveCallAccess): StoredCredential {
	return { id: DEMO_CREDENTIAL.id, ...accessData(access) };
}

function chatModel(): StoredCredential {
	const data = { apiKey: 'put-your-own-key-here', url: 'https://api.openai.com/v1' };
	return { ...CHAT_MODEL_CREDENTIAL, type: 'openAiApi', data };
}

// n8n's own command is the one way to store something under an id of our choice in all its versions.
async function importCredentials(
	prepared: PreparedN8n,
	userFolder: string,
	credentials: StoredCredential[],
): Promise<void> {
	await importFiles(prepared, userFolder, 'import:credentials', credentials);
}

async function importWorkflows(
	prepared: PreparedN8n,
	userFolder: string,
	examples: Example[],
): Promise<void> {
	const stored = examples.map((example) => ({ ...example, active: false }));
	await importFiles(prepared, userFolder, 'import:workflow', stored);
}

async function importFiles(
	prepared: PreparedN8n,
	userFolder: string,
	command: string,
	entries: object[],
): Promise<void> {
	await mkdir(userFolder, { recursive: true });
	// Readable by this user only, and gone afterwards: a credential stands in it in the clear.
	const folder = await mkdtemp(path.join(userFolder, 'import-'));
	try {
		const file = path.join(folder, 'entries.json');
		await writeFile(file, JSON.stringify(entries), { mode: 0o600 });
		const output = await prepared.command([command, `--input=${file}`]);
		// n8n ends with code 0 even when it could not import anything.
		if (!/Successfully imported/.test(output)) {
			throw new Error(`n8n's "${command}" did not import:\n${output}`);
		}
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
