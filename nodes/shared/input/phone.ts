import { digitsOf } from '../phoneNumber';
import {
	anyText,
	asDigits,
	invalid,
	shown,
	shownCharacter,
	valid,
	type Check,
	type Invalid,
} from './checks';

/** How many digits a phone number has: 15 at most (ITU-T E.164). */
const LEAST_DIGITS = 7;
const MOST_DIGITS = 15;

/** Behind so many digits, a few more in brackets or behind a slash are another ending of the number. */
const DIGITS_BEFORE_ENDING = 9;
const MOST_DIGITS_OF_ENDING = 4;

const ADVICE = 'Enter it with its country code, e.g. +49 30 1234567.';
const ALONE =
	'Enter the number alone, without a name or an extension, and with its country code, e.g. +49 30 1234567.';

/** Blanks and dashes other than the usual ones, and what cannot be seen. */
const OTHER_SEPARATOR = /[\p{C}\p{Z}\p{Pd}]/u;
const WITHOUT_SEPARATORS =
	'It comes along when a number is copied from a page or a contact: type the number by hand, or take out all blanks and dashes with {{ $json.phone.replace(/[\\p{C}\\p{Z}\\p{Pd}]/gu, "") }}.';

/** A phone number, sent as typed and trimmed; a number of a spreadsheet, without the fraction that it may have got there. */
export const aPhoneNumber: Check<string> = (given) => {
	const typed = asDigits(given);
	if (typed === undefined || typed === '')
		return invalid(`needs a phone number, but ${shown(given)} was found`, ADVICE);
	const text = withoutFraction(typed);
	return doubtIn(text) ?? valid(text);
};

/** A number as a spreadsheet has it, `4930.0`; a point elsewhere sets groups off. */
export function withoutFraction(text: string): string {
	return text.replace(/^(\+?\d+)[.,]00?$/, '$1');
}

/** Why nobody knows whom a text would ring, if nobody does. */
function doubtIn(text: string): { ok: false; error: Invalid } | undefined {
	// Dialled as one, two numbers ring a stranger.
	if (isTwoNumbers(text)) {
		return invalid(
			`needs one number, but there are two numbers in ${shown(text)}`,
			'Enter one of them. To call both, make an item of each before this node.',
		);
	}
	if (hasEndingToChoose(text)) {
		return invalid(
			`needs one number, but ${shown(text)} has an ending to choose from`,
			'Enter one number: the ending that is meant in place of the other, or behind the number without brackets and slash.',
		);
	}
	const strange = /[^0-9 +()\-./]/u.exec(text);
	if (strange) {
		return invalid(
			`may hold digits, spaces and + ( ) - . / only, but ${shownCharacter(strange[0])} was found in ${shown(text)}`,
			OTHER_SEPARATOR.test(strange[0]) ? WITHOUT_SEPARATORS : ALONE,
		);
	}
	if (/\d{7}\.(?:\d\d?|0+)$/.test(text)) {
		return invalid(
			`needs whole digits, but ${shown(text)} ends like a fraction`,
			'Format the column of the spreadsheet as text, and enter the number there as it is dialled.',
		);
	}
	if (!/^[^\d+]*\+?[^+]*$/.test(text))
		return invalid(`may have a "+" in front only, but ${shown(text)} was found`, ADVICE);
	const digits = digitsOf(text).length;
	if (digits >= LEAST_DIGITS && digits <= MOST_DIGITS) return undefined;
	return invalid(
		`needs ${LEAST_DIGITS} to ${MOST_DIGITS} digits, but ${shown(text)} has ${digits}`,
		ADVICE,
	);
}

function isTwoNumbers(text: string): boolean {
	return [...text.matchAll(/[/,;]/g)].some(
		({ index }) =>
			digitsOf(text.slice(0, index)).length >= LEAST_DIGITS &&
			digitsOf(text.slice(index)).length >= LEAST_DIGITS,
	);
}

/** `+1 555 123 4567 / 4568` and `+49 30 1234567 (89)`, but not `+49 33731/12345`, where a town's code comes first. */
function hasEndingToChoose(text: string): boolean {
	return [...text.matchAll(/[/(]([^/()]*)/g)].some(({ index, 1: ending }) => {
		const digits = digitsOf(ending).length;
		const before = digitsOf(text.slice(0, index)).length;
		return before >= DIGITS_BEFORE_ENDING && digits > 0 && digits <= MOST_DIGITS_OF_ENDING;
	});
}

/** Digits to look for; none if nothing was entered. */
export const somePhoneDigits: Check<string> = (given) => {
	const checked = anyText(given);
	if (!checked.ok) return checked;
	const digits = digitsOf(withoutFraction(asDigits(given) ?? ''));
	return digits || checked.value === ''
		? valid(digits)
		: invalid(
				`needs digits to look for, but ${shown(given)} was found`,
				'Enter part of a number, e.g. 4930.',
			);
};

/** The credential's "Test Phone Number", which may be left empty: then there is none. */
export const aTestPhone: Check<string | undefined> = (given) =>
	typeof given === 'string' && given.trim() === '' ? valid(undefined) : aPhoneNumber(given);
