import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { at, isJsonObject, listAt, objectAt, textAt, type Json, type JsonObject } from '../json';
import {
	needsOwnKey,
	nodesOf,
	tableNamedBy,
	tablesOf,
	TRIGGER_TYPE,
	type Example,
	type Table,
} from './examples';
import type { PreparedN8n } from './n8n';
import type { CredentialDefinition, N8nClient } from './rest';
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

/** What the demo credential holds. */
export interface LiveCallAccess {
	apiKey: string;
	baseUrl: string;
	/** What LiveCall's deliveries have to carry in their address; left out, the trigger asks for no token. */
	webhookToken?: string;
}

/** What an n8n is to contain. */
export interface Seed {
	access: LiveCallAccess;
	examples: Example[];
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
 * the rest is imported, and each example that needs no key of one's own is published once. An example that is there
 * already stays as the person left it, and so does the chat model's credential. What was published is noted in `state`.
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
	const tables = tablesOf(seed.examples);
	for (const example of seed.examples) {
		if (!missing.includes(example) && state.activatedOnce.includes(example.id)) continue;
		if (needsOwnKey(example)) continue;
		await joinTables(client, example.id, tables);
		await client.activateWorkflow(example.id);
		state.activatedOnce = [...new Set([...state.activatedOnce, example.id])];
	}
}

/** A LiveCall Trigger that n8n listens for. */
export interface ActiveTrigger {
	/** What follows `/webhook/` in its production address. */
	path: string;
	/** Such as "call.ended". */
	events: string[];
}

/** Gives the LiveCall Triggers of a workflow, none where it is gone or not active. */
export async function activeTriggers(
	client: N8nClient,
	workflowId: string,
): Promise<ActiveTrigger[]> {
	const workflow = await client.findWorkflow(workflowId);
	if (workflow === undefined || workflow.active !== true) return [];
	const triggers = nodesOf(listAt(workflow, 'nodes'), TRIGGER_TYPE);
	if (triggers.length === 0) return [];
	const type = (await client.nodeTypes()).find(({ name }) => name === TRIGGER_TYPE);
	const ending = textAt(type, 'webhooks', 0, 'path');
	return triggers.map((trigger) => {
		const events = at(trigger, 'parameters', 'events') ?? defaultOf(type, 'events');
		return {
			path: [textAt(trigger, 'webhookId'), ending].filter(Boolean).join('/'),
			events: Array.isArray(events) ? events.map(String) : [],
		};
	});
}

/** What a parameter is that a stored workflow leaves out. */
function defaultOf(type: JsonObject | undefined, parameter: string): Json | undefined {
	return at(
		listAt(type, 'properties').find((property) => at(property, 'name') === parameter),
		'default',
	);
}

/**
 * Finds a data table among the tables of the owner, or makes it.
 * @returns the address of its REST interface, such as "/rest/projects/5/data-tables/7", and its id.
 */
export async function ensureTable(
	client: N8nClient,
	table: Table,
): Promise<{ path: string; id: string }> {
	const project = textAt(await client.request('GET', '/rest/projects/personal'), 'id');
	const tables = `/rest/projects/${encodeURIComponent(project)}/data-tables`;
	const filter = encodeURIComponent(JSON.stringify({ name: table.name }));
	const listed = listAt(await client.request('GET', `${tables}?filter=${filter}`), 'data');
	const known = listed.find((other) => at(other, 'name') === table.name);
	const id = textAt(known ?? (await client.request('POST', tables, table)), 'id');
	return { path: `${tables}/${encodeURIComponent(id)}`, id };
}

/**
 * Where a workflow names data tables, has it refer to them by their ids: n8n gives every table an id of
 * its own, so a file can only name it, and n8n 1.x does not find tables by their names.
 */
async function joinTables(client: N8nClient, workflowId: string, tables: Table[]): Promise<void> {
	const workflow = await client.findWorkflow(workflowId);
	const nodes = listAt(workflow, 'nodes');
	const ids = new Map<string, string>();
	for (const table of tables) {
		if (nodes.some((node) => tableNamedBy(node) === table.name)) {
			ids.set(table.name, (await ensureTable(client, table)).id);
		}
	}
	if (ids.size === 0) return;
	await client.request('PATCH', `/rest/workflows/${encodeURIComponent(workflowId)}`, {
		name: textAt(workflow, 'name'),
		connections: objectAt(workflow, 'connections'),
		settings: objectAt(workflow, 'settings'),
		versionId: textAt(workflow, 'versionId'),
		nodes: nodes.map((node) => {
			const name = tableNamedBy(node);
			const value = name === undefined ? undefined : ids.get(name);
			if (name === undefined || value === undefined || !isJsonObject(node)) return node;
			const dataTableId = { __rl: true, mode: 'list', value, cachedResultName: name };
			return { ...node, parameters: { ...objectAt(node, 'parameters'), dataTableId } };
		}),
	});
}

type StoredCredential = CredentialDefinition & { id: string };

function accessData(access: LiveCallAccess): CredentialDefinition {
	return {
		name: DEMO_CREDENTIAL.name,
		type: CREDENTIAL_TYPE,
		data: { webhookToken: '', ...access },
	};
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
