import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

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
import { EXAMPLES } from './folders';
import type { WorkflowDefinition } from './rest';

/** The trigger node of this package, as n8n knows it. */
export const TRIGGER_TYPE = 'n8n-nodes-livecall.liveCallTrigger';

/** A note on the canvas, as n8n knows it. */
export const NOTE_TYPE = 'n8n-nodes-base.stickyNote';

/**
 * An example: a workflow with a fixed id, so that it is found again. It has at most 16 characters:
 * n8n 1.x keeps no static data (which deliveries the trigger has seen) under a longer one.
 */
export type Example = WorkflowDefinition & { id: string };

/** A data table of n8n that examples name. */
export interface Table {
	name: string;
	columns: Array<{ name: string; type: string }>;
}

/** Gives the names of the example files without their ending, in their order. */
export async function exampleNames(folder = EXAMPLES): Promise<string[]> {
	const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
	return files.map((name) => path.basename(name, '.json'));
}

/**
 * Reads the example workflows of a folder, in the order of `exampleNames`.
 * @throws Error when a file is not an exported workflow with an id.
 */
export async function readExamples(folder = EXAMPLES): Promise<Example[]> {
	return await Promise.all(
		(await exampleNames(folder)).map(async (name) => {
			const workflow = parseJson(await readFile(path.join(folder, `${name}.json`), 'utf8'));
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

/** Gives the nodes of a type among a workflow's nodes. */
export function nodesOf(nodes: Json[], type: string): JsonObject[] {
	return nodes.filter(isJsonObject).filter((node) => node.type === type);
}

/**
 * Gives the name of the credential that a person has to bring along, of an AI model's account or of a CRM, or undefined
 * where a workflow works with LiveCall's alone.
 */
export function ownKey({ nodes }: Example): string | undefined {
	const others = nodes
		.flatMap((node) => Object.entries(objectAt(at(node, 'credentials') ?? {})))
		.filter(([type]) => type !== 'liveCallApi');
	return others.map(([, credential]) => textAt(credential, 'name'))[0];
}

/** Says whether a workflow works only with such a key. */
export function needsOwnKey(example: Example): boolean {
	return ownKey(example) !== undefined;
}

/** Gives the name of the node that downloads a recording, or undefined where a workflow has none. */
export function recordingNode({ nodes }: Example): string | undefined {
	const node = nodesOf(nodes, 'n8n-nodes-livecall.liveCall').find(
		({ parameters }) =>
			at(parameters, 'resource') === 'recording' && at(parameters, 'operation') === 'download',
	);
	return node && textAt(node, 'name');
}

/** Gives what a workflow's first note says behind its title, two sentences at most and without Markdown: what it does. */
export function aboutOf({ nodes }: Example): string {
	const [note] = nodesOf(nodes, NOTE_TYPE);
	const lines = note ? textAt(note, 'parameters', 'content').split(/\n+/) : [];
	const text = lines.find((line) => line.trim() && !line.startsWith('#')) ?? '';
	const plain = text
		.replace(/^\*\*[^*]+:\*\*/, '')
		.replace(/[*`]/g, '')
		.trim();
	const about = plain
		.split(/(?<=\.) /)
		.slice(0, 2)
		.join(' ');
	return about.charAt(0).toUpperCase() + about.slice(1);
}

/** Gives what follows `/webhook/` in the address of a workflow's Webhook node, or undefined where it has none. */
export function webhookPath({ nodes }: Example): string | undefined {
	const [webhook] = nodesOf(nodes, 'n8n-nodes-base.webhook');
	return webhook && textAt(webhook, 'parameters', 'path');
}

/** Gives what follows `/form/` in the address of a workflow's form, or undefined where it has none. */
export function formPath({ nodes }: Example): string | undefined {
	const [form] = nodesOf(nodes, 'n8n-nodes-base.formTrigger');
	return form && textAt(form, 'webhookId');
}

/** Says whether a person starts a workflow by its chat in the editor. */
export function isChat({ nodes }: Example): boolean {
	return nodesOf(nodes, '@n8n/n8n-nodes-langchain.chatTrigger').length > 0;
}

/** Gives the name of the data table that a node refers to by name; a file cannot know a table's id. */
export function tableNamedBy(node: Json): string | undefined {
	const locator = at(node, 'parameters', 'dataTableId');
	const name = at(locator, 'mode') === 'name' ? at(locator, 'value') : undefined;
	return at(node, 'type') === 'n8n-nodes-base.dataTable' && typeof name === 'string'
		? name
		: undefined;
}

/** Gives the data tables that workflows name or make, each with the columns that any of them makes or writes. */
export function tablesOf(examples: Example[]): Table[] {
	const tables = new Map<string, Map<string, string>>();
	for (const node of examples.flatMap(({ nodes }) => nodes)) {
		const name = tableMadeBy(node) ?? tableNamedBy(node);
		if (name === undefined) continue;
		const columns = tables.get(name) ?? new Map<string, string>();
		tables.set(name, columns);
		for (const column of columnsOf(node)) {
			const type = textAt(column, 'type');
			// A table's own word for what a node's panel calls a date and time.
			columns.set(columnName(column), type === 'dateTime' ? 'date' : type);
		}
	}
	return [...tables].map(([name, columns]) => ({
		name,
		columns: [...columns].map(([column, type]) => ({ name: column, type })),
	}));
}

/** Gives the name of the data table that a node makes; n8n 1.x has no such node. */
function tableMadeBy(node: Json): string | undefined {
	return at(node, 'parameters', 'resource') === 'table'
		? textAt(node, 'parameters', 'tableName')
		: undefined;
}

/** The columns that a node makes, or those that it writes. */
function columnsOf(node: Json): Json[] {
	const columns = at(node, 'parameters', 'columns');
	const listed = at(columns, 'column') ?? at(columns, 'schema');
	return Array.isArray(listed) ? listed : [];
}

function columnName(column: Json): string {
	return textAt(column, 'name' in objectAt(column) ? 'name' : 'id');
}
