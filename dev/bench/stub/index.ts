import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { at, parseJson, type Json } from '../../json';
import { LOOPBACK } from '../../launcher/ports';
import { EASY_PLAN, type StubCounts, type StubPlan } from './plan';

/** The stand-in for LiveCall, running in a process of its own. */
export interface Stub {
	/** Its address without a path and without a trailing slash. */
	origin: string;
	/** The address of its API, as the credential takes it. */
	apiUrl: string;
	/** Says how it is to behave, and has it forget what it has seen. */
	set(plan: Partial<StubPlan>): Promise<void>;
	/** Tells what it has seen since then. */
	counts(): Promise<StubCounts>;
	/** Ends it. */
	stop(): Promise<void>;
}

/**
 * Starts the stub on free ports of the loopback address.
 * @throws Error when it ends before it listens.
 */
export async function startStub(): Promise<Stub> {
	const child = spawn(
		process.execPath,
		['--import', 'tsx', path.join(__dirname, 'server.ts')],
		// It ends when this process does, for whatever reason: then its standard input is closed.
		{ cwd: __dirname, stdio: ['pipe', 'pipe', 'inherit'] },
	);
	const ended = once(child, 'exit');
	const started = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
	const line: unknown = started[0];
	if (typeof line !== 'string') throw new Error('The stub ended before it listened.');
	const ports = parseJson(line);
	const control = `http://${LOOPBACK}:${String(at(ports, 'control'))}`;
	const origin = `http://${LOOPBACK}:${String(at(ports, 'api'))}`;
	return {
		origin,
		apiUrl: `${origin}/v1`,
		set: async (plan) => {
			await fetch(control, { method: 'POST', body: JSON.stringify({ ...EASY_PLAN, ...plan }) });
		},
		counts: async () => readCounts(parseJson(await (await fetch(control)).text())),
		stop: async () => {
			child.stdin.end();
			await ended;
		},
	};
}

function readCounts(answer: Json): StubCounts {
	const count = (name: keyof StubCounts): number => Number(at(answer, name));
	return {
		socketsAtOnce: count('socketsAtOnce'),
		sockets: count('sockets'),
		calls: count('calls'),
		links: count('links'),
		recordings: count('recordings'),
		lists: count('lists'),
		writes: count('writes'),
		refused: count('refused'),
		mistaken: count('mistaken'),
		spanMs: count('spanMs'),
	};
}
