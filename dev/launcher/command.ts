import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { isNativeError } from 'node:util/types';

/** The environment of a program that is started. */
export type Environment = Record<string, string | undefined>;

interface CommandOptions {
	/** Folder in which the program runs. */
	cwd: string;
	/** The program's whole environment; this process's own when left out. */
	env?: Environment;
	/** Ends the program when it fires. */
	signal?: AbortSignal;
}

/** How many lines of a program's output an error carries. */
const TAIL_LINES = 30;

/** How much a program may write, in bytes: an install of n8n reports thousands of packages. */
const MOST_OUTPUT = 64 * 1024 * 1024;

const execute = promisify(execFile);

/**
 * npm settings that say how to reach a registry or where its files lie. Everything else that
 * `npm start` hands down (ignore-scripts, legacy-peer-deps, prefixes, …) belongs to this repository
 * and would change what an install elsewhere does.
 */
const NPM_SETTINGS_KEPT =
	/^npm_config_(registry|userconfig|globalconfig|cache|proxy|https_proxy|noproxy|ca|cafile|strict_ssl|nodedir)$/i;

/** Gives the last lines of a text, those that say why a program ended. */
export function tail(text: string, lines = TAIL_LINES): string {
	return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** Gives a copy of an environment in which this Node's folder comes first in the search path. */
export function withNodeFirst(env: Environment, node: string): Environment {
	const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
	const folders = [path.dirname(node), env[name]].filter(
		(folder) => folder !== undefined && folder !== '',
	);
	return { ...env, [name]: folders.join(path.delimiter) };
}

/**
 * Gives a copy of an environment without the settings that an `npm run` passes to its scripts, so
 * that an npm started from there behaves as if typed into a shell. Ways to the registry stay.
 */
export function withoutNpmSettings(env: Environment): Environment {
	return Object.fromEntries(
		Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || NPM_SETTINGS_KEPT.test(name)),
	);
}

/**
 * Runs a program to its end, without a shell and without input.
 * @returns what it wrote to its standard output.
 * @throws Error with the end of its output when it cannot be started or ends with another code than 0.
 */
export async function run(
	program: string,
	args: readonly string[],
	options: CommandOptions,
): Promise<string> {
	const running = execute(program, args, { ...options, maxBuffer: MOST_OUTPUT });
	running.child.stdin?.end();
	try {
		return (await running).stdout;
	} catch (error) {
		throw inWords([path.basename(program), ...args].join(' '), error);
	}
}

/** Says how a program failed, with the end of what it wrote. */
function inWords(command: string, error: unknown): unknown {
	if (!(isNativeError(error) && 'stdout' in error && 'stderr' in error)) return error;
	const code = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
	const signal = 'signal' in error && typeof error.signal === 'string' ? error.signal : undefined;
	const ending = code ?? signal;
	if (ending === undefined) return new Error(`"${command}" could not be run: ${error.message}`);
	const lines = tail(`${String(error.stdout)}${String(error.stderr)}`);
	return new Error(`"${command}" ended with ${ending}. Its last lines:\n${lines}`);
}

/**
 * Runs npm with a given Node, free of the settings of an `npm run` around it.
 * @param node path of the Node binary that runs npm and every script that npm starts.
 * @returns what npm wrote to its standard output.
 * @throws Error with the end of npm's output when it fails.
 */
export async function runNpm(
	node: string,
	args: readonly string[],
	options: CommandOptions,
): Promise<string> {
	const outer = options.env ?? process.env;
	const env = withNodeFirst(withoutNpmSettings(outer), node);
	// The very npm that runs `npm start` where there is one: on Windows `npm` alone is not a program.
	const cli = outer.npm_execpath;
	return cli !== undefined && path.basename(cli).startsWith('npm-cli')
		? await run(node, [cli, ...args], { ...options, env })
		: await run('npm', args, { ...options, env });
}
