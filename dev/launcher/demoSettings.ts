import { at, objectAt, textAt, type Json, type JsonObject } from '../json';
import { nodesOf, NOTE_TYPE, TRIGGER_TYPE, type Example } from './examples';

/** The settings of a call list in the demo, each as its file would have it. */
const LIST_SETTINGS: Record<string, { value: string | number; why: string }> = {
	target_group: { value: '4', why: 'which *Retry missed calls* leaves alone' },
	least_seconds: { value: 1, why: 'since calls last 2 seconds here' },
};

/** The sandbox's target groups, without the call list's. */
const OTHER_GROUPS = '1, 2, 3';

/**
 * Gives an example the settings of the demo: waits of five seconds where its file says minutes, talks as short as the
 * sandbox's, and a target group of its own for the list that calls again by itself. Its first note says so: what is
 * exported from the demo has these settings.
 */
export function withDemoSettings(example: Example): Example {
	const changed = example.nodes.map(
		(node) => shortWait(node) ?? listSettings(node) ?? otherGroups(node) ?? { node, said: [] },
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

/** Changes the node that holds all settings of a list. */
function listSettings(node: Json): Change | undefined {
	const fields = at(node, 'parameters', 'assignments', 'assignments');
	const isList =
		Array.isArray(fields) && fields.some((field) => at(field, 'name') === 'least_seconds');
	if (!isList) return undefined;
	const said: string[] = [];
	const assignments = fields.map((field) => {
		const name = textAt(field, 'name');
		const setting = LIST_SETTINGS[name];
		if (setting === undefined) return field;
		const { value, why } = setting;
		said.push(`\`${name}\` is ${value} in place of ${String(at(field, 'value'))}, ${why}`);
		return { ...objectAt(field), value };
	});
	return { node: withParameters(node, { assignments: { assignments } }), said };
}

/** Changes the trigger that has missed calls called again. */
function otherGroups(node: Json): Change | undefined {
	const options = at(node, 'parameters', 'options') ?? {};
	if (at(node, 'type') !== TRIGGER_TYPE || at(options, 'outcome') !== 'unsuccessful')
		return undefined;
	return {
		node: withParameters(node, { options: { ...objectAt(options), filterIds: OTHER_GROUPS } }),
		said: [
			`*${nameOf(node)}* has *Target Groups* ${OTHER_GROUPS}, all but that of *Work through a call list*`,
		],
	};
}

function nameOf(node: Json): string {
	return textAt(node, 'name');
}

function withParameters(node: Json, parameters: JsonObject): Json {
	return { ...objectAt(node), parameters: { ...objectAt(node, 'parameters'), ...parameters } };
}
