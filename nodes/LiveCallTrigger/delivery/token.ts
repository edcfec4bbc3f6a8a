import { createHash, timingSafeEqual } from 'crypto';

/**
 * Whether a delivery carries the token of the credential. Compared in constant time, over hashes, so that neither the
 * content nor the length of the token can be told from how long it takes.
 * @param expected the credential's token; empty when none is asked for, `undefined` when no token is right
 * @param given what came as `?token=` in the address
 */
export function tokenIsRight(expected: string | undefined, given: unknown): boolean {
	if (expected === '') return true;
	if (expected === undefined) return false;
	return typeof given === 'string' && timingSafeEqual(hash(given), hash(expected));
}

function hash(text: string): Buffer {
	return createHash('sha256').update(text, 'utf8').digest();
}
