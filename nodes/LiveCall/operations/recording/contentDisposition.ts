/**
 * Reads the file's name from the header Content-Disposition (RFC 6266), in whichever encoding a host has put it there.
 * @param header as Node.js gives it: each byte that was sent as one character
 * @returns the name as the host gives it, with folders, if any; empty if there is none
 */
export function nameIn(header: string): string {
	const parameters = parametersOf(header);
	const name = fromExtended(parameters.get('filename*') ?? '');
	return name ?? fromPlain(parameters.get('filename') ?? '');
}

/** The first word, "attachment" or "inline", has no "=" and is passed over; some hosts leave it out. */
function parametersOf(header: string): Map<string, string> {
	const parameters = new Map<string, string>();
	const each = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))/g;
	for (const [, name = '', quoted, unquoted = ''] of `;${header}`.matchAll(each)) {
		const value = quoted?.replace(/\\(.)/g, '$1') ?? unquoted.trim();
		if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
	}
	return parameters;
}

/** The extended form names its encoding (RFC 8187): `UTF-8'de'gespr%C3%A4ch.wav`. */
function fromExtended(value: string): string | undefined {
	const [, encoding, escaped] = /^(?:([\w-]+)'[^']*')?(.*)$/.exec(value) ?? [];
	return escaped ? decoded(bytesOf(escaped, '%'), encoding ?? 'utf-8') : undefined;
}

/**
 * The plain form is ASCII by the book. Hosts put UTF-8 or Latin-1 there as it is, UTF-8 with its bytes escaped, or the
 * form of e-mail headers (RFC 2047); browsers read all of these.
 */
function fromPlain(value: string): string {
	if (value.startsWith('=?')) return fromEncodedWords(value);
	const bytes = bytesOf(value, '%');
	// What is no UTF-8 is taken for Latin-1, of which each byte is one character.
	return decoded(bytes, 'utf-8') ?? bytes;
}

function fromEncodedWords(value: string): string {
	// Only spaces between two encoded words do not count (RFC 2047, section 6.2).
	const each = /=\?([\w-]+)\?([bq])\?([^?]*)\?=(?:\s+(?==\?))?/gi;
	return value.replace(each, (whole, encoding: string, form: string, text: string) => {
		const bytes =
			form.toLowerCase() === 'b'
				? Buffer.from(text, 'base64').toString('latin1')
				: bytesOf(text.replace(/_/g, ' '), '=');
		return decoded(bytes, encoding) ?? whole;
	});
}

/** Puts bytes in place of `%C3` or `=C3`. */
function bytesOf(text: string, mark: '%' | '='): string {
	return text.replace(new RegExp(`${mark}([0-9a-f]{2})`, 'gi'), (_, code: string) =>
		String.fromCharCode(parseInt(code, 16)),
	);
}

/**
 * @param bytes each as one character
 * @returns `undefined` if the bytes are no text of that encoding, or nobody knows it
 */
function decoded(bytes: string, encoding: string): string | undefined {
	try {
		return new TextDecoder(encoding, { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
	} catch {
		return undefined;
	}
}
