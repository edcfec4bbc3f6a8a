import { parseJson, type Json, type JsonObject } from './json';

/**
 * Reads the text form in which n8n keeps an execution's data (the "flatted" format): a list whose
 * first entry is the root, and in which every text inside a list or an object is the position of
 * the entry that belongs there.
 * @throws Error when the text is not of that form.
 */
export function parseFlatted(text: string): Json {
	const entries = parseJson(text);
	if (!Array.isArray(entries)) throw new Error('Flatted text has to hold a list');
	// By position: an entry may be used in several places, and may contain itself.
	const revived = new Map<number, Json>();

	const revive = (position: number): Json => {
		const known = revived.get(position);
		if (known !== undefined) return known;
		const entry = entries[position];
		if (entry === undefined) throw new Error(`Flatted text has no entry ${position}`);
		if (Array.isArray(entry)) {
			const list: Json[] = [];
			revived.set(position, list);
			for (const element of entry) list.push(resolve(element));
			return list;
		}
		if (typeof entry === 'object' && entry !== null) {
			const object: JsonObject = {};
			revived.set(position, object);
			for (const [name, value] of Object.entries(entry)) object[name] = resolve(value);
			return object;
		}
		return entry;
	};
	const resolve = (value: Json): Json =>
		typeof value === 'string' ? revive(Number(value)) : value;

	return revive(0);
}
