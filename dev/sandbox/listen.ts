import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

/** A server that is listening. */
export interface Listening {
	/** `http://127.0.0.1:<port>`, without a slash at the end. */
	origin: string;
	/** Stops listening and closes every connection, whatever it is doing. Does no harm a second time. */
	close: () => Promise<void>;
}

/** Listens on loopback. Takes a port, or 0 for any free one; rejects as node does where it is taken. */
export async function listen(listener: RequestListener, port: number): Promise<Listening> {
	const server = createServer(listener);
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The server has no port');
	return {
		origin: `http://127.0.0.1:${address.port}`,
		close: async () => {
			await new Promise<void>((resolve) => {
				// The error that it may give says that it is closed already.
				server.close(() => resolve());
				server.closeAllConnections();
			});
		},
	};
}
