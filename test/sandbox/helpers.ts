import http from 'node:http';

import { startSandbox, type Sandbox, type SandboxOptions } from '../../dev/sandbox';
import { at, isJsonObject, tryParseJson, type Json } from '../../dev/json';
import { listen } from '../../dev/listen';

const running: Array<() => Promise<void>> = [];

/** Starts a sandbox whose calls do not move by themselves, unless told otherwise; `stopAll` ends it. */
export async function sandboxWith(options: SandboxOptions = {}): Promise<Sandbox> {
	const sandbox = await startSandbox({ stageMs: 0, ...options });
	running.push(async () => await sandbox.stop());
	return sandbox;
}

/** Stops every sandbox and receiver of the test. */
export async function stopAll(): Promise<void> {
	await Promise.all(running.splice(0).map(async (stop) => await stop()));
}

/** A clock that stands still until it is moved. */
export function stoppedClock(start = Date.UTC(2026, 6, 17, 12, 43, 38, 586)) {
	let at = start;
	return {
		now: () => at,
		/** Moves it on by so many ms. */
		pass: (ms: number) => {
			at += ms;
		},
	};
}

/** What a client got: the status, the headers, the body as text and as JSON. */
export interface Got {
	status: number;
	headers: Record<string, string>;
	text: string;
	json: Json | undefined;
	/** A property at a path of the JSON: `at('call', 'id')`. */
	at: (...path: string[]) => Json | undefined;
}

/** Makes a request as the docs ask for it; `headers` are added, and undefined takes one away. */
export async function ask(
	sandbox: Pick<Sandbox, 'apiUrl' | 'apiKey'>,
	method: string,
	path: string,
	body?: unknown,
	headers: Record<string, string | undefined> = {},
): Promise<Got> {
	const wanted = new Headers({
		Authorization: `Token token=${sandbox.apiKey}`,
		'Content-Type': 'application/json',
	});
	for (const [name, value] of Object.entries(headers)) {
		if (value === undefined) wanted.delete(name);
		else wanted.set(name, value);
	}
	return await fetchText(`${sandbox.apiUrl}${path}`, {
		method,
		headers: wanted,
		body: bytes(body),
		redirect: 'manual',
	});
}

/** A body without a type of its own: fetch would add a Content-Type to a string. */
function bytes(body: unknown): Uint8Array<ArrayBuffer> | undefined {
	if (body === undefined) return undefined;
	return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Fetches any address. */
export async function fetchText(url: string, init?: RequestInit): Promise<Got> {
	const response = await fetch(url, init);
	const text = await response.text();
	const json = tryParseJson(text);
	return {
		status: response.status,
		headers: Object.fromEntries(response.headers),
		text,
		json,
		at: (...path) => at(json, ...path),
	};
}

/** Fetches an address as bytes. */
export async function fetchBytes(url: string): Promise<Buffer> {
	return Buffer.from(await (await fetch(url)).arrayBuffer());
}

/** What a plain node client saw of one answer. */
interface Heard {
	status?: number;
	announced?: number;
	received: number;
	/** The code of the error that ended it, or `silence` where nothing came for a while. */
	failure?: string;
}

/** Makes a GET with plain node; gives up after `patienceMs` without a byte. */
export async function listenTo(
	url: string,
	headers: Record<string, string> = {},
	patienceMs = 2_000,
): Promise<Heard> {
	return await new Promise((resolve) => {
		const heard: Heard = { received: 0 };
		const finish = (failure?: string) => {
			resolve(failure === undefined ? heard : { ...heard, failure });
			request.destroy();
		};
		const request = http.get(url, { headers, agent: false, timeout: patienceMs }, (response) => {
			heard.status = response.statusCode;
			heard.announced = Number(response.headers['content-length']);
			response.on('data', (chunk: Buffer) => {
				heard.received += chunk.length;
			});
			response.on('end', () => finish());
			response.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
		});
		request.on('timeout', () => finish('silence'));
		request.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
	});
}

/** Begins a download and reads none of it. Gives the announced size in bytes, and how to end it. */
export async function openDownload(url: string) {
	return await new Promise<{ announced: number; close: () => void }>((resolve, reject) => {
		const request = http.get(url, { agent: false }, (response) => {
			response.on('error', () => undefined);
			const announced = Number(response.headers['content-length']);
			resolve({ announced, close: () => request.destroy() });
		});
		request.on('error', reject);
	});
}

/** Takes what a failed fetch threw; gives the code of the network error, `ECONNRESET` for example. */
export function codeOf(error: unknown): string | undefined {
	// Errors from fetch are not instances of the Error that jest gives to tests.
	if (typeof error !== 'object' || error === null) return undefined;
	if ('cause' in error && error.cause) return codeOf(error.cause);
	return 'code' in error ? String(error.code) : undefined;
}

/** The headers that the docs ask for. */
export function headersFor(sandbox: Sandbox): Record<string, string> {
	return {
		Authorization: `Token token=${sandbox.apiKey}`,
		'Content-Type': 'application/json',
	};
}

/** Waits until something is so, and fails with what it was about when that takes too long. */
export async function until(
	what: string,
	isSo: () => boolean | Promise<boolean>,
	withinMs = 5000,
): Promise<void> {
	const deadline = Date.now() + withinMs;
	while (!(await isSo())) {
		if (Date.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain: ${what}`);
		await pause(5);
	}
}

/** Waits for so many ms. */
export async function pause(ms: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Starts a server that takes deliveries and answers them with a status and a text. `stopAll` ends it. */
export async function receiverOf(status = 200, text = '') {
	const received: Array<{ contentType: string | undefined; body: string }> = [];
	const { origin, close: stop } = await listen((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks).toString();
			received.push({ contentType: request.headers['content-type'], body });
			response.writeHead(status).end(text);
		});
	}, 0);
	running.push(stop);
	return { url: `${origin}/hook`, received, stop };
}

/** The names of a JSON object's fields, sorted. */
export function fieldsOf(value: unknown): string[] {
	return isJsonObject(value) ? Object.keys(value).sort() : [];
}
