/** The pages of LiveCall's dashboard whose address names an id: target groups and users (help centre, calls). */
export type Page = 'targeting' | 'users';

/** LiveCall's ids, as a pattern without anchors: 1 to 64 letters, digits, `-` or `_`. */
const ID = '[A-Za-z0-9_-]{1,64}';

const WHOLE_ID = new RegExp(`^${ID}$`);

/** Whether a text is an id of LiveCall. */
export function isIdText(text: string): boolean {
	return WHOLE_ID.test(text) && !isNothingAsText(text);
}

/** Whether a text is what becomes of a value that is not there, when JavaScript or Python makes it into text. */
export function isNothingAsText(text: string): boolean {
	return /^(?:nan|none|null|undefined)$/i.test(text);
}

/**
 * The address of an edit page.
 * @param id `ID` in an address that stands for all of them
 */
export function editPage(page: Page, id: string): string {
	return `https://app.livecall.io/${page}/${encodeURIComponent(id)}/edit`;
}

/** Matches the address of an edit page, blanks around it allowed, with the id as its only group. */
export function editPagePattern(page: Page): string {
	return `^\\s*https?:\\/\\/app\\.livecall\\.io\\/${page}\\/(${ID})\\/edit\\/?(?:[?#].*)?\\s*$`;
}

/** The id in the address of an edit page; `undefined` when the text is no such address. */
export function idIn(address: string, page: Page): string | undefined {
	const id = new RegExp(editPagePattern(page), 'i').exec(address)?.[1];
	return id !== undefined && isIdText(id) ? id : undefined;
}
