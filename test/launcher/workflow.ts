import type { Json, JsonObject } from '../../dev/json';
import type { Example } from '../../dev/launcher/examples';

/** An example of some nodes. */
export function workflow(...nodes: Json[]): Example {
	return { id: 'one', name: 'One', nodes, connections: {} };
}

/** A node with nothing but what an example is read by. */
export function node(type: string, parameters: JsonObject = {}, name = 'Node'): JsonObject {
	return { name, type, parameters };
}
