import { isObject } from '../json';
import { redact } from './redact';

/** Where the usual forms have their messages. */
const REASON_KEYS = ['errors', 'error', 'message', 'messages'];

/** Fields that accompany a message but tell a person nothing. */
const BESIDE_THE_REASON = /^(status|code|source|id|type|links|meta)$/;

/** How much of LiveCall's words is shown. */
const MOST_REASONS = 10;
const LONGEST_REASON = 200;

/**
 * Flattens LiveCall's own words out of an error's body, whichever of the usual forms it has:
 * `{"errors": {"field": ["is invalid"]}}`, `{"errors": ["…"]}`, `{"error": "…"}`, `{"message": "…"}`; else whatever
 * text there is: `{"field": ["is invalid"]}`, `["…"]`, `"…"`, or text that is not JSON.
 * @param body the parsed body, or the text of one that is no JSON
 * @param secrets what is redacted if LiveCall repeats it
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
	const different = [...new Set(reasons)].slice(0, MOST_REASONS);
	return different.map((reason) => redact(reason, secrets).slice(0, LONGEST_REASON));
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
