import { editPage, idIn, isIdText, isNothingAsText, type Page } from '../ids';
import { isObject } from '../json';
import type { Result } from '../result';

/** What is wrong with a parameter. */
export interface Invalid {
	/** What is found, in words that follow the field's name. */
	found: string;
	/** What to do about it. */
	advice: string;
}

/** A check of one parameter, which gives the form in which it is used: pure, and run before LiveCall is asked anything. */
export type Check<T> = (given: unknown) => Result<T, Invalid>;

/** A parameter that is right, in the form in which it is used. */
export function valid<T>(value: T): { ok: true; value: T } {
	return { ok: true, value };
}

/** A parameter that is wrong. @param found follows the field's name */
export function invalid(found: string, advice: string): { ok: false; error: Invalid } {
	return { ok: false, error: { found, advice } };
}

/** What is wrong with a field of a group, told of the group. */
export function inGroup(label: string, { found, advice }: Invalid): Invalid {
	return { found: `has a field "${label}" that ${found}`, advice };
}

/** Shows a value in a message, shortened; what cannot be seen in it is named by its code. */
export function shown(given: unknown): string {
	if (given === undefined || given === null || given === '' || Number.isNaN(given)) {
		return 'nothing';
	}
	const written = typeof given === 'object' ? asJson(given) : String(given);
	const text = written.replace(UNSEEN, (character) => `[${codeOf(character)}]`);
	return `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`;
}

/** What contains itself cannot be JSON, and an expression may give it. */
function asJson(given: object): string {
	try {
		return JSON.stringify(given) ?? String(given);
	} catch {
		return String(given);
	}
}

/** Characters that cannot be seen, as copying from a web page or an address book brings along, and blanks but the usual one. */
const UNSEEN = /(?! )[\p{C}\p{Z}]/gu;

function codeOf(character: string): string {
	const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
	return `U+${code}`;
}

export function shownCharacter(character: string): string {
	return character.replace(UNSEEN, '') === ''
		? `an invisible character (${codeOf(character)})`
		: shown(character);
}

/** Text as typed, trimmed; a number, as spreadsheets give it, is taken as text. */
export function asText(given: unknown): string | undefined {
	if (typeof given === 'string') return given.trim();
	if (typeof given === 'bigint') return String(given);
	return typeof given === 'number' && Number.isFinite(given) ? String(given) : undefined;
}

/** Like {@link asText}, but takes no number that cannot be an id or a phone number: negative, fractional, or too large to be exact. */
export function asDigits(given: unknown): string | undefined {
	const isCount = typeof given !== 'number' || (Number.isSafeInteger(given) && given >= 0);
	return isCount ? asText(given) : undefined;
}

/** What is wrong with a number that JavaScript has rounded: another one may have become the same. */
export function rounded(given: unknown, what: string): { ok: false; error: Invalid } | undefined {
	return typeof given === 'number' && Math.abs(given) > Number.MAX_SAFE_INTEGER
		? invalid(
				`needs ${what} that is exact, but ${shown(given)} was found, a number with too many digits to be kept`,
				'Give it as text.',
			)
		: undefined;
}

/** An id of LiveCall: 1 to 64 letters, digits, `-` or `_`. */
export const anId: Check<string> = (given) =>
	checkedId(given, 'Enter the ID alone, without the address around it, e.g. 123.');

/** @param insteadOfAddress what to do if an address was entered */
function checkedId(given: unknown, insteadOfAddress: string): Result<string, Invalid> {
	const inexact = rounded(given, 'an ID');
	if (inexact) return inexact;
	const text = asDigits(given);
	if (text !== undefined && isNothingAsText(text)) {
		return invalid(
			`needs an ID, but ${shown(given)} was found, a word that stands for nothing`,
			'Check the expression against the input: what it looks for is not there.',
		);
	}
	if (text !== undefined && isIdText(text)) return valid(text);
	const unseen = /\p{C}/u.exec(text ?? '');
	const found = unseen
		? `${shownCharacter(unseen[0])} was found in ${shown(given)}`
		: `${shown(given)} was found`;
	return invalid(
		`needs an ID of 1 to 64 letters, digits, "-" or "_", but ${found}`,
		text?.includes('://')
			? insteadOfAddress
			: 'Enter the ID alone, e.g. 123. An expression that finds nothing gives nothing: check it against the input.',
	);
}

/** What to do with an address in a locator that asks for an ID. */
const BY_URL_FIRST = 'To paste an address, choose "By URL" first.';

/**
 * A resource locator: an id chosen from a list or typed, or the address of a page of LiveCall's dashboard.
 * @param page the part of the address before the id: `targeting` or `users` (help centre, calls)
 */
export function aLocator(page: Page): Check<string> {
	return (given) => {
		if (!isObject(given) || !('mode' in given)) return checkedId(given, BY_URL_FIRST);
		if (given.mode === 'list' && given.value === '') {
			return invalid(
				'needs a choice from the list, but nothing was found',
				'Choose one, or remove the field if it was added.',
			);
		}
		if (given.mode !== 'url') return checkedId(given.value, BY_URL_FIRST);
		const id = idIn(asText(given.value) ?? '', page);
		if (id !== undefined) return valid(id);
		return invalid(
			`needs the address of an edit page, but ${shown(given.value)} was found`,
			`Open it in LiveCall and copy the address from the browser: ${editPage(page, 'ID')}.`,
		);
	};
}

/** Text normalized for comparison: Unicode NFC, lower case. */
export function normalized(text: unknown): string {
	return String(text ?? '')
		.normalize()
		.toLowerCase();
}

/** Text that is not empty, trimmed. */
export const someText: Check<string> = (given) => {
	const text = asText(given);
	return text && !isNothingAsText(text)
		? valid(text)
		: invalid(
				`needs some text, but ${shown(given)} was found`,
				'Fill it in, or check the expression against the input.',
			);
};

/** Text that may be left empty, trimmed. */
export const anyText: Check<string> = (given) =>
	typeof given === 'object' && given !== null
		? invalid(
				`needs some text, but ${shown(given)} was found`,
				'Check the expression: it finds a list or an object, of which one field is meant.',
			)
		: valid(asText(given) ?? '');

/**
 * A number within bounds.
 * @param unit what it counts, for the message
 */
export function aNumber(unit: string, least: number, most: number, whole = false): Check<number> {
	return (given) => {
		const text = asText(given);
		const value = text ? Number(text) : NaN;
		if (value >= least && value <= most && (!whole || Number.isInteger(value))) return valid(value);
		const bounds = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
		return invalid(
			`needs a ${whole ? 'whole ' : ''}number ${bounds} (${unit}), but ${shown(given)} was found`,
			'Enter such a number; an option can also be removed, to use its default.',
		);
	};
}

/** What an expression may give for a switch: not every database or form has true and false. */
const ON: unknown[] = [true, 'true', 1, '1'];
const OFF: unknown[] = [false, 'false', 0, '0'];

/** A switch. */
export const aSwitch: Check<boolean> = (given) => {
	const value = typeof given === 'string' ? given.trim().toLowerCase() : given;
	if (ON.includes(value)) return valid(true);
	if (OFF.includes(value)) return valid(false);
	return invalid(
		`needs true or false, but ${shown(given)} was found`,
		'Switch it on or off, or check the expression against the input.',
	);
};

/**
 * The entries of a list, and of texts that hold several.
 * @param separator what sets them off in a text: commas, semicolons, blanks or lines
 */
export function entriesIn(given: unknown, separator = /[\s,;]+/): unknown[] {
	if (Array.isArray(given)) return given.flatMap((inner) => entriesIn(inner, separator));
	if (typeof given !== 'string') return [given];
	return given.split(separator).filter((entry) => entry.trim() !== '');
}

/** Checks each of several entries. @returns each value once, or what is wrong with the first entry that is wrong */
export function eachOf<T>(entries: unknown[], check: Check<T>): Result<T[], Invalid> {
	const values = new Set<T>();
	for (const entry of entries) {
		const checked = check(entry);
		if (!checked.ok) return checked;
		values.add(checked.value);
	}
	return valid([...values]);
}

/** One of the values of a dropdown; an expression may give any. */
export function oneOf<T extends string>(...values: T[]): Check<T> {
	return (given) => {
		const value = values.find((known) => known === given);
		return value !== undefined
			? valid(value)
			: invalid(
					`needs one of ${values.join(', ')}, but ${shown(given)} was found`,
					'Choose one from the list.',
				);
	};
}
