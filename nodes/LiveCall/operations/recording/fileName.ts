import { redact } from '../../../shared/api/redact';
import { nameIn } from './contentDisposition';
import { extensionFor } from './mimeType';

/** How long a name may be on most file systems, in bytes. */
const LONGEST_NAME = 255;

/**
 * The name under which a recording is kept: the one asked for, else the host's, else one made of the call's id. A host
 * may name the file by its link, whose token stays out of items.
 * @param wanted from the options
 * @param contentDisposition the header, as the host sent it
 * @param contentType the header, as the host sent it
 */
export function fileNameOf(
	wanted: string,
	contentDisposition: string,
	contentType: string,
	callId: string,
): string {
	const name =
		clean(withoutSlashes(wanted)) ||
		clean(withoutFolders(redact(nameIn(contentDisposition), []))) ||
		`call-${callId}${extensionFor(contentType)}`;
	return shortened(name);
}

/** A slash that a person types belongs to the name, as in a date: "11/26/2026 call.mp3". */
function withoutSlashes(name: string): string {
	return name.replace(/^(?:\.*[/\\])+/, '').replace(/[/\\]/g, '-');
}

/** What stands before a slash in a name from another host is a folder, where nothing of that host's belongs. */
function withoutFolders(name: string): string {
	return name.split(/[/\\]/).pop() ?? '';
}

/** Without control characters, those that turn the direction of writing, and what some file system does not take. */
function clean(name: string): string {
	const cleaned = name
		.replace(/:/g, '-')
		.replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069<>"|?*]/gu, '')
		.trim();
	return /^\.*$/.test(cleaned) ? '' : cleaned;
}

/** A name that file systems take: shortened, if need be, before its extension. */
function shortened(name: string): string {
	const extension = /\.\w{1,8}$/.exec(name)?.[0] ?? '';
	const stem = name.slice(0, name.length - extension.length);
	const characters = [...stem].slice(0, LONGEST_NAME);
	const whole = () => characters.join('') + extension;
	while (Buffer.byteLength(whole()) > LONGEST_NAME) characters.pop();
	return whole();
}
