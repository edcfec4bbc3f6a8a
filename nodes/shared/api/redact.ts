/** What stands in the place of a secret. */
const REDACTED = '***';

/** Shorter secrets stand in ordinary words: they are taken out as they are, and only if they stand alone. */
const SHORT = 4;

/**
 * Takes secrets out of a text, in whatever form they are told: as they are, percent-, HTML- or JSON-escaped (also more
 * than once), in base64, in hex, in another case, and as a field's name, which may have other separators. Also the
 * tokens of recording links: these are not known beforehand, but look alike.
 * A text must not be cut before: what is left of a secret would not be found.
 * @param secrets in any order; the list is not to change
 */
export function redact(text: string, secrets: string[]): string {
	return patternsOf(secrets)
		.reduce((clean, pattern) => clean.replace(pattern, REDACTED), text)
		.replace(LINK_TOKEN, `$1${REDACTED}`)
		.replace(JSON_WEB_TOKEN, REDACTED);
}

/** LiveCall's links end in `?token=<JWT>` (help centre, recordings). */
const LINK_TOKEN = /(token(?:=|%(?:25)*3d|&#61;|&equals;|\\+u003d))[^\s"'&<>]+/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** Making the patterns takes a millisecond, and a run may have thousands of items that fail. */
const made = new WeakMap<string[], RegExp[]>();

function patternsOf(secrets: string[]): RegExp[] {
	const kept = made.get(secrets);
	if (kept) return kept;
	// The longest first: one may be a part of another.
	const longestFirst = secrets
		.filter((secret) => secret !== '')
		.sort((one, other) => other.length - one.length);
	const patterns = longestFirst.map(patternOf);
	made.set(secrets, patterns);
	return patterns;
}

function patternOf(secret: string): RegExp {
	if (secret.length < SHORT) {
		return new RegExp(`(?<![\\p{L}\\p{N}])${spelled(secret, literal)}(?![\\p{L}\\p{N}])`, 'gu');
	}
	const bytes = Buffer.from(secret);
	const encoded = [0, 1, 2].map((before) => spelled(base64At(bytes, before), inBase64));
	const forms = [spelled(secret, inAnyForm), bytes.toString('hex'), ...encoded.map(withEdges)];
	return new RegExp(forms.join('|'), 'giu');
}

function spelled(text: string, spell: (part: string) => string): string {
	// Escaping doubles backslashes. A row of them is one part: of several, each could take the others' (and time).
	return (text.match(/\\+|[^\\]/gu) ?? []).map(spell).join('');
}

/** The characters of a text's base64 that depend on nothing but the text, with so many bytes before it. */
function base64At(bytes: Buffer, before: number): string {
	const bits = 8 * (before + bytes.length);
	const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
	return encoded.slice(Math.ceil((8 * before) / 6), Math.floor(bits / 6));
}

/** The characters at both ends have bits of the text, too. */
function withEdges(core: string): string {
	return `[A-Za-z0-9+/_-]?${core}[A-Za-z0-9+/_-]?(?:=|%3d){0,2}`;
}

/** `+` and `/` are `-` and `_` in base64url. */
function inBase64(character: string): string {
	const other = { '+': '-', '/': '_' }[character];
	return other === undefined ? literal(character) : `(?:${inAnyForm(character)}|${other})`;
}

/**
 * A pattern for all spellings of a character, or of a row of backslashes. Escapes come first: what they begin with may
 * be the character itself, as in `&#38;`.
 */
function inAnyForm(part: string): string {
	const escaped = [...part].map(escapes).join('');
	if (part.startsWith('\\')) return `(?:${escaped}|\\\\{${part.length},${4 * part.length}})`;
	if (/[\p{L}\p{N}]/u.test(part)) return `(?:${escaped}|${literal(part)})`;
	// Names of fields are written with other separators, and a mark may have a name in HTML.
	const separator = /[_\-. ]/.test(part) ? '|[_\\-.+\\s]' : '';
	return `(?:${escaped}|${AMPERSAND}[a-z]{2,8};|\\\\{0,3}${literal(part)}${separator})`;
}

/** `&`, escaped again or not. */
const AMPERSAND = '&(?:amp;){0,3}';

/** A pattern for the escapes of a character: percent, HTML by number, JSON and JavaScript. */
function escapes(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	const hex = code.toString(16);
	const percent = [...Buffer.from(character)]
		.map((byte) => `%(?:25){0,3}${byte.toString(16).padStart(2, '0')}`)
		.join('');
	const units = Array.from(
		{ length: character.length },
		(_, index) => `\\\\{1,4}u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
	).join('');
	const short = code < 256 ? `|\\\\{1,4}x${hex.padStart(2, '0')}` : '';
	return `(?:${percent}|${AMPERSAND}#(?:0{0,4}${code}|x0{0,4}${hex});?|${units}${short})`;
}

function literal(part: string): string {
	return [...part].map((character) => `\\u{${character.codePointAt(0)?.toString(16)}}`).join('');
}
