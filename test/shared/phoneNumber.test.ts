import fc from 'fast-check';
import { keyFor } from '../../nodes/shared/input/keys';
import { canonicalNumber, digitsOf } from '../../nodes/shared/phoneNumber';

const SPELLINGS = [
	'+48 123 123 123',
	'+48123123123',
	'0048 123 123 123',
	'48123123123',
	'(+48) 123-123.123',
	'+48 (0)123 123 123',
	'0048(0)123123123',
	'(+48) (0)123 123 123',
];

describe('one phone number in several spellings', () => {
	it('has one canonical form', () => {
		expect(new Set(SPELLINGS.map(canonicalNumber))).toEqual(new Set(['48123123123']));
		expect(canonicalNumber(48123123123)).toBe('48123123123');
	});

	it.each(['', undefined, null, true, {}, ['48123123123']])('is not found in %p', (given) => {
		expect(digitsOf(given)).toBe('');
		expect(canonicalNumber(given)).toBe('');
	});

	it('is not another number', () => {
		expect(canonicalNumber('+39 (0)6 1234567')).toBe('39061234567');
		expect(canonicalNumber('(0)123 123 123')).toBe('0123123123');
		expect(canonicalNumber('0123123123')).toBe('0123123123');
		const digits = fc.stringMatching(/^[1-9]\d{6,14}$/);
		fc.assert(
			fc.property(digits, digits, (one, other) => {
				expect(canonicalNumber(one) === canonicalNumber(`00${other}`)).toBe(one === other);
			}),
			{ seed: 48 },
		);
	});

	it('is one key', () => {
		const keys = SPELLINGS.flatMap((key) => SPELLINGS.map((number) => keyFor(key, number)));
		expect(new Set(keys).size).toBe(1);
	});

	it.each(['lead-48123123123', '48123123124', '48123123123 Ada', 'lead'])(
		'leaves a key alone that is something else: %s',
		(key) => {
			expect(keyFor(key, '+48 123 123 123')).toBe(key);
		},
	);
});
