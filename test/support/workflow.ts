import { isJsonObject, objectAt, type Json, type JsonObject } from '../../dev/json';
import type { CredentialReference } from '../../dev/launcher/rest';

/** The action node of this package, as n8n knows it. */
export const NODE_TYPE = 'n8n-nodes-livecall.liveCall';

/** The name that the LiveCall node has in the tests' workflows. */
export const NODE_NAME = 'LiveCall';

/** The name of the manual trigger in the tests' workflows. */
export const START_NAME = 'Start';

/** Makes a node of a workflow that nobody looks at; `more` adds to it, such as `credentials` or `onError`. */
export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: JsonObject = {},
	more: JsonObject = {},
): JsonObject {
	return { id: name, name, type, typeVersion, position: [0, 0], parameters, ...more };
}

/** The manual trigger that such a workflow starts with. */
export const start = (): JsonObject => node(START_NAME, 'n8n-nodes-base.manualTrigger', 1);

/** Connects a node with another one. */
export function link(from: string, to: string, type = 'main'): JsonObject {
	return { [from]: { [type]: [[{ node: to, type, index: 0 }]] } };
}

/** Connects each of these nodes with the next one. */
export function chain(...names: string[]): JsonObject {
	return Object.assign({}, ...names.slice(1).map((name, index) => link(names[index], name)));
}

/** Gives nodes the credentials of another n8n, by type, in place of those that they name. */
export function withCredentials(
	nodes: Json[],
	credentials: Record<string, CredentialReference>,
): Json[] {
	return nodes.map((node) => {
		if (!isJsonObject(node) || node.credentials === undefined) return node;
		const types = Object.keys(objectAt(node, 'credentials'));
		const own = types.map((type) => [type, { ...credentials[type] }]);
		return { ...node, credentials: Object.fromEntries(own) };
	});
}
