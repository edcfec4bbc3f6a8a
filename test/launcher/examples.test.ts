import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { withDemoSettings } from '../../dev/launcher/demoSettings';
import {
	aboutOf,
	exampleNames,
	needsOwnKey,
	nodesOf,
	ownKey,
	readExamples,
	recordingNode,
	tableNamedBy,
	tablesOf,
	webhookPath,
} from '../../dev/launcher/examples';
import { REPOSITORY } from '../../dev/launcher/folders';
import { at, listAt, parseJson, textAt, type Json, type JsonObject } from '../../dev/json';
import { node, workflow } from './workflow';

function withCredential(type: string): JsonObject {
	return { ...node(LIVECALL), credentials: { [type]: { id: 'mine', name: 'Mine' } } };
}

const LIVECALL = 'n8n-nodes-livecall.liveCall';
const TABLE = 'n8n-nodes-base.dataTable';

function tableNode(name: string, columns: Array<[string, string]>): JsonObject {
	return node(TABLE, {
		dataTableId: { __rl: true, mode: 'name', value: name },
		columns: { schema: columns.map(([id, type]) => ({ id, type })) },
	});
}

describe('what an example needs', () => {
	it.each([
		['an AI model', [withCredential('openAiApi')], 'Mine'],
		['a CRM beside LiveCall', [withCredential('liveCallApi'), withCredential('hubspot')], 'Mine'],
		['LiveCall', [withCredential('liveCallApi')], undefined],
		['no credential at all', [node(LIVECALL)], undefined],
	])("is a key of one's own for %s: %#", (_, nodes, key) => {
		expect(ownKey(workflow(...nodes))).toBe(key);
		expect(needsOwnKey(workflow(...nodes))).toBe(key !== undefined);
	});

	it('is the table that it names, with the columns that all examples write', () => {
		const one = workflow(
			tableNode('Calls', [
				['call_id', 'string'],
				['ended_at', 'dateTime'],
			]),
		);
		const other = workflow(
			tableNode('Calls', [
				['call_id', 'string'],
				['seconds', 'number'],
			]),
			node(TABLE, {
				resource: 'table',
				tableName: 'Consultants',
				columns: { column: [{ name: 'active', type: 'boolean' }] },
			}),
			node(TABLE, { dataTableId: { mode: 'name', value: 'Read only' } }),
			node(TABLE, { dataTableId: { mode: 'list', value: 'abc' } }),
			node('n8n-nodes-base.set', { dataTableId: { mode: 'name', value: 'No table' } }),
		);
		expect(tablesOf([one, other])).toEqual([
			{
				name: 'Calls',
				columns: [
					{ name: 'call_id', type: 'string' },
					{ name: 'ended_at', type: 'date' },
					{ name: 'seconds', type: 'number' },
				],
			},
			{ name: 'Consultants', columns: [{ name: 'active', type: 'boolean' }] },
			{ name: 'Read only', columns: [] },
		]);
		expect(tableNamedBy(null)).toBeUndefined();
	});
});

describe('what an example has', () => {
	it.each([
		['## A title\n\n**What it does:** it *calls*. It `waits`. It ends.', 'It calls. It waits.'],
		['## A title\n\nIt calls', 'It calls'],
		['## A title', ''],
	])('is a word about what it does: %j', (content, about) => {
		const notes = [content, '## Another'].map((text) =>
			node('n8n-nodes-base.stickyNote', { content: text }),
		);
		expect(aboutOf(workflow(node(LIVECALL), ...notes))).toBe(about);
		expect(aboutOf(workflow())).toBe('');
	});

	it('is a node that downloads the recording', () => {
		const get = node(LIVECALL, { resource: 'recording', operation: 'get' });
		const download = node(LIVECALL, { resource: 'recording', operation: 'download' }, 'Fetch it');
		expect(recordingNode(workflow(get, download))).toBe('Fetch it');
		expect(recordingNode(workflow(get, node(LIVECALL, { resource: 'call' })))).toBeUndefined();
		expect(recordingNode(workflow())).toBeUndefined();
	});

	it('is the path of its webhook', () => {
		const webhook = node('n8n-nodes-base.webhook', { path: 'callback' });
		expect(webhookPath(workflow(node(LIVECALL), webhook))).toBe('callback');
		expect(webhookPath(workflow(node(LIVECALL)))).toBeUndefined();
	});
});

describe('the examples of this repository', () => {
	it('can be read, and each has an id of its own that n8n 1.x can work with', async () => {
		const examples = await readExamples();
		expect(examples).toHaveLength(9);
		expect(new Set(examples.map(({ id }) => id)).size).toBe(examples.length);
		for (const { id } of examples) expect(id.length).toBeLessThanOrEqual(16);
	});

	it('give the demo a lead to send, a recording to hear, and two that wait for a key', async () => {
		const examples = await readExamples();
		expect(examples.flatMap((example) => webhookPath(example) ?? [])).toContain('callback');
		expect(examples.some((example) => recordingNode(example) !== undefined)).toBe(true);
		expect(examples.filter(needsOwnKey).map(({ id }) => id)).toEqual([
			'liveCallChat',
			'liveCallCrm',
		]);
	});
});

describe('docs/examples.md', () => {
	it('links each example in the form that "Import from URL" takes', async () => {
		const read = async (file: string) => await readFile(path.join(REPOSITORY, file), 'utf8');
		const repository = textAt(parseJson(await read('package.json')), 'repository', 'url');
		const raw = repository
			.replace('git+https://github.com/', 'https://raw.githubusercontent.com/')
			.replace(/\.git$/, '/main/examples');
		const links = [...(await read('docs/examples.md')).matchAll(/<(https:[^>]+)>/g)];
		expect(links.map(([, link]) => link).sort()).toEqual(
			(await exampleNames()).map((name) => `${raw}/${name}.json`),
		);
	});
});

/** A node's place on the canvas, with its label. */
interface Box {
	name: string;
	isNote: boolean;
	left: number;
	top: number;
	right: number;
	bottom: number;
}

/** Sizes in pixels: as n8n 2.41 draws nodes, with name and subtitle below them. */
function boxOf(one: Json): Box {
	const isNote = textAt(one, 'type') === 'n8n-nodes-base.stickyNote';
	const isAgent = textAt(one, 'type').endsWith('.agent');
	const [left = 0, top = 0] = listAt(one, 'position').map(Number);
	const width = isNote ? Number(at(one, 'parameters', 'width')) : isAgent ? 256 : 96;
	const height = isNote ? Number(at(one, 'parameters', 'height')) : 96 + 48;
	const name = textAt(one, 'name');
	return { name, isNote, left, top, right: left + width, bottom: top + height };
}

function overlap(one: Box, other: Box): boolean {
	return (
		one.left < other.right &&
		other.left < one.right &&
		one.top < other.bottom &&
		other.top < one.bottom
	);
}

describe('the canvas of each example', () => {
	it('has nodes and notes that cover nothing else', async () => {
		const filed = await readExamples();
		for (const { name, nodes } of [...filed, ...filed.map(withDemoSettings)]) {
			const boxes = nodes.map(boxOf);
			const covered = boxes.flatMap((one, index) =>
				boxes
					.slice(index + 1)
					.flatMap((other) => (overlap(one, other) ? [`${one.name} / ${other.name}`] : [])),
			);
			expect({ name, covered }).toEqual({ name, covered: [] });
		}
	});

	it('has a title that begins with what its file and docs/examples.md call it', async () => {
		const docs = await readFile(path.join(REPOSITORY, 'docs/examples.md'), 'utf8');
		const headings = [...docs.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
		const titles = (await readExamples()).map(({ name }) => name.split(': ')[0]);
		expect(titles.map((title) => title.toLowerCase().replaceAll(' ', '-'))).toEqual(
			await exampleNames(),
		);
		expect([...headings].sort()).toEqual([...titles].sort());
	});

	it('has no choice from an account that n8n clears once another credential is chosen', async () => {
		/** The fields of HubSpot's node whose choices it reads from the account. */
		const fromAccount = /"(propertyName|sortBy|properties)":(\["[^"]*"|"[^=][^"]*)/g;
		for (const { name, nodes } of await readExamples()) {
			const hubSpot = JSON.stringify(nodesOf(nodes, 'n8n-nodes-base.hubspot'));
			const lists = JSON.stringify(nodes).match(/"mode":"list"/g);
			expect({ name, chosen: hubSpot.match(fromAccount), lists }).toEqual({
				name,
				chosen: null,
				lists: null,
			});
		}
	});

	it('has a title that is a sentence, and four to six notes: the first says what, how, and what to set', async () => {
		for (const { name, nodes } of await readExamples()) {
			expect(name).toMatch(/^[A-Z].*\bLiveCall\b/);
			expect(name.split(' ').length).toBeGreaterThan(6);
			const notes = nodes.filter((one) => boxOf(one).isNote);
			expect({ name, notes: notes.length >= 4 && notes.length <= 6 }).toEqual({
				name,
				notes: true,
			});
			const first = textAt(notes[0], 'parameters', 'content');
			for (const part of ['**What it does:**', '**How it works', '**What to set:**']) {
				expect({ name, first }).toMatchObject({ first: expect.stringContaining(part) });
			}
		}
	});

	it('has nodes with ids and names of their own, joined by what there is', async () => {
		const ids: string[] = [];
		for (const { name, nodes, connections } of await readExamples()) {
			ids.push(...nodes.map((one) => textAt(one, 'id')));
			const names = nodes.map((one) => textAt(one, 'name'));
			expect(new Set(names).size).toBe(names.length);
			const named = [...JSON.stringify(connections).matchAll(/"node":"([^"]+)"/g)].map(
				([, target]) => target,
			);
			const unknown = [...Object.keys(connections), ...named].filter(
				(one) => !names.includes(String(one)),
			);
			expect({ name, unknown }).toEqual({ name, unknown: [] });
		}
		expect(new Set(ids).size).toBe(ids.length);
	});
});
