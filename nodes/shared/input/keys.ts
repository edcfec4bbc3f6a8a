import { canonicalNumber } from '../phoneNumber';
import { invalid, rounded, shown, someText, type Check } from './checks';
import { aPhoneNumber } from './phone';

/** Characters that nobody sees, of which the same key may have other ones elsewhere. */
const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * What an expression leaves in a key when it finds nothing, in JavaScript's spelling: with a delimiter on either side, but
 * not in an address such as null@example.com.
 */
const MISSING_PART = /(?<![\p{L}\p{N}.@])(?:undefined|null|NaN)(?![\p{L}\p{N}.@])/u;

/** What becomes of an object, or of a date that is none, when it is made into text. */
const NO_VALUE = /\[object [^\]]*\]|Invalid Date/i;

/**
 * A key that tells an item apart, in one Unicode form (NFC) and without characters that nobody sees. One that would be the
 * same for all items whose data are missing is refused.
 */
export const aKey: Check<string> = (given) => {
	const text =
		rounded(given, 'a key') ?? someText(typeof given === 'string' ? inOneForm(given) : given);
	if (!text.ok) return text;
	const missing = MISSING_PART.exec(text.value) ?? NO_VALUE.exec(text.value);
	if (!missing) return text;
	return invalid(
		`needs a key for each item, but in ${shown(text.value)} the part ${shown(missing[0])} stands for nothing`,
		'Check the expression against the input: what it looks for is not there, or is an object of which one field is meant.',
	);
};

function inOneForm(text: string): string {
	return text.replace(INVISIBLE, '').normalize('NFC').trim();
}

/**
 * A key in the form in which it is compared: one that is the item's own phone number is the same in any spelling.
 * @param key as {@link aKey} gives it
 * @param phoneNumber whom the item calls
 */
export function keyFor(key: string, phoneNumber: string): string {
	const number = canonicalNumber(phoneNumber);
	const written = aPhoneNumber(key);
	return written.ok && canonicalNumber(written.value) === number ? number : key;
}
