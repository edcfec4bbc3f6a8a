import http from 'node:http';
import type { Duplex } from 'node:stream';

/** A host that takes connections where encryption is expected, and does not speak it. */
export class PlainHost {
	/** How many connections it has taken. */
	accepted = 0;
	/** Its address, as one that is encrypted. */
	url = '';

	private readonly server = http.createServer();

	/** @param answer called with each connection on which something arrives that is no plain request */
	constructor(answer: (socket: Duplex) => void) {
		this.server.on('connection', () => this.accepted++);
		this.server.on('clientError', (_, socket) => answer(socket));
	}

	async start(): Promise<void> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		const address = this.server.address();
		this.url = `https://localhost:${typeof address === 'object' ? address?.port : address}`;
	}

	stop(): void {
		this.server.close();
	}
}
