import { digitsOf } from '../phoneNumber';
import { anyText, asDigits, invalid, shown, shownCharacter, valid, type Check } from './checks';

/** How many digits a phone number has: 15 at most (ITU-T E.164). */
const LEAST_DIGITS = 7;
const MOST_DIGITS = 15;

/** A phone number, sent as typed and trimmed. */
export const aPhoneNumber: Check<string> = (given) => {
	const text = asDigits(given);
	const advice = 'Enter it with its country code, e.g. +49 30 1234567.';
	if (text === undefined || text === '')
		return invalid(`needs a phone number, but ${shown(given)} was found`, advice);
	// Dialled as one, two numbers ring a stranger.
	const hasTwo = [...text.matchAll(/[/,;]/g)].some(
		({ index }) =>
			digitsOf(text.slice(0, index)).length >= LEAST_DIGITS &&
			digitsOf(text.slice(index)).length >= LEAST_DIGITS,
	);
	if (hasTwo) {
		return invalid(
			`needs one number, but there are two numbers in ${shown(text)}`,
			'Enter one of them. To call both, make an item of each before this node.',
		);
	}
	const strange = /[^0-9 +()\-./]/u.exec(text);
	if (strange) {
		return invalid(
			`may hold digits, spaces and + ( ) - . / only, but ${shownCharacter(strange[0])} was found in ${shown(text)}`,
			advice,
		);
	}
	if (!/^[^\d+]*\+?[^+]*$/.test(text))
		return invalid(`may have a "+" in front only, but ${shown(text)} was found`, advice);
	const digits = digitsOf(text).length;
	return digits >= LEAST_DIGITS && digits <= MOST_DIGITS
		? valid(text)
		: invalid(
				`needs ${LEAST_DIGITS} to ${MOST_DIGITS} digits, but ${shown(text)} has ${digits}`,
				advice,
			);
};

/** Digits to look for; none where nothing was entered. */
export const somePhoneDigits: Check<string> = (given) => {
	const checked = anyText(given);
	if (!checked.ok) return checked;
	const digits = digitsOf(given);
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
