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

/** Why an answer is none, in words. */
interface Unfit {
	/** What it came without. */
	missing: string;
	/** Set if it is about another one than was asked: what it is about. */
	another?: string;
}

/** Reads the answer to a request: the value in it, or why there is none. */
export type Reader<T> = (answer: unknown) => Result<T, Unfit>;

/** A reading that found no usable answer. @param what the part that is missing, in words */
export function missing(what: string): { ok: false; error: Unfit } {
	return { ok: false, error: { missing: what } };
}

/**
 * Reads an answer that has to be about what was asked: with another ID it is the answer to another question. Ids are
 * compared by their text, since they are numbers or strings.
 * @param what what the ID is of, in words
 * @param asked the ID that was asked for
 * @param idOf where the answer has it; an answer without it says nothing of it
 * @param part in front of `what`, if only a part of that was asked for
 */
export function about<T>(
	what: string,
	asked: string,
	read: Reader<T>,
	idOf: (value: T) => unknown,
	part = '',
): Reader<T> {
	return (answer) => {
		const reading = read(answer);
		const id = reading.ok ? idOf(reading.value) : undefined;
		if (!isId(id) || String(id) === asked) return reading;
		const error = { missing: `${part}${what} "${asked}"`, another: `${part}another ${what}` };
		return { ok: false, error };
	};
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
 * @param wrapper where the resource is, if the answer has it
 */
export function undocumented(wrapper: string): Reader<Resource | undefined> {
	return (answer) => {
		if (saysNo(answer, wrapper)) return missing('a confirmation');
		const value = isObject(answer) ? answer[wrapper] : undefined;
		return { ok: true, value: isResource(value) ? value : undefined };
	};
}

/** Where answers say how it went: yes or no, a word, or the status that the answer should have had. */
const FLAGS = ['success', 'ok', 'deleted'];
const WORDS = ['status', 'result'];
const CODES = ['status', 'code'];

const NO = /^\s*(?:false|no|0)\s*$/i;
const FAILED = /^\s*(?:false|errors?|fail(?:ed|ure)?)\b/i;
const CODE_OF_FAILURE = /^\s*[45]\d\d\b/;

/** Whether an answer says that nothing came of the request, whatever its status; a "message" may be a good one. */
function saysNo(answer: unknown, wrapper: string): boolean {
	if (!isObject(answer)) return reads(NO, answer) || reads(FAILED, answer);
	return (
		FLAGS.some((key) => reads(NO, answer[key])) ||
		WORDS.some((key) => reads(FAILED, answer[key])) ||
		CODES.some((key) => reads(CODE_OF_FAILURE, answer[key])) ||
		hasErrors(answer) ||
		Object.entries(answer).some(
			([key, inner]) =>
				// What a resource says of itself is not how it went, but for what Rails adds if it was not stored.
				isObject(inner) && (key === wrapper ? hasErrors(inner) : saysNo(inner, wrapper)),
		)
	);
}

function reads(pattern: RegExp, value: unknown): boolean {
	return ['string', 'number', 'boolean'].includes(typeof value) && pattern.test(String(value));
}

function hasErrors({ error, errors }: IDataObject): boolean {
	return isSaid(error) || isSaid(errors);
}

/** Whether there is anything in a field: `null`, `[]`, `{"base": []}` and "false" are nothing. */
function isSaid(value: unknown): boolean {
	return typeof value === 'object' && value !== null
		? Object.values(value).some(isSaid)
		: Boolean(value) && !reads(NO, value);
}
