/** Tells whether a value is a JSON object (and not an array or null). */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Takes the text of a body; gives the value in it, or undefined where it is not JSON. */
export function parseJson(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		return value;
	} catch {
		return undefined;
	}
}

/** Takes an id as it comes in a path or a body (`7` or `"7"`); gives the number, or undefined. */
export function toId(value: unknown): number | undefined {
	if (typeof value === 'number')
		return Number.isSafeInteger(value) && value > 0 ? value : undefined;
	if (typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value)) return Number(value);
	return undefined;
}
