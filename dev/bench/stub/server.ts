/**
 * A stand-in for LiveCall that costs as little as can be: plain node:http in a process of its own, so
 * that what is measured is n8n. Started by `startStub`; it ends when its standard input is closed.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { at, parseJson } from '../../json';
import { EASY_PLAN, STUB_KEY, userName, userPhone, type StubCounts, type StubPlan } from './plan';

const LOOPBACK = '127.0.0.1';

/** The piece in which recordings are sent. */
const PIECE = Buffer.alloc(256 * 1024, 'livecall');

interface StubUser {
	id: number;
	name: string;
	phone_number: string;
}

const NOTHING_SEEN: StubCounts = {
	socketsAtOnce: 0,
	sockets: 0,
	calls: 0,
	links: 0,
	recordings: 0,
	lists: 0,
	writes: 0,
	refused: 0,
	mistaken: 0,
	spanMs: 0,
};

let plan: StubPlan = EASY_PLAN;
let counts: StubCounts = { ...NOTHING_SEEN };
let users: StubUser[] = [];
/** Connections that may be open; those that the stub has closed itself are taken out when the next one comes. */
const sockets = new Set<Socket>();
let firstAt = 0;
let tokens = 0;
let filledAt = 0;

function setPlan(next: StubPlan): void {
	plan = next;
	counts = { ...NOTHING_SEEN };
	users = Array.from({ length: plan.users }, (_, index) => {
		const id = index + 1;
		return { id, name: userName(id), phone_number: userPhone(id) };
	});
	firstAt = 0;
	tokens = plan.perSecond;
	filledAt = performance.now();
}

/** Takes a request out of the bucket, which holds a second's worth; gives how many seconds to wait where it is empty. */
function take(): number {
	if (plan.perSecond === 0) return 0;
	const now = performance.now();
	tokens = Math.min(plan.perSecond, tokens + ((now - filledAt) / 1000) * plan.perSecond);
	filledAt = now;
	if (tokens < 1) return Math.max(1, Math.ceil((1 - tokens) / plan.perSecond));
	tokens--;
	return 0;
}

function send(response: ServerResponse, status: number, body: object, retryAfter?: number): void {
	const text = JSON.stringify(body);
	response.writeHead(status, {
		'content-type': 'application/json; charset=utf-8',
		'content-length': Buffer.byteLength(text),
		...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
	});
	response.end(text);
}

/** A call with exactly the fields that LiveCall documents. */
function call(id: string): object {
	return {
		id: Number(id),
		status: 'ended',
		outcome: 'successful',
		user_id: 456,
		filter_id: 789,
		phone_number: '+49 30 1234567',
		scheduled_for: null,
		created_at: '2026-01-15T10:00:00+01:00',
		initiated_at: '2026-01-15T10:00:05+01:00',
		started_at: '2026-01-15T10:00:15+01:00',
		ended_at: '2026-01-15T10:05:30+01:00',
		duration: 315,
		custom_fields_data: { name: 'Nathan Miller', company: 'Example Ltd' },
	};
}

function sendRecording(response: ServerResponse): void {
	let left = plan.recordingBytes;
	response.writeHead(200, {
		'content-type': 'audio/wav',
		'content-length': left,
		'content-disposition': 'attachment; filename="recording.wav"',
	});
	const more = () => {
		while (left > 0) {
			const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
			left -= piece.length;
			if (!response.write(piece)) {
				response.once('drain', more);
				return;
			}
		}
		response.end();
	};
	response.once('finish', () => counts.recordings++);
	more();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	request.setEncoding('utf8');
	let text = '';
	for await (const piece of request) text += String(piece);
	return text;
}

async function write(request: IncomingMessage, response: ServerResponse, id: number | undefined) {
	const body = parseJson(await bodyOf(request));
	const name = at(body, 'user', 'name');
	const phone = at(body, 'user', 'phone_number');
	const known = id === undefined ? undefined : users.find((user) => user.id === id);
	if (id !== undefined && !known) {
		counts.mistaken++;
		send(response, 404, { error: 'Not found' });
		return;
	}
	const user = known ?? { id: users.length + 1, name: '', phone_number: '' };
	if (!known) users.push(user);
	if (typeof name === 'string') user.name = name;
	if (typeof phone === 'string') user.phone_number = phone;
	counts.writes++;
	send(response, known ? 200 : 201, { user });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
	firstAt ||= performance.now();
	response.once('close', () => {
		counts.spanMs = performance.now() - firstAt;
	});
	const { method, url = '' } = request;
	if (method === 'GET' && url.startsWith('/files/')) {
		sendRecording(response);
		return;
	}
	if (request.headers.authorization !== `Token token=${STUB_KEY}`) {
		counts.mistaken++;
		send(response, 401, { error: 'Unauthorized' });
		return;
	}
	const wait = take();
	if (wait > 0) {
		counts.refused++;
		send(response, 429, { error: 'Too many requests' }, wait);
		return;
	}
	const [, , resource, id, part] = url.split('/');
	if (method === 'GET' && resource === 'calls' && id && part === 'recording') {
		counts.links++;
		const link = `http://${request.headers.host ?? ''}/files/${id}`;
		send(response, 200, { recording: { id: Number(id), call_id: Number(id), url: link } });
	} else if (method === 'GET' && resource === 'calls' && id) {
		counts.calls++;
		if (plan.delayMs === 0) send(response, 200, { call: call(id) });
		else setTimeout(() => send(response, 200, { call: call(id) }), plan.delayMs);
	} else if (method === 'GET' && resource === 'users') {
		counts.lists++;
		send(response, 200, { users });
	} else if (method === 'POST' && resource === 'users') {
		await write(request, response, undefined);
	} else if (method === 'PATCH' && resource === 'users') {
		await write(request, response, Number(id));
	} else {
		counts.mistaken++;
		send(response, 404, { error: 'Not found' });
	}
}

/** Reads a plan; a field that is missing keeps its easy value. */
async function planOf(request: IncomingMessage): Promise<StubPlan> {
	const body = parseJson(await bodyOf(request));
	const number = (name: keyof StubPlan) => {
		const value = at(body, name);
		return typeof value === 'number' ? value : EASY_PLAN[name];
	};
	return {
		delayMs: number('delayMs'),
		perSecond: number('perSecond'),
		recordingBytes: number('recordingBytes'),
		users: number('users'),
	};
}

/** `POST` sets the plan and forgets what was seen; `GET` tells what was seen. */
async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
	if (request.method === 'POST') setPlan(await planOf(request));
	send(response, 200, counts);
}

async function listen(server: Server): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, LOOPBACK, 4096, resolve));
	const address: AddressInfo | string | null = server.address();
	return typeof address === 'object' && address !== null ? address.port : 0;
}

function serve(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
	return createServer((request, response) => {
		handle(request, response).catch((error: unknown) => {
			console.error(error);
			response.destroy();
		});
	});
}

async function main(): Promise<void> {
	const api = serve(answer);
	api.on('connection', (socket) => {
		counts.sockets++;
		// Node tells of a closed connection later than of the one that was opened because of it.
		for (const other of sockets) if (other.destroyed) sockets.delete(other);
		sockets.add(socket);
		counts.socketsAtOnce = Math.max(counts.socketsAtOnce, sockets.size);
	});
	setPlan(EASY_PLAN);
	const ports = { api: await listen(api), control: await listen(serve(control)) };
	console.log(JSON.stringify(ports));
	process.stdin.once('end', () => process.exit()).resume();
}

void main();
