import type { IDataObject } from 'n8n-workflow';
import { hasEnded } from '../../shared/call';
import { eventNamed, eventOfState, type CallEvent } from '../../shared/events';
import { isIdText } from '../../shared/ids';
import { isObject } from '../../shared/json';

/** What could be read from a delivery. */
export interface Payload {
	callId: string;
	/** The event, if the payload names one or says that the call has ended. */
	event: CallEvent | undefined;
	/** The call's fields as the payload has them: not to be believed unless LiveCall confirms them. */
	fields: IDataObject;
}

/** Senders put a call into one or two envelopes. */
const MOST_ENVELOPES = 3;

/** A call is not nested deeper than this. What is nested thousands deep ends programs that walk through it. */
const MOST_LEVELS = 20;

/**
 * Reads a delivery; never throws, whatever it holds. LiveCall documents neither its payload nor its encoding, so the
 * forms that webhooks commonly have are met:
 * - JSON, JSON sent as text, form fields, and a form field `payload`, `call` or `data` that holds JSON; a list of one
 *   stands for what it holds;
 * - the call's id in `call.id`, `call.call_id`, `call` alone, `data.id` (with type `calls`), `call_id`, `callId` or a
 *   top-level `id`, each also inside of `payload` or `data`.
 * @param body as n8n parsed it
 * @param rawBody the bytes, if n8n kept them
 * @returns `undefined` when there is no call id in it
 */
export function readPayload(body: unknown, rawBody: unknown): Payload | undefined {
	const document = readDocument(body, rawBody);
	const found = document && findCall(document, MOST_ENVELOPES);
	if (!found) return undefined;
	const { event, fields } = found;
	return { ...found, event: event ?? (hasEnded(fields) ? eventOfState(fields) : undefined) };
}

function readDocument(given: unknown, rawBody: unknown): IDataObject | undefined {
	const body = onlyOne(given);
	// The fields of a form with boundaries (multipart) come beside its files (n8n 2.41, `parseFormData`).
	if (isObject(body) && isObject(body.data) && isObject(body.files))
		return opened(expanded(body.data));
	if (isObject(body) && looksParsed(body)) return opened(expanded(body));
	const bytes = Buffer.isBuffer(rawBody) ? rawBody.toString('utf8') : '';
	const text = typeof body === 'string' && body !== '' ? body : bytes;
	// JSON that was encoded twice is a text that holds JSON.
	const parsed = parseJson(text);
	const document = opened(typeof parsed === 'string' ? parsed : text);
	if (document) return document;
	return text.includes('=') ? expanded(Object.fromEntries(new URLSearchParams(text))) : undefined;
}

/** JSON that was sent as a form arrives as one long key; bytes of a type that n8n does not read arrive as nothing. */
function looksParsed(body: IDataObject): boolean {
	const [first] = Object.keys(body);
	return first !== undefined && !/^\s*(\[\s*)?\{/.test(first);
}

/** The object that a value is, or holds as JSON text; `undefined` if it is nested too deep to be a call. */
function opened(value: unknown): IDataObject | undefined {
	const object = onlyOne(typeof value === 'string' ? parseJson(value) : value);
	return isObject(object) && !isDeep(object) ? object : undefined;
}

/** What a list of one holds; anything else as it is. */
function onlyOne(value: unknown): unknown {
	return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		return undefined;
	}
}

function isDeep(object: IDataObject): boolean {
	let level: unknown[] = [object];
	for (let depth = 0; depth < MOST_LEVELS; depth++) {
		level = level.flatMap((value) =>
			typeof value === 'object' && value !== null ? Object.values(value) : [],
		);
		if (level.length === 0) return false;
	}
	return true;
}

/** Turns form fields such as `call[id]` into objects. */
function expanded(fields: IDataObject): IDataObject {
	const document: IDataObject = {};
	for (const [key, value] of Object.entries(fields)) {
		const parents = /^[^[\]]+(\[[^[\]]+\])+$/.test(key)
			? key.split(/[[\]]+/).filter((part) => part !== '')
			: [key];
		if (parents.length > MOST_LEVELS || parents.some(isPrototype)) continue;
		const last = parents.pop() ?? key;
		let place = document;
		for (const part of parents) {
			const inner = place[part];
			const next: IDataObject = isObject(inner) ? inner : {};
			place[part] = next;
			place = next;
		}
		place[last] = value;
	}
	return document;
}

function isPrototype(key: string): boolean {
	return ['__proto__', 'constructor', 'prototype'].includes(key);
}

/** @param envelopes how many more envelopes may be opened */
function findCall(document: IDataObject, envelopes: number): Payload | undefined {
	const found =
		inCall(document) ??
		inJsonApi(document) ??
		inCallId(document) ??
		inEnvelope(document, envelopes) ??
		byItself(document);
	return found && { ...found, event: namedEvent(document) ?? found.event };
}

/** `{"call": {"id": …}}` */
function inCall({ call }: IDataObject): Payload | undefined {
	const fields = opened(call);
	return fields && payloadOf(firstId(fields.id, fields.call_id, fields.callId), fields);
}

/** `{"data": {"id": …, "type": "calls", "attributes": {…}}}` */
function inJsonApi(document: IDataObject): Payload | undefined {
	const data = opened(document.data);
	if (!data || typeof data.type !== 'string' || !/^calls?$/i.test(data.type)) return undefined;
	const attributes = isObject(data.attributes) ? data.attributes : {};
	return payloadOf(firstId(data.id), { ...without(data, DOCUMENT_KEYS), ...attributes });
}

/** `{"call_id": …}`, `{"call": 7}` */
function inCallId(document: IDataObject): Payload | undefined {
	const id = firstId(document.call_id, document.callId, document.call);
	return payloadOf(id, without(document, ENVELOPE_KEYS));
}

/** `{"data": {"call": …}}`, `{"payload": "{…}"}` */
function inEnvelope({ data, payload }: IDataObject, envelopes: number): Payload | undefined {
	for (const value of envelopes > 0 ? [payload, data] : []) {
		const inner = opened(value);
		// With a type, it is another resource.
		const found =
			inner && !('type' in inner && value === data) ? findCall(inner, envelopes - 1) : undefined;
		if (found) return found;
	}
	return undefined;
}

/** `{"id": …}`, unless it is the id of the envelope: that names an event, and holds something else than a call's fields. */
function byItself(document: IDataObject): Payload | undefined {
	const { id, ...rest } = document;
	const namesEvent = [document.event, document.type].some((name) => typeof name === 'string');
	const holdsMore = Object.entries(rest).some(
		([key, value]) => !CALL_NESTS.includes(key) && typeof value === 'object' && value !== null,
	);
	const isCall = CALL_FIELDS.some((field) => field in document);
	if (namesEvent && holdsMore && !isCall) return undefined;
	return payloadOf(firstId(id), without(document, ENVELOPE_KEYS));
}

function payloadOf(id: string | number | undefined, fields: IDataObject): Payload | undefined {
	if (id === undefined) return undefined;
	return { callId: String(id), event: undefined, fields: { ...fields, id } };
}

function without(object: IDataObject, keys: string[]): IDataObject {
	return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Ids come as numbers or as text. A number that JavaScript has rounded may be the id of another call. */
function firstId(...values: unknown[]): string | number | undefined {
	for (const value of values) {
		if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
		if (typeof value === 'string' && isIdText(value.trim())) return value.trim();
	}
	return undefined;
}

/** What a JSON:API document says of itself, not of the call. */
const DOCUMENT_KEYS = ['type', 'attributes', 'relationships', 'links', 'meta'];

/** Where payloads name their event. */
const EVENT_KEYS = ['event', 'type', 'name'];

/** What stands around a call, not in it. */
const ENVELOPE_KEYS = [...EVENT_KEYS, 'call', 'data', 'payload'];

/** Fields that only a call has (help centre, calls). */
const CALL_FIELDS = ['ended_at', 'filter_id', 'outcome'];

/** Fields of a call that hold more than one value: the form's own, and what may be told beside an id of it. */
const CALL_NESTS = ['custom_fields_data', 'filter', 'recording', 'user'];

function namedEvent(document: IDataObject): CallEvent | undefined {
	for (const key of EVENT_KEYS) {
		const name = document[key];
		const event = typeof name === 'string' ? eventNamed(name) : undefined;
		if (event) return event;
	}
	return undefined;
}
