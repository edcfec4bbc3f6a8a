/**
 * Whether a value is one of LiveCall's words, such as a status or an outcome. The case does not count: LiveCall
 * documents one value of each (help centre, calls and filters), and other versions of an API tend to write `Ended`.
 * @param word in small letters
 */
export function isWord(value: unknown, word: string): boolean {
	return typeof value === 'string' && value.trim().toLowerCase() === word;
}
