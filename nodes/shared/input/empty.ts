import { isNothingAsText } from '../ids';
import { isObject } from '../json';
import { valid, type Check } from './checks';

/** The label of the option that says what a field means that was added, and that the data leave empty. */
export const IF_EMPTY = 'When an Added Field Is Empty';

/**
 * Whether an expression has found nothing: JavaScript's and JSON's values for that, or what becomes of them as text, which
 * a language model writes as well. A list that holds nothing else is none.
 */
export function isNothing(given: unknown): boolean {
	const value = valueOf(given);
	if (Array.isArray(value)) return value.length > 0 && value.every(isNothing);
	if (typeof value === 'string') return isNothingAsText(value.trim());
	return value === undefined || value === null || Number.isNaN(value);
}

/** What stands for nothing: what {@link isNothing}, an empty cell, or a locator without a choice. */
export function isEmpty(given: unknown): boolean {
	const value = valueOf(given);
	return isNothing(value) || (typeof value === 'string' && value.trim() === '');
}

/** As another check, for a field that may be left empty. */
export function ifGiven<T>(check: Check<T>): Check<T | undefined> {
	return (given) => (isEmpty(given) ? valid(undefined) : check(given));
}

/** What a person has entered in a field: a locator holds the way in which it was entered, too. */
export function valueOf(given: unknown): unknown {
	return isObject(given) && 'mode' in given && 'value' in given ? given.value : given;
}
