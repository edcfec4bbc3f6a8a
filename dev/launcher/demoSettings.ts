import { at, objectAt, textAt, type Json, type JsonObject } from '../json';
import { nodesOf, NOTE_TYPE, type Example } from './examples';

/** The settings in the demo, by name, of each node that has all of them; each as its file would have it. */
const DEMO_SETTINGS: Array<Record<string, { value: string | number; why: string }>> = [
	{
		target_group: { value: '4', why: 'which *Retry missed calls* leaves alone' },
		least_seconds: { value: 1, why: 'since calls last 2 seconds here' },
	},
	{ left_alone: { value: '4', why: 'the group of *Work through a call list*' } },
];

/**
 * Gives an example the settings of the demo: waits of five seconds where its file says minutes, talks as short as the
 * sandbox's, and a target group of its own for the list that calls again by itself. Its first note says so: what is
 * exported from the demo has these settings.
 */
export function withDemoSettings(example: Example): Example {
	const changed = example.nodes.map(
		(node) => shortWait(node) ?? otherSettings(node) ?? { node, said: [] },
	);
	const said = changed.flatMap((change) => change.said);
	if (said.length === 0) return example;
	const words = `**In this demo** ${said.join('; ')}. Set that back before you use this workflow elsewhere.`;
	const [note] = nodesOf(example.nodes, NOTE_TYPE);
	const content = `${textAt(note, 'parameters', 'content')}\n\n${words}`;
	const height = Number(at(note, 'parameters', 'height')) + 40 + 30 * said.length;
	return {
		...example,
		nodes: changed.map(({ node }) =>
			node === note ? withParameters(node, { content, height }) : node,
		),
	};
}

/** A node with the demo's settings, and what the note says of them. */
interface Change {
	node: Json;
	said: string[];
}

function shortWait(node: Json): Change | undefined {
	const { amount, unit } = objectAt(at(node, 'parameters') ?? {});
	if (at(node, 'type') !== 'n8n-nodes-base.wait' || unit !== 'minutes') return undefined;
	return {
		node: withParameters(node, { amount: 5, unit: 'seconds' }),
		said: [`*${nameOf(node)}* waits for 5 seconds in place of ${String(amount)} minutes`],
	};
}

function otherSettings(node: Json): Change | undefined {
	const fields = at(node, 'parameters', 'assignments', 'assignments');
	if (!Array.isArray(fields)) return undefined;
	const names = fields.map((field) => textAt(field, 'name'));
	const inDemo = DEMO_SETTINGS.find((settings) =>
		Object.keys(settings).every((name) => names.includes(name)),
	);
	if (inDemo === undefined) return undefined;
	const said: string[] = [];
	const assignments = fields.map((field) => {
		const name = textAt(field, 'name');
		const setting = inDemo[name];
		if (setting === undefined) return field;
		const { value, why } = setting;
		const before = String(at(field, 'value')) || 'nothing';
		said.push(`\`${name}\` is ${value} in place of ${before}, ${why}`);
		return { ...objectAt(field), value };
	});
	return { node: withParameters(node, { assignments: { assignments } }), said };
}

function nameOf(node: Json): string {
	return textAt(node, 'name');
}

function withParameters(node: Json, parameters: JsonObject): Json {
	return { ...objectAt(node), parameters: { ...objectAt(node, 'parameters'), ...parameters } };
}
