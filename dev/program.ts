import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

import { tail, type Environment } from './launcher/command';
import { poll } from './launcher/poll';

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
	/** Has it stand still, as a machine that hangs does, until it is resumed. */
	pause(): void;
	resume(): void;
	/** Ends it: politely, then firmly after a grace period. Harmless when it has ended already. */
	stop(): Promise<void>;
}

interface ProgramOptions {
	name: string;
	cwd: string;
	env: Environment;
	/** Where everything that it writes is kept; what an earlier run wrote there is lost. */
	logFile: string;
	/** Gives whether it is of use yet. */
	isReady: () => Promise<boolean>;
	/** How long it may take until it is of use, in milliseconds. */
	startTimeoutMs?: number;
	/** Breaks off the start. */
	signal?: AbortSignal;
	/** Ends it when this process is killed, too. Only where util-linux is, as on Debian. */
	diesWithParent?: boolean;
	/** Another user to run as, which only root may ask for. */
	user?: { uid: number; gid: number };
}

/** Debian's own command that ties a program's life to that of its parent. */
const WITH_PARENT = ['setpriv', '--pdeathsig', 'INT', '--'];

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
	const [program = command, ...more] = options.diesWithParent
		? [...WITH_PARENT, command, ...args]
		: [command, ...args];
	const child = spawn(program, more, {
		cwd: options.cwd,
		env: options.env,
		stdio: ['ignore', 'pipe', 'pipe'],
		// A process group of its own: Ctrl-C reaches it once, through stop(), and what it starts itself can be ended with it.
		detached: process.platform !== 'win32',
		...options.user,
	});
	const file = createWriteStream(options.logFile, { flags: 'w' });
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
			if (process.platform === 'win32') child.kill('SIGKILL');
			else process.kill(-child.pid, 'SIGKILL');
		} catch {
			// Nobody is left in it.
		}
	};
	process.once('exit', killGroup);
	const tidyUp = () => {
		killGroup();
		process.off('exit', killGroup);
	};
	const running: Program = {
		name: options.name,
		pid: child.pid ?? 0,
		logTail: (lines) => tail(log, lines),
		ended,
		kill: async () => {
			if (isRunning()) child.kill('SIGKILL');
			await ended;
			tidyUp();
		},
		pause: () => void child.kill('SIGSTOP'),
		resume: () => void child.kill('SIGCONT'),
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
	const look = async () => {
		options.signal?.throwIfAborted();
		if (isRunning()) return (await options.isReady()) || undefined;
		throw (
			failure ?? new Error(`it ended by itself (${child.signalCode ?? `code ${child.exitCode}`})`)
		);
	};
	try {
		const { name, startTimeoutMs: timeoutMs = START_TIMEOUT_MS } = options;
		await poll(look, { what: `${name}, ready`, timeoutMs });
		return running;
	} catch (error) {
		await running.stop();
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(
			`${options.name} did not start: ${reason}\nThe end of its log (${options.logFile}):\n${running.logTail()}`,
		);
	}
}
