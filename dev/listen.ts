import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

/** The only address that anything here listens on. */
export const LOOPBACK = '127.0.0.1';

/** A server that is listening. */
export interface Listening {
	port: number;
	/** `http://127.0.0.1:<port>`, without a slash at the end. */
	origin: string;
	/** Stops listening and closes every connection, whatever it is doing. Does no harm a second time. */
	close: () => Promise<void>;
}

/** Listens on loopback. Takes a port, or 0 for any free one; rejects as node does where it is taken. */
export async function listen(listener: RequestListener, wanted: number): Promise<Listening> {
	const server = createServer(listener);
	server.listen(wanted, LOOPBACK);
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The server has no port');
	const { port } = address;
	return {
		port,
		origin: `http://${LOOPBACK}:${port}`,
		close: async () => {
			await new Promise<void>((resolve) => {
				// The error that it may give says that it is closed already.
				server.close(() => resolve());
				server.closeAllConnections();
			});
		},
	};
}
