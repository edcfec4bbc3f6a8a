import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
	NodeHelpers,
	Workflow,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { LiveCallApi } from '../../credentials/LiveCallApi.credentials';
import { LiveCall } from '../../nodes/LiveCall/LiveCall.node';
import { resources } from '../../nodes/LiveCall/operations';
import { LiveCallTrigger } from '../../nodes/LiveCallTrigger/LiveCallTrigger.node';
import { loadPackage } from '../support/engine';

const { description } = new LiveCall();

/** All fields, also those in collections and groups, each with where it stands. */
function fieldsIn(properties: INodeProperties[], where: string): Array<[string, INodeProperties]> {
	return properties.flatMap((field): Array<[string, INodeProperties]> => {
		const name = `${where}.${field.name}`;
		const inner = (field.options ?? []).filter(
			(entry): entry is INodeProperties => 'type' in entry && 'displayName' in entry,
		);
		return [[name, field], ...fieldsIn(inner, name)];
	});
}

const FIELDS = [
	...fieldsIn(description.properties, 'liveCall'),
	...fieldsIn(new LiveCallTrigger().description.properties, 'liveCallTrigger'),
	...fieldsIn(new LiveCallApi().properties, 'liveCallApi'),
];

describe('the fields', () => {
	it('have hints that n8n takes: of 120 characters at most', () => {
		const long = FIELDS.filter(([, { hint = '' }]) => hint.replace(/<[^>]*>/g, '').length > 120);
		expect(long.map(([name]) => name)).toEqual([]);
		expect(FIELDS.filter(([, { hint }]) => hint).length).toBeGreaterThan(20);
	});

	it('say in their hints in which unit a number is', () => {
		const hintOf = (name: string) =>
			FIELDS.find(([, field]) => field.name === name)?.[1].hint ?? '';
		expect(hintOf('deduplicateWithin')).toBe('In hours; 0: for ever');
		expect(hintOf('spread')).toContain('In minutes');
	});

	it('propose that a deduplication key counts for a day', () => {
		const [, field] = FIELDS.find(([, { name }]) => name === 'deduplicateWithin') ?? [];
		expect(field?.default).toBe(24);
	});
});

/** What n8n tells an AI agent of the tool, if a person does not describe it. */
const automatic = (resource: string, operation: string, of: INodeTypeDescription = description) =>
	NodeHelpers.makeDescription({ resource, operation }, of);

describe('as a tool of an AI agent', () => {
	it('says of itself that a phone rings, if one does', () => {
		expect(automatic('call', 'create')).toBe('Create a call that rings a phone in LiveCall');
		for (const { option, operations } of resources) {
			for (const operation of operations) {
				const isCall = operation.option.value === 'create' && option.value === 'call';
				expect(/rings a phone/.test(automatic(option.value, operation.option.value))).toBe(isCall);
			}
		}
	});
});

describe('before a run by hand', () => {
	it.each([
		['call', 'create', true],
		['call', 'get', false],
		['user', 'create', false],
	])('the panel says whether real phones ring: %s %s', async (resource, operation, expected) => {
		const [hint] = description.hints ?? [];
		expect(hint).toMatchObject({ whenToDisplay: 'beforeExecution', location: 'outputPane' });
		expect(hint.message).toContain('"Test Phone Number"');
		const node = {
			id: '1',
			name: 'LiveCall',
			type: 'n8n-nodes-livecall.liveCall',
			typeVersion: 1,
			position: [0, 0] as [number, number],
			parameters: { resource, operation },
		};
		const { nodeTypes } = await loadPackage();
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
		// As n8n's editor reads it (n8n 2.41, `getNodeHints`).
		const isShown = workflow.expression.getSimpleParameterValue(
			node,
			hint.displayCondition ?? '',
			'internal',
			{},
		);
		expect(isShown).toBe(expected);
	});
});

describe('n8n’s search', () => {
	const words = (node: string): string[] =>
		JSON.parse(readFileSync(path.join(__dirname, `../../nodes/${node}/${node}.node.json`), 'utf8'))
			.alias;

	it.each(['appointment', 'missed call', 'outbound', 'book a call'])(
		'finds the node for "%s"',
		(word) => {
			expect(words('LiveCall')).toContain(word);
		},
	);

	it('finds the trigger for a missed call', () => {
		expect(words('LiveCallTrigger')).toContain('missed call');
	});
});
