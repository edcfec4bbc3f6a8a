import { shown, type Invalid } from './checks';
import { isNothing, valueOf } from './empty';

/** Texts that no field is meant to hold. */
const MISTAKEN = [
	{
		// Braces, or n8n's name of the input in front.
		pattern: /\{\{|^\s*\$(?:json|input|node|item|fromAI)\b|^\s*\$\(/,
		found: 'holds an expression that was entered as plain text',
		advice:
			'Choose "Expression" above the field; in a workflow written as JSON, put "=" in front. If the text comes from the input, correct it in the node that makes it.',
	},
	{
		pattern: /\[object [A-Z]\w*\]/,
		found: 'holds a whole object instead of one field of it',
		advice:
			'End the expression with the field that is meant, such as {{ $json.contact.name }} in place of {{ $json.contact }}.',
	},
];

/**
 * Finds a text that was not meant: an expression that was entered as plain text, or an object that became text. n8n keeps a
 * field "Fixed" when an expression is pasted over a value, and in a workflow that is written as JSON the "=" in front is
 * easily forgotten. It would be sent as it is, the same for all items.
 * @param given what any field holds
 * @returns `undefined` when it holds none
 */
export function mistakenText(given: unknown): Invalid | undefined {
	const value = valueOf(given);
	const texts = [value].flat().filter((text) => typeof text === 'string');
	for (const { pattern, found, advice } of MISTAKEN) {
		const mistaken = texts.find((text) => pattern.test(text));
		if (mistaken !== undefined) return { found: `${found}: ${shown(mistaken)}`, advice };
	}
	return undefined;
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
	const found =
		typeof value === 'string'
			? `was added, but ${shown(value)} was found, a word that stands for nothing`
			: 'was added, but its expression finds nothing';
	const advice = 'Check the expression against the input, or remove the field.';
	return { found, advice: `${advice} ${otherwise}`.trim() };
}
