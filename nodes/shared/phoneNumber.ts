/** The digits of a phone number; none of what is neither text nor a number. */
export function digitsOf(phoneNumber: unknown): string {
	const isWritten = ['string', 'number', 'bigint'].includes(typeof phoneNumber);
	return isWritten ? String(phoneNumber).replace(/\D/g, '') : '';
}

/** `(0)` behind a country code is dialled within the country only; but of an Italian number the 0 is a part. */
const ZERO_WITHIN_COUNTRY = /^([\s(]*(?:\+|00)\s*(?!39)\d[^(]*)\(0\)/;

/**
 * A phone number in the one form that all its spellings have in common: its digits, without the 00 that stands in front
 * of a country code as a plus does, and without the `(0)` that stands behind one.
 */
export function canonicalNumber(phoneNumber: unknown): string {
	const dialled =
		typeof phoneNumber === 'string' ? phoneNumber.replace(ZERO_WITHIN_COUNTRY, '$1') : phoneNumber;
	return digitsOf(dialled).replace(/^00/, '');
}
