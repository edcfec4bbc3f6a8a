/** Extensions of the types in which recordings are usually sent; n8n would name some of them oddly. */
const EXTENSIONS: Record<string, string> = {
	'audio/3gpp': '3gp',
	'audio/aac': 'aac',
	'audio/amr': 'amr',
	'audio/flac': 'flac',
	'audio/m4a': 'm4a',
	'audio/mp3': 'mp3',
	'audio/mp4': 'm4a',
	'audio/mpeg': 'mp3',
	'audio/ogg': 'ogg',
	'audio/opus': 'opus',
	'audio/vnd.wave': 'wav',
	'audio/wav': 'wav',
	'audio/wave': 'wav',
	'audio/webm': 'webm',
	'audio/x-m4a': 'm4a',
	'audio/x-mp3': 'mp3',
	'audio/x-mpeg': 'mp3',
	'audio/x-wav': 'wav',
	'video/mp4': 'mp4',
	'video/webm': 'webm',
};

/** Some names that hosts give to bytes of which they do not know the type. */
const UNKNOWN_TYPES = new Set([
	'',
	'application/octet-stream',
	'binary/octet-stream',
	'application/x-download',
]);

/**
 * The type of a recording without its parameters.
 * @param fileName tells the type to n8n where the host does not know it, if it has an extension
 * @returns `undefined` where n8n is to look it up by the file's name
 */
export function mimeTypeOf(contentType: string, fileName = ''): string | undefined {
	const type = contentType.split(';')[0].trim().toLowerCase();
	if (!UNKNOWN_TYPES.has(type)) return type;
	return /\.\w+$/.test(fileName) ? undefined : 'application/octet-stream';
}

/**
 * The name under which a recording is kept: the one asked for, else the host's, else one made of the call's id.
 * @param wanted from the options
 * @param contentDisposition the header, as the host sent it
 */
export function fileNameOf(
	wanted: string | undefined,
	contentDisposition: string,
	contentType: string,
	callId: string,
): string {
	const extension = EXTENSIONS[mimeTypeOf(contentType) ?? ''];
	const byDefault = extension ? `call-${callId}.${extension}` : `call-${callId}`;
	return bare(wanted ?? '') || bare(namedIn(contentDisposition)) || byDefault;
}

/** Reads the file's name from the header (RFC 6266); the extended form, which names its encoding, goes first. */
function namedIn(contentDisposition: string): string {
	const extended = /filename\*\s*=\s*UTF-8'[^']*'([^;\s]+)/i.exec(contentDisposition);
	if (extended) {
		try {
			return decodeURIComponent(extended[1]);
		} catch {
			return extended[1];
		}
	}
	const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(contentDisposition);
	return plain ? (plain[1] ?? plain[2] ?? '').replace(/\\(.)/g, '$1') : '';
}

/** A name without folders, control characters and the like: it may come from another host. */
function bare(name: string): string {
	const last = name.split(/[/\\]/).pop() ?? '';
	const clean = last.replace(/[\p{Cc}<>:"|?*]/gu, '').trim();
	return /^\.*$/.test(clean) ? '' : clean.slice(0, 200);
}
