import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import type { JsonObject } from '../../../dev/json';
import { LOOPBACK } from '../../../dev/listen';

/** A mail server that keeps what it is sent. */
export interface Mailbox {
	/** What n8n's SMTP credential holds for it. */
	credential: JsonObject;
	/** The messages, each with its headers, as plain text. */
	mails: string[];
	stop(): Promise<void>;
}

/** Starts it on a free port of loopback. It knows as much of SMTP (RFC 5321) as sending a message takes. */
export async function startMailbox(): Promise<Mailbox> {
	const mails: string[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		converse(socket, (mail) => mails.push(mail));
	});
	server.listen(0, LOOPBACK);
	await once(server, 'listening');
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	return {
		credential: { host: LOOPBACK, port, secure: false, disableStartTls: true },
		mails,
		stop: async () => {
			const closed = once(server, 'close');
			server.close();
			sockets.forEach((socket) => socket.destroy());
			await closed;
		},
	};
}

function converse(socket: Socket, keep: (mail: string) => void): void {
	let waiting = '';
	let mail: string[] | undefined;
	const answer = (line: string) => socket.write(`${line}\r\n`);
	answer('220 mailbox');
	socket.setEncoding('utf8').on('data', (text) => {
		const lines = (waiting + text).split('\r\n');
		waiting = lines.pop() ?? '';
		for (const line of lines) {
			if (mail === undefined) {
				if (/^DATA/i.test(line)) mail = [];
				answer(/^DATA/i.test(line) ? '354 go on' : /^QUIT/i.test(line) ? '221 bye' : '250 OK');
			} else if (line === '.') {
				keep(mail.join('\n'));
				mail = undefined;
				answer('250 kept');
			} else {
				mail.push(line);
			}
		}
	});
}
