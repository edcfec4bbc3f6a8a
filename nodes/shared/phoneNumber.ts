/** The digits of a phone number; none of what is neither text nor a number. */
export function digitsOf(phoneNumber: unknown): string {
	const isWritten = ['string', 'number', 'bigint'].includes(typeof phoneNumber);
	return isWritten ? String(phoneNumber).replace(/\D/g, '') : '';
}

/**
 * A phone number in the one form that all its spellings have in common: its digits, without the 00 that stands in front
 * of a country code as a plus does.
 */
export function canonicalNumber(phoneNumber: unknown): string {
	return digitsOf(phoneNumber).replace(/^00/, '');
}
