/** The extensions of recordings, each with the types in which hosts send them; the first is the usual one. */
const RECORDINGS: Array<[extension: string, ...types: string[]]> = [
	['3gp', 'audio/3gpp', 'video/3gpp'],
	['aac', 'audio/aac', 'audio/aacp', 'audio/x-aac'],
	['aif', 'audio/aiff', 'audio/x-aiff'],
	['amr', 'audio/amr'],
	['au', 'audio/basic'],
	['flac', 'audio/flac', 'audio/x-flac'],
	['gsm', 'audio/gsm', 'audio/x-gsm'],
	['m4a', 'audio/mp4', 'audio/m4a', 'audio/x-m4a'],
	['mp3', 'audio/mpeg', 'audio/mp3', 'audio/mpeg3', 'audio/mpg', 'audio/x-mp3', 'audio/x-mpeg'],
	['mp4', 'video/mp4'],
	['ogg', 'audio/ogg', 'application/ogg', 'audio/vorbis', 'audio/x-ogg'],
	['opus', 'audio/opus'],
	['wav', 'audio/wav', 'audio/vnd.wave', 'audio/wave', 'audio/x-pn-wav', 'audio/x-wav'],
	['webm', 'audio/webm', 'video/webm'],
	['wma', 'audio/x-ms-wma'],
];

const EXTENSION_OF = new Map(
	RECORDINGS.flatMap(([extension, ...types]) => types.map((type) => [type, extension])),
);
const TYPE_OF = new Map(RECORDINGS.map(([extension, type]) => [extension, type]));

const BINARY = 'application/octet-stream';

/** Names that hosts give to bytes of which they do not know the type. */
const UNKNOWN_TYPES = new Set([
	BINARY,
	'application/binary',
	'application/download',
	'application/force-download',
	'application/unknown',
	'application/x-download',
	'application/x-octet-stream',
	'binary/octet-stream',
]);

/**
 * The type of a recording without its parameters. One that neither the host nor the file's name tells is binary: n8n
 * would take the file for text (n8n 2.41, `prepareBinaryData`).
 * @param contentType the header, as the host sent it
 * @param fileName tells the type if the host does not know it
 */
export function mimeTypeOf(contentType: string, fileName: string): string {
	const type = typeIn(contentType);
	if (type !== undefined) return type;
	const extension = /\.(\w+)$/.exec(fileName)?.[1]?.toLowerCase() ?? '';
	return TYPE_OF.get(extension) ?? BINARY;
}

/** The extension of a type of recordings, with its dot; empty if none is known. */
export function extensionFor(contentType: string): string {
	const extension = EXTENSION_OF.get(typeIn(contentType) ?? '');
	return extension === undefined ? '' : `.${extension}`;
}

/** Words that tell a type of text for programs, such as `application/vnd.api+json`, of pages or of lists of files. */
const TEXT =
	/\b(?:json5?|ndjson|jsonl|xml|ya?ml|(?:java|ecma|type)script|graphql|sql|urlencoded|pdf|mpegurl|scpls)\b/;

/** Whether a file of this type may be a recording: sound, film or bytes, and no page, text, data or picture. */
export function mayBeRecording(contentType: string): boolean {
	const type = typeIn(contentType);
	return type === undefined || (/^(?:audio|video|application)\//.test(type) && !TEXT.test(type));
}

/** The type that a header names, of at most 127 characters on either side (RFC 6838); `undefined` if the host does not know it. */
function typeIn(contentType: string): string | undefined {
	const type = contentType.replace(/;.*/s, '').trim().toLowerCase();
	return /^[\w.+-]{1,127}\/[\w.+-]{1,127}$/.test(type) && !UNKNOWN_TYPES.has(type)
		? type
		: undefined;
}
