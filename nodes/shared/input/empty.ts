import { isNothingAsText } from '../ids';
import { isObject } from '../json';
import { valid, type Check } from './checks';

/** What stands for nothing: an empty cell, a locator without a choice, or a word that a language model says for it. */
export function isEmpty(given: unknown): boolean {
	if (isObject(given) && 'mode' in given && 'value' in given) return isEmpty(given.value);
	if (typeof given !== 'string')
		return given === undefined || given === null || Number.isNaN(given);
	const text = given.trim();
	return text === '' || isNothingAsText(text);
}

/** As another check, for a field that may be left empty. */
export function ifGiven<T>(check: Check<T>): Check<T | undefined> {
	return (given) => (isEmpty(given) ? valid(undefined) : check(given));
}
