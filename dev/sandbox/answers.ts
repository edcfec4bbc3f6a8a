import { STATUS_CODES } from 'node:http';

/** What a host has to say to a request, before any fault gets hold of it. */
export interface Answer {
	status: number;
	headers: Record<string, string>;
	/** How many bytes the body has. */
	length: number;
	/** Gives the body's bytes, from the beginning, each time it is called. */
	chunks: () => Iterable<Buffer>;
}

/** An answer whose body is a value as JSON. */
export function jsonAnswer(
	status: number,
	value: unknown,
	headers: Record<string, string> = {},
): Answer {
	return textAnswer(status, JSON.stringify(value), 'application/json; charset=utf-8', headers);
}

/** An answer whose body is a text, or bytes, of the given type. */
export function textAnswer(
	status: number,
	text: string | Buffer,
	contentType: string,
	headers: Record<string, string> = {},
): Answer {
	const bytes = typeof text === 'string' ? Buffer.from(text) : text;
	return {
		status,
		headers: { 'Content-Type': contentType, ...headers },
		length: bytes.length,
		chunks: () => [bytes],
	};
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers: Record<string, string> = {}): Answer {
	return { status, headers, length: 0, chunks: () => [] };
}

/** What Rails sends in JSON for a failure that it has no words for. */
export function failureAnswer(status: number, headers: Record<string, string> = {}): Answer {
	return jsonAnswer(status, { status, error: STATUS_CODES[status] ?? 'Error' }, headers);
}

/** The page that a proxy in front of LiveCall would show. */
export function htmlAnswer(status: number): Answer {
	const title = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
	return textAnswer(
		status,
		`<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
		'text/html; charset=utf-8',
	);
}

/** Whether a status says that the request was carried out. */
export function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}
