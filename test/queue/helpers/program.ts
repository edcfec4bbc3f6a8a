import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

import { tail, type Environment } from '../../../dev/launcher/command';
import { poll } from '../../../dev/launcher/poll';

/** A program that runs in the background until it is ended. */
export interface Program {
	/** What it is called in messages, such as "worker 2". */
	name: string;
	pid: number;
	/** Gives the last lines that it wrote. */
	logTail(lines?: number): string;
	/** Settles when it has ended, for whatever reason. */
	ended: Promise<void>;
	/** Ends it as a crash does: at once, without a chance to tidy up. */
	kill(): Promise<void>;
	/** Ends it: politely, then firmly after a grace period. Harmless when it has ended already. */
	stop(): Promise<void>;
}

export interface ProgramOptions {
	name: string;
	cwd: string;
	env: Environment;
	/** Where everything that it writes is kept. */
	logFile: string;
	/** Gives whether it is of use yet. */
	isReady: () => Promise<boolean>;
	/** Another user to run as, which only root may ask for. */
	user?: { uid: number; gid: number };
}

/** Debian's own command that ties a program's life to that of its parent. */
const WITH_PARENT = ['setpriv', '--pdeathsig', 'INT', '--'];

/** How long a program may take until it is of use, in milliseconds. */
const START_TIMEOUT_MS = 120_000;

/** How long it has to be gone after it was asked to end before it is killed, in milliseconds. */
const STOP_GRACE_MS = 15_000;

/** How much of what it writes is kept in memory, in characters. */
const LOG_KEPT = 50_000;

/**
 * Starts a program without a shell and waits until it is of use.
 * @throws Error with its last lines when it ends by itself or takes too long; it is ended then.
 */
export async function startProgram(
	command: string,
	args: readonly string[],
	options: ProgramOptions,
): Promise<Program> {
	// Ends the program when this process is killed, too: nothing may stay behind on a developer's machine.
	const child = spawn(WITH_PARENT[0], [...WITH_PARENT.slice(1), command, ...args], {
		cwd: options.cwd,
		env: options.env,
		stdio: ['ignore', 'pipe', 'pipe'],
		// A process group of its own, so that what it starts itself can be ended together with it.
		detached: true,
		...options.user,
	});
	const file = createWriteStream(options.logFile, { flags: 'a' });
	let log = '';
	const take = (text: string) => {
		file.write(text);
		log = (log + text).slice(-LOG_KEPT);
	};
	child.stdout.setEncoding('utf8').on('data', take);
	child.stderr.setEncoding('utf8').on('data', take);
	child.once('close', () => file.end());
	let failure: Error | undefined;
	const ended = new Promise<void>((resolve) => {
		child.once('exit', () => resolve());
		child.once('error', (error) => {
			failure = error;
			resolve();
		});
	});
	const isRunning = () =>
		failure === undefined && child.exitCode === null && child.signalCode === null;
	const killGroup = () => {
		if (child.pid === undefined) return;
		try {
			process.kill(-child.pid, 'SIGKILL');
		} catch {
			// Nobody is left in it.
		}
	};
	process.once('exit', killGroup);
	const tidyUp = () => {
		killGroup();
		process.off('exit', killGroup);
	};
	const program: Program = {
		name: options.name,
		pid: child.pid ?? 0,
		logTail: (lines) => tail(log, lines),
		ended,
		kill: async () => {
			if (isRunning()) child.kill('SIGKILL');
			await ended;
			tidyUp();
		},
		stop: async () => {
			if (isRunning()) {
				child.kill('SIGTERM');
				const grace = setTimeout(killGroup, STOP_GRACE_MS);
				await ended;
				clearTimeout(grace);
			}
			tidyUp();
		},
	};
	try {
		await poll(
			async () => {
				if (!isRunning()) throw failure ?? new Error('it ended by itself');
				return (await options.isReady()) ? true : undefined;
			},
			{ what: `${options.name}, ready`, timeoutMs: START_TIMEOUT_MS },
		);
		return program;
	} catch (error) {
		await program.stop();
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(
			`${options.name} did not start: ${reason}\nThe end of its log:\n${program.logTail()}`,
		);
	}
}
