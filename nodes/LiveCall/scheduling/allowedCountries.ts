import { eachOf, entriesIn, invalid, shown, valid, type Check } from '../../shared/input/checks';
import { aPhoneNumber, withoutFraction } from '../../shared/input/phone';
import { callingCodeOf, internationalDigits } from './countries';

const ADVICE = 'Enter calling codes, separated by commas, e.g. +48, +49.';

/** What sets calling codes off in a text: commas, semicolons, lines, or blanks before a `+` or `00`. */
const SEPARATOR = /[,;\n]+|\s+(?=\+|00)/;

/**
 * The calling codes of the countries in which people may be rung, in a text or a list. There is at least one: who says
 * which countries does not mean all.
 * @returns their digits, without `+` or `00` in front
 */
export const someCallingCodes: Check<string[]> = (given) => {
	const codes = eachOf(entriesIn(given ?? [], SEPARATOR), aCallingCode);
	return !codes.ok || codes.value.length > 0
		? codes
		: invalid(
				'needs at least one calling code, but nothing was found',
				`${ADVICE} To allow all countries, remove the option.`,
			);
};

const aCallingCode: Check<string> = (given) => {
	const text = withoutFraction(String(given).trim());
	const digits = text.replace(/^(?:\+|00)/, '').replace(/[\s().-]/g, '');
	return /^[1-9]\d{0,14}$/.test(digits) && callingCodeOf(digits) !== undefined
		? valid(digits)
		: invalid(`needs calling codes of countries, but ${shown(given)} was found`, ADVICE);
};

/**
 * A phone number of an allowed country.
 * @param allowed see {@link someCallingCodes}; `undefined` for all countries, and numbers without a country code
 */
export function aPhoneNumberOf(allowed: string[] | undefined): Check<string> {
	return (given) => {
		const checked = aPhoneNumber(given);
		if (!checked.ok || allowed === undefined) return checked;
		const digits = internationalDigits(checked.value);
		if (digits !== undefined && allowed.some((code) => digits.startsWith(code))) return checked;
		const codes = allowed.map((code) => `+${code}`).join(', ');
		return invalid(
			digits === undefined
				? `needs a country code, since only ${codes} may be called, but ${shown(checked.value)} was found`
				: `needs to begin with one of ${codes}, but ${shown(checked.value)} was found`,
			'Check the number. Which countries may be called stands in "Allowed Countries" in the options.',
		);
	};
}
