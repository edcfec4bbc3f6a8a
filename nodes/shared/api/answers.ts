import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../json';
import type { Result } from '../result';

/** A resource as LiveCall sends it: any fields, with an id. */
export type Resource = IDataObject & { id: string | number };

/** Ids are numbers in some of LiveCall's answers and documented as strings in others (LiveCall's help centre, calls). */
export function isId(value: unknown): value is string | number {
	return (
		(typeof value === 'string' && value !== '') ||
		(typeof value === 'number' && Number.isFinite(value))
	);
}

/** Whether a value is a resource: an object with an ID. */
export function isResource(value: unknown): value is Resource {
	return isObject(value) && isId(value.id);
}

/** What a reader finds in an answer: the value, or which part is missing, in words. */
export type Reading<T> = Result<T, string>;

/** Reads the answer to a request. */
export type Reader<T> = (answer: unknown) => Reading<T>;

/** A reading that found no usable answer. @param what the part that is missing, in words */
export function missing(what: string): { ok: false; error: string } {
	return { ok: false, error: what };
}

/** Reads `{"<wrapper>": {"id": …}}`, the form of all of LiveCall's single answers. */
export function wrapped(wrapper: string): Reader<Resource> {
	return (answer) => {
		const value = isObject(answer) ? answer[wrapper] : undefined;
		return isResource(value) ? { ok: true, value } : missing(`"${wrapper}" with an "id"`);
	};
}

/** Reads `{"<wrapper>": [{"id": …}, …]}`, the form of LiveCall's lists. */
export function wrappedList(wrapper: string): Reader<Resource[]> {
	return (answer) => {
		const value: unknown = isObject(answer) ? answer[wrapper] : undefined;
		if (!Array.isArray(value)) return missing(`the list "${wrapper}"`);
		const resources = value.filter(isResource);
		return resources.length === value.length
			? { ok: true, value: resources }
			: missing(`an "id" in each of "${wrapper}"`);
	};
}

/**
 * Reads an answer of which LiveCall documents nothing: any success is one, unless it says the contrary.
 * @param read takes what can be used out of the answer
 */
export function undocumented<T>(read: (answer: unknown) => T): Reader<T> {
	return (answer) =>
		saysNo(answer) ? missing('a confirmation') : { ok: true, value: read(answer) };
}

/** Whether an answer says that nothing came of the request, whatever its status; a "message" may be a good one. */
function saysNo(answer: unknown): boolean {
	if (!isObject(answer)) return answer === false;
	const { success, ok, status, error, errors } = answer;
	return success === false || ok === false || status === 'error' || isSaid(error) || isSaid(errors);
}

/** Whether there is anything in a field: `null`, `[]` and `{"base": []}` are nothing. */
function isSaid(value: unknown): boolean {
	return typeof value === 'object' && value !== null
		? Object.values(value).some(isSaid)
		: Boolean(value);
}

/** Where the usual forms have their messages. */
const REASON_KEYS = ['errors', 'error', 'message', 'messages'];

/** Fields that accompany a message but tell a person nothing. */
const BESIDE_THE_REASON = /^(status|code|source|id|type|links|meta)$/;

/**
 * Flattens LiveCall's own words out of an error's body, whichever of the usual forms it has:
 * `{"errors": {"field": ["is invalid"]}}`, `{"errors": ["…"]}`, `{"error": "…"}`, `{"message": "…"}`; else whatever
 * text there is: `{"field": ["is invalid"]}`, `["…"]`, `"…"`, or text that is not JSON.
 * @param body the parsed body, or the text of one that is no JSON
 * @param secrets what is redacted out, where LiveCall repeats what it was sent
 * @returns at most ten messages of at most 200 characters
 */
export function reasonsIn(body: unknown, secrets: string[]): string[] {
	const named = namedIn(body);
	return shownOf(named.length > 0 ? named : flatten(body), secrets);
}

/** As {@link reasonsIn}, but only what stands where the usual forms have their messages. */
export function namedReasonsIn(body: unknown, secrets: string[]): string[] {
	return shownOf(namedIn(body), secrets);
}

function namedIn(body: unknown): string[] {
	return isObject(body) ? REASON_KEYS.flatMap((key) => flatten(body[key])) : [];
}

function shownOf(reasons: string[], secrets: string[]): string[] {
	const different = [...new Set(reasons)].slice(0, 10);
	return different.map((reason) => redacted(reason, secrets).slice(0, 200));
}

/** A text without secrets; the tokens of recording links are not known beforehand, but look like this. */
function redacted(text: string, secrets: string[]): string {
	return secrets
		.reduce((clean, secret) => clean.split(secret).join('***'), text)
		.replace(/(token=)[^\s"'&]+/gi, '$1***');
}

function flatten(value: unknown): string[] {
	if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
	if (Array.isArray(value)) return value.flatMap(flatten);
	if (!isObject(value)) return [];
	return Object.entries(value).flatMap(([field, inner]) => {
		if (!Array.isArray(inner) && BESIDE_THE_REASON.test(field)) return [];
		const reasons = flatten(inner);
		return /^(message|detail|details|title|base|full_messages)$/.test(field)
			? reasons
			: reasons.map((reason) => `${field.replace(/_/g, ' ')} ${reason}`);
	});
}
