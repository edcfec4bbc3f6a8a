import { canonicalNumber } from '../phoneNumber';
import { rounded, someText, type Check } from './checks';
import { aPhoneNumber } from './phone';

/** A key that tells an item apart. */
export const aKey: Check<string> = (given) => rounded(given, 'a key') ?? someText(given);

/**
 * A key in the form in which it is compared: one that is the item's own phone number is the same in any spelling.
 * @param key as {@link aKey} gives it
 * @param phoneNumber whom the item calls
 */
export function keyFor(key: string, phoneNumber: string): string {
	const number = canonicalNumber(phoneNumber);
	return aPhoneNumber(key).ok && canonicalNumber(key) === number ? number : key;
}
