import { invalid, shown, type Invalid } from './checks';
import { isNothing, valueOf } from './empty';

/** What expressions are written with, and no text about a call or a user: braces, or n8n's name of the input in front. */
const EXPRESSION = /\{\{|^\s*\$(?:json|input|node|item|fromAI)\b|^\s*\$\(/;

/**
 * Finds an expression that was entered as plain text: n8n keeps a field "Fixed" when one is pasted over a value, and in a
 * workflow that is written as JSON the "=" in front is easily forgotten. It would be sent as it is, the same for all items.
 * @param given what any field holds
 * @returns `undefined` when it holds none
 */
export function expressionAsText(given: unknown): Invalid | undefined {
	const value = valueOf(given);
	const texts: unknown[] = Array.isArray(value) ? value : [value];
	const found = texts.find((text) => typeof text === 'string' && EXPRESSION.test(text));
	if (found === undefined) return undefined;
	return invalid(
		`holds an expression that was entered as plain text: ${shown(found)}`,
		'Choose "Expression" above the field; in a workflow written as JSON, put "=" in front. If the text comes from the input, correct it in the node that makes it.',
	).error;
}

/**
 * Finds that an expression finds nothing: with the field's default in its place, what a person does not expect would happen.
 * @param given what a field holds that was added
 * @param otherwise what else to do about it than to mend the expression
 * @returns `undefined` when it holds something, or an empty text
 */
export function nothingFound(given: unknown, otherwise: string): Invalid | undefined {
	const value = valueOf(given);
	if (!isNothing(value)) return undefined;
	return invalid(
		typeof value === 'string'
			? `was added, but ${shown(value)} was found, a word that stands for nothing`
			: 'was added, but its expression finds nothing',
		`Check the expression against the input, or remove the field. ${otherwise}`.trim(),
	).error;
}
