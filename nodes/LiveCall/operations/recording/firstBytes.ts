/** How far a file is read to find where its blanks end, in bytes. */
const LONGEST_BLANKS = 65_536;

/** What begins like text, of which more has to come to tell. */
const UNDECIDED = /^(?:<|[{[]\s*)?$/;

/** Whether enough of a file has come for {@link textIn} to tell. */
export function isTelling(bytes: Buffer): boolean {
	const [first = 0] = bytes;
	const mayBeHalfAMark = bytes.length === 1 && first >= 0xfe;
	return bytes.length > LONGEST_BLANKS || !(mayBeHalfAMark || UNDECIDED.test(textOf(bytes)));
}

/**
 * What a file is that begins like a page, XML or JSON, whatever type its host names: a login page or an error.
 * @returns in words; `undefined` if it does not begin like any of these
 */
export function textIn(bytes: Buffer): string | undefined {
	const text = textOf(bytes);
	if (/^<[a-z!?]/i.test(text)) return 'a web page or XML';
	return /^(?:\{\s*"|\[\s*\{)/.test(text) ? 'JSON' : undefined;
}

/** The beginning as text, without byte order mark and blanks. What is no text gives replacement characters. */
function textOf(bytes: Buffer): string {
	const [one, two] = bytes;
	const encoding =
		one === 0xff && two === 0xfe ? 'utf-16le' : one === 0xfe && two === 0xff ? 'utf-16be' : 'utf-8';
	const beginning = bytes.subarray(0, LONGEST_BLANKS);
	// As a stream: half a character at its end is left out.
	return new TextDecoder(encoding).decode(beginning, { stream: true }).trimStart();
}
