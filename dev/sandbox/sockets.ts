import http, { type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A server that is listening. */
export interface Listening {
	/** `http://127.0.0.1:<port>`, without a slash at the end. */
	origin: string;
	/** Stops listening and closes every connection, whatever it is doing. Does no harm a second time. */
	close: () => Promise<void>;
}

/** Listens on loopback. Takes a port, or 0 for any free one; rejects as node does where it is taken. */
export async function listen(listener: RequestListener, port: number): Promise<Listening> {
	const server = http.createServer(listener);
	const sockets = new Set<Socket>();
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			server.removeListener('error', reject);
			resolve();
		});
	});
	return {
		origin: `http://127.0.0.1:${portOf(server.address())}`,
		close: async () => {
			await new Promise<void>((resolve) => {
				// The error that it may give says that it is closed already.
				server.close(() => resolve());
				sockets.forEach((socket) => socket.destroy());
			});
		},
	};
}

function portOf(address: AddressInfo | string | null): number {
	if (address === null || typeof address === 'string') throw new Error('The server has no port');
	return address.port;
}
