/** A value as it comes out of JSON. */
export type Json = null | string | number | boolean | Json[] | JsonObject;

export interface JsonObject {
	[key: string]: Json;
}

/** Says whether a value that comes out of JSON is an object with named fields (no list, not null). */
export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads JSON text.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string): Json {
	const value: Json = JSON.parse(text);
	return value;
}

/** Reads JSON text of unknown origin: gives undefined where it is not JSON. */
export function tryParseJson(text: string): Json | undefined {
	try {
		return parseJson(text);
	} catch {
		return undefined;
	}
}

/** Gives what lies under a path of field names and list positions, or undefined where it ends. */
export function at(value: Json | undefined, ...path: Array<string | number>): Json | undefined {
	return path.reduce<Json | undefined>((inner, step) => {
		if (Array.isArray(inner)) return typeof step === 'number' ? inner[step] : undefined;
		return isJsonObject(inner) ? inner[String(step)] : undefined;
	}, value);
}

/**
 * Gives the text under a path.
 * @throws Error that names the path when there is something else.
 */
export function textAt(value: Json | undefined, ...path: Array<string | number>): string {
	const found = at(value, ...path);
	if (typeof found === 'string') return found;
	throw new Error(`Expected text at ${path.join('.')}, found ${JSON.stringify(found)}`);
}

/**
 * Gives the list under a path.
 * @throws Error that names the path when there is something else.
 */
export function listAt(value: Json | undefined, ...path: Array<string | number>): Json[] {
	const found = at(value, ...path);
	if (Array.isArray(found)) return found;
	throw new Error(`Expected a list at ${path.join('.')}, found ${JSON.stringify(found)}`);
}

/**
 * Gives the object under a path.
 * @throws Error that names the path when there is something else.
 */
export function objectAt(value: Json | undefined, ...path: Array<string | number>): JsonObject {
	const found = at(value, ...path);
	if (isJsonObject(found)) return found;
	throw new Error(`Expected an object at ${path.join('.')}, found ${JSON.stringify(found)}`);
}
