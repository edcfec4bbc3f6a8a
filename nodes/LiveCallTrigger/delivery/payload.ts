import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../shared/json';

export type CallEvent = 'call.created' | 'call.ended';

/** What could be read from a delivery. */
export interface Payload {
	callId: string;
	/** The event, where the payload names one. */
	event: CallEvent | undefined;
	/** The call's fields as the payload has them: not to be believed unless LiveCall confirms them. */
	fields: IDataObject;
}

/**
 * Reads a delivery. LiveCall documents neither its payload nor its encoding, so all known shapes are met: JSON, JSON
 * sent as text and form fields; the call's id in `call.id`, `data.id` (with type `calls`), `call_id` or a top-level
 * `id` (LiveCall's help centre, webhooks).
 * @param body as n8n parsed it
 * @param rawBody the bytes, where n8n kept them
 * @returns `undefined` when there is no call id in it
 */
export function readPayload(body: unknown, rawBody: unknown): Payload | undefined {
	const document = readDocument(body, rawBody);
	const found = document && findCall(document);
	if (!document || !found || !/^[A-Za-z0-9_-]{1,64}$/.test(found.callId)) return undefined;
	return { ...found, event: namedEvent(document) };
}

function readDocument(body: unknown, rawBody: unknown): IDataObject | undefined {
	// The fields of a form with boundaries (multipart) come beside its files (n8n 2.41, `parseFormData`).
	if (isObject(body) && isObject(body.data) && isObject(body.files)) return expanded(body.data);
	if (isObject(body) && looksParsed(body)) return expanded(body);
	const text =
		typeof body === 'string' && body !== ''
			? body
			: Buffer.isBuffer(rawBody)
				? rawBody.toString('utf8')
				: '';
	const parsed = parseJson(text);
	if (isObject(parsed)) return parsed;
	return text.includes('=') ? expanded(Object.fromEntries(new URLSearchParams(text))) : undefined;
}

/** JSON that was sent as a form arrives as one long key; bytes of a type that n8n does not read arrive as nothing. */
function looksParsed(body: IDataObject): boolean {
	const [first] = Object.keys(body);
	return first !== undefined && !first.trimStart().startsWith('{');
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		return undefined;
	}
}

/** Turns form fields such as `call[id]` into objects. */
function expanded(fields: IDataObject): IDataObject {
	const document: IDataObject = {};
	for (const [key, value] of Object.entries(fields)) {
		const path = /^[^[\]]+(\[[^[\]]+\])+$/.test(key)
			? key.split(/[[\]]+/).filter((part) => part !== '')
			: [key];
		if (path.some((part) => part === '__proto__' || part === 'constructor' || part === 'prototype'))
			continue;
		let place = document;
		for (const part of path.slice(0, -1)) {
			const inner = place[part];
			const next: IDataObject = isObject(inner) ? inner : {};
			place[part] = next;
			place = next;
		}
		place[path[path.length - 1]] = value;
	}
	return document;
}

function findCall(document: IDataObject): { callId: string; fields: IDataObject } | undefined {
	const { call, data, ...rest } = document;
	const plain = without(rest, EVENT_KEYS);
	if (isObject(call) && idOf(call.id)) return { callId: idOf(call.id), fields: call };
	if (isObject(data) && /^calls?$/i.test(String(data.type)) && idOf(data.id)) {
		const attributes = isObject(data.attributes) ? data.attributes : {};
		const beside = without(data, DOCUMENT_KEYS);
		return { callId: idOf(data.id), fields: { ...beside, ...attributes, id: idOf(data.id) } };
	}
	if (idOf(rest.call_id))
		return { callId: idOf(rest.call_id), fields: { ...plain, id: idOf(rest.call_id) } };
	// Some senders put everything a level down.
	if (isObject(data) && !('type' in data)) {
		const inner = findCall(data);
		if (inner) return inner;
	}
	return idOf(rest.id) ? { callId: idOf(rest.id), fields: plain } : undefined;
}

function without(object: IDataObject, keys: string[]): IDataObject {
	return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Ids come as numbers or as text. A number that JavaScript has rounded may be the id of another call. */
function idOf(value: unknown): string {
	if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
	return typeof value === 'string' ? value.trim() : '';
}

/** What a JSON:API document says of itself, not of the call. */
const DOCUMENT_KEYS = ['type', 'attributes', 'relationships', 'links', 'meta'];

/** Where payloads name their event. */
const EVENT_KEYS = ['event', 'type', 'name'];

function namedEvent(document: IDataObject): CallEvent | undefined {
	for (const key of EVENT_KEYS) {
		const name = document[key];
		const found = typeof name === 'string' ? EVENT_NAME.exec(name.trim()) : null;
		if (found) return found[1].toLowerCase() === 'ended' ? 'call.ended' : 'call.created';
	}
	return undefined;
}

/** `call.ended`, `call_ended`, `CallEnded`, `Call ended`, `ended`, but not `suspended`. */
const EVENT_NAME = /(?:^|call|[^a-z])(ended|created)$/i;
