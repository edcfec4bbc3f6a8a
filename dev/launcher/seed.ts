import { createHash } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { WEBHOOK_EVENTS } from '../sandbox';
import { at, listAt, objectAt, textAt, type Json } from '../json';
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
import type { N8nClient } from './rest';
import type { LauncherState } from './state';

/** The credential that the example workflows refer to. */
export const DEMO_CREDENTIAL = { id: 'liveCallDemo', name: 'LiveCall (demo)' };

/**
 * The credential that the AI example's chat model refers to. A placeholder: whoever wants to chat puts the key
 * of their own account into it.
 */
export const CHAT_MODEL_CREDENTIAL = { id: 'openAiYours', name: 'OpenAI (your own key)' };

/** The credential that the example for a CRM refers to: a placeholder as well. */
export const HUBSPOT_CREDENTIAL = { id: 'hubspotYours', name: 'HubSpot (your own key)' };

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
 */
export async function seedNew(prepared: PreparedN8n, { access, examples }: Seed): Promise<void> {
	const database = path.join(prepared.userFolder, '.n8n', 'database.sqlite');
	if (await stat(database).catch(() => undefined)) return;
	await importAll(prepared, 'credentials', [demoCredential(access), ...PLACEHOLDERS]);
	await importAll(prepared, 'workflow', examples.map(inactive));
}

/**
 * Brings a running instance up to date: the demo credential gets the present access, what is missing of
 * the rest is imported, and each example that needs no key of one's own is published once. An example whose file has
 * changed takes its place, unless the person has changed it in n8n, and stays published or unpublished. Credentials that
 * wait for a key of one's own stay. What was put there is noted in `state`.
 * @returns the names of the examples that stay as the person left them although their files are newer.
 */
export async function seedRunning(
	prepared: PreparedN8n,
	client: N8nClient,
	{ access, examples }: Seed,
	state: LauncherState,
): Promise<string[]> {
	if (await client.hasCredential(DEMO_CREDENTIAL.id)) {
		await client.updateCredential(DEMO_CREDENTIAL.id, demoCredential(access));
	} else {
		await importAll(prepared, 'credentials', [demoCredential(access)]);
	}
	for (const placeholder of PLACEHOLDERS) {
		if (!(await client.hasCredential(placeholder.id))) {
			await importAll(prepared, 'credentials', [placeholder]);
		}
	}
	const missing: Example[] = [];
	for (const example of examples) {
		if ((await client.findWorkflow(example.id)) === undefined) missing.push(example);
	}
	if (missing.length > 0) await importAll(prepared, 'workflow', missing.map(inactive));
	const tables = tablesOf(examples);
	const kept: string[] = [];
	for (const example of examples) {
		if (missing.includes(example)) delete state.examples[example.id];
		if (!(await bringUpToDate(client, example, tables, state))) kept.push(example.name);
	}
	return kept;
}

/**
 * Has n8n hold an example as it is filed.
 * @returns whether it does; not if a person has changed it there
 */
async function bringUpToDate(
	client: N8nClient,
	example: Example,
	tables: Table[],
	state: LauncherState,
): Promise<boolean> {
	const { id } = example;
	const seeded = state.examples[id];
	const filed = digestOf(example);
	if (seeded?.filed === filed) return true;
	const stored = await client.findWorkflow(id);
	// What was just imported lies there as it was filed; all else is a person's.
	if (digestOf(stored) !== (seeded?.stored ?? filed)) return false;
	await store(client, example, textAt(stored, 'versionId'), tables);
	const isToRun = seeded ? at(stored, 'active') === true : !needsOwnKey(example);
	if (isToRun) await client.activateWorkflow(id);
	state.examples[id] = { filed, stored: digestOf(await client.findWorkflow(id)) };
	return true;
}

/** Sums up what a person can change in a workflow. */
function digestOf(workflow: Partial<Record<keyof Example, unknown>> = {}): string {
	const { name, nodes, connections, settings } = workflow;
	const text = JSON.stringify([name, nodes, connections, settings]);
	return createHash('sha256').update(text).digest('hex');
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
	if (workflow?.active !== true) return [];
	return nodesOf(listAt(workflow, 'nodes'), TRIGGER_TYPE).map((trigger) => {
		// A stored workflow leaves out what has its default: here all events.
		const events = at(trigger, 'parameters', 'events') ?? [...WEBHOOK_EVENTS];
		return {
			path: `${textAt(trigger, 'webhookId')}/webhook`,
			events: Array.isArray(events) ? events.map(String) : [],
		};
	});
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
 * Stores an example in place of a version of it. Its data tables are referred to by their ids: n8n gives every table an
 * id of its own, so a file can only name it, and n8n 1.x does not find tables by their names.
 */
async function store(
	client: N8nClient,
	{ id, name, connections, settings, nodes: filed }: Example,
	versionId: string,
	tables: Table[],
): Promise<void> {
	const nodes: Json[] = [];
	for (const node of filed) {
		const table = tables.find((one) => one.name === tableNamedBy(node));
		nodes.push(table ? joinedTo(table.name, (await ensureTable(client, table)).id, node) : node);
	}
	await client.request('PATCH', `/rest/workflows/${encodeURIComponent(id)}`, {
		name,
		connections,
		settings,
		versionId,
		nodes,
	});
}

function joinedTo(name: string, id: string, node: Json): Json {
	const dataTableId = { __rl: true, mode: 'list', value: id, cachedResultName: name };
	return { ...objectAt(node), parameters: { ...objectAt(node, 'parameters'), dataTableId } };
}

/** Credentials that a person puts a key of their own into. */
const PLACEHOLDERS = [
	{
		...CHAT_MODEL_CREDENTIAL,
		type: 'openAiApi',
		data: { apiKey: 'put-your-own-key-here', url: 'https://api.openai.com/v1' },
	},
	{
		...HUBSPOT_CREDENTIAL,
		type: 'hubspotAppToken',
		data: { appToken: 'put-your-own-key-here' },
	},
];

function demoCredential(access: LiveCallAccess) {
	return { ...DEMO_CREDENTIAL, type: CREDENTIAL_TYPE, data: { webhookToken: '', ...access } };
}

function inactive(example: Example) {
	return { ...example, active: false };
}

/** Imports credentials or workflows: n8n's own command keeps their ids in all its versions. */
async function importAll(
	prepared: PreparedN8n,
	what: 'credentials' | 'workflow',
	entries: object[],
): Promise<void> {
	// Readable by this user only, and gone afterwards: a credential stands in it in the clear.
	const folder = await mkdtemp(path.join(prepared.userFolder, 'import-'));
	try {
		const file = path.join(folder, 'entries.json');
		await writeFile(file, JSON.stringify(entries), { mode: 0o600 });
		const output = await prepared.command([`import:${what}`, `--input=${file}`]);
		// n8n ends with code 0 even when it could not import anything.
		if (!/Successfully imported/.test(output)) {
			throw new Error(`n8n's "import:${what}" did not import:\n${output}`);
		}
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
