import {
	aboutOf,
	needsOwnKey,
	readExamples,
	recordingNode,
	tableNamedBy,
	tablesOf,
	webhookPath,
	type Example,
} from '../../dev/launcher/examples';
import type { Json, JsonObject } from '../../dev/json';

function workflow(...nodes: Json[]): Example {
	return { id: 'one', name: 'One', nodes, connections: {} };
}

function node(type: string, parameters: JsonObject = {}, name = 'Node'): JsonObject {
	return { name, type, parameters };
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
		['an AI agent', [node('@n8n/n8n-nodes-langchain.agent')], true],
		['an AI agent among others', [node(LIVECALL), node('@n8n/n8n-nodes-langchain.agent')], true],
		['a node with another agent', [node('n8n-nodes-base.agent')], false],
		['nothing', [], false],
	])("is a key of one's own for %s: %#", (_, nodes, needed) => {
		expect(needsOwnKey(workflow(...nodes))).toBe(needed);
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
			tableNode('Consultants', [['active', 'boolean']]),
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
		expect(examples.length).toBeGreaterThan(4);
		expect(new Set(examples.map(({ id }) => id)).size).toBe(examples.length);
		for (const { id } of examples) expect(id.length).toBeLessThanOrEqual(16);
	});

	it('give the demo a lead to send, a recording to hear, and one that waits for a key', async () => {
		const examples = await readExamples();
		expect(examples.flatMap((example) => webhookPath(example) ?? [])).toContain('callback');
		expect(examples.some((example) => recordingNode(example) !== undefined)).toBe(true);
		expect(examples.filter(needsOwnKey)).toHaveLength(1);
	});
});
