import type { IDataObject } from 'n8n-workflow';

/** Whether a value is a JSON object, and so neither a list nor null. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
