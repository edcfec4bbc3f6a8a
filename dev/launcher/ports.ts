import { listen } from '../listen';

/** Gives a TCP port that is free on the loopback address at this moment. */
export async function freePort(): Promise<number> {
	return await listenBriefly(0);
}

/**
 * Makes sure that a TCP port can be used.
 * @param purpose what needs it, as a person knows it: "n8n", "The sandbox".
 * @param remedy what to do when it is taken, a whole sentence.
 * @throws Error in plain words when another program has it.
 */
export async function assertPortFree(port: number, purpose: string, remedy: string): Promise<void> {
	try {
		await listenBriefly(port);
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? error.code : undefined;
		const reason =
			code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${String(code)})`;
		throw new Error(`${purpose} cannot start: port ${port} ${reason}. ${remedy}`);
	}
}

/** Listens on a port and lets it go again; 0 means any. Gives the port, throws when it is taken. */
async function listenBriefly(wanted: number): Promise<number> {
	const { port, close } = await listen(() => undefined, wanted);
	await close();
	return port;
}
