import http, {
	type IncomingMessage,
	type OutgoingHttpHeaders,
	type ServerResponse,
} from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

/** What a host of recordings answers to one request. */
export type FileAnswer = (response: ServerResponse, request: IncomingMessage) => void;

/** A host that recordings lie on, with whatever manners a test gives it. */
export class FileHost {
	readonly requests: IncomingMessage[] = [];
	/** Its address; any path leads to the same answers. */
	url = '';

	private next: FileAnswer[] = [];
	private standing: FileAnswer = file(Buffer.from('RIFF'));
	private readonly server = http.createServer((request, response) => {
		this.requests.push(request);
		(this.next.shift() ?? this.standing)(response, request);
	});

	async start(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		const address = this.server.address();
		this.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
		return this;
	}

	stop(): void {
		this.server.close();
		this.server.closeAllConnections();
	}

	/** Gives the first answers of these, one a request, and the last one from then on. */
	answers(...answers: FileAnswer[]): void {
		this.requests.length = 0;
		this.next = answers.slice(0, -1);
		this.standing = answers[answers.length - 1];
	}
}

const ENCODED = {
	identity: (bytes: Buffer) => bytes,
	gzip: gzipSync,
	br: brotliCompressSync,
	deflate: deflateSync,
};
export type Encoding = keyof typeof ENCODED;

/** A whole file, with its length announced. */
export function file(bytes: Buffer, headers: OutgoingHttpHeaders = {}, status = 200): FileAnswer {
	return (response) => {
		response.writeHead(status, {
			'Content-Type': 'audio/mpeg',
			'Content-Length': bytes.length,
			...headers,
		});
		response.end(bytes);
	};
}

/** A file that comes in these pieces, each on its own, without its length. */
export function inPieces(pieces: Buffer[]): FileAnswer {
	return (response) => {
		response.writeHead(200, { 'Content-Type': 'audio/mpeg' });
		const [...rest] = pieces;
		const send = () => {
			const piece = rest.shift();
			if (piece) response.write(piece, () => setImmediate(send));
			else response.end();
		};
		send();
	};
}

/** A file that comes piece by piece, and never ends; a decoder is given blocks without anything in them. */
export function withoutEnd(encoding: 'identity' | 'gzip'): FileAnswer {
	const [head, piece] =
		encoding === 'gzip'
			? [gzipSync('').subarray(0, 10), Buffer.from([0, 0, 0, 0xff, 0xff])]
			: [Buffer.from('RIFF'), Buffer.from('x')];
	return (response) => {
		response.writeHead(200, { 'Content-Type': 'audio/mpeg', 'Content-Encoding': encoding });
		response.write(head);
		const timer = setInterval(() => response.write(piece), 10);
		response.on('close', () => clearInterval(timer));
	};
}

/** A file that is encoded on its way, with the length announced of what is sent. */
export function encodedFile(bytes: Buffer, encoding: Encoding): FileAnswer {
	return file(ENCODED[encoding](bytes), { 'Content-Encoding': encoding });
}

/** A status with a short body, as hosts say that there is no file. */
export function status(code: number, headers: OutgoingHttpHeaders = {}): FileAnswer {
	return (response) => {
		response.writeHead(code, { 'Content-Type': 'application/xml', ...headers });
		response.end(code === 204 ? undefined : '<Error><Code>ExpiredToken</Code></Error>');
	};
}

/** Half of a file, and then what is done to the connection. */
export function halfOf(
	bytes: Buffer,
	encoding: Encoding,
	then: 'close' | 'reset' | 'nothing',
	{ isAnnounced = true } = {},
): FileAnswer {
	return (response) => {
		const sent = ENCODED[encoding](bytes);
		response.writeHead(200, {
			'Content-Type': 'audio/mpeg',
			'Content-Encoding': encoding,
			...(isAnnounced ? { 'Content-Length': sent.length } : {}),
		});
		response.write(sent.subarray(0, sent.length / 2), () => {
			if (then === 'close') response.socket?.end();
			if (then === 'reset') response.socket?.resetAndDestroy();
		});
	};
}
