import { spawn } from 'node:child_process';
import path from 'node:path';

/** The environment of a program that is started. */
export type Environment = Record<string, string | undefined>;

export interface CommandOptions {
	/** Folder in which the program runs. */
	cwd: string;
	/** The program's whole environment; this process's own when left out. */
	env?: Environment;
	/** Ends the program when it fires. */
	signal?: AbortSignal;
}

/** How many lines of a program's output an error carries. */
const TAIL_LINES = 30;

/**
 * npm settings that say how to reach a registry or where its files lie. Everything else that
 * `npm start` hands down (ignore-scripts, legacy-peer-deps, prefixes, …) belongs to this repository
 * and would change what an install elsewhere does.
 */
const NPM_SETTINGS_KEPT = new Set([
	'registry',
	'userconfig',
	'globalconfig',
	'cache',
	'proxy',
	'https_proxy',
	'noproxy',
	'ca',
	'cafile',
	'strict_ssl',
	'nodedir',
]);

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
		Object.entries(env).filter(([name]) => {
			const lower = name.toLowerCase();
			if (!lower.startsWith('npm_')) return true;
			const setting = /^npm_config_(.+)$/.exec(lower)?.[1];
			return setting !== undefined && NPM_SETTINGS_KEPT.has(setting);
		}),
	);
}

/**
 * Runs a program to its end, without a shell.
 * @returns what it wrote to its standard output.
 * @throws Error with the end of its output when it cannot be started or ends with another code than 0.
 */
export async function run(
	program: string,
	args: readonly string[],
	options: CommandOptions,
): Promise<string> {
	return await new Promise((resolve, reject) => {
		const child = spawn(program, args, {
			cwd: options.cwd,
			env: options.env ?? process.env,
			signal: options.signal,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let output = '';
		let everything = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			output += text;
			everything += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			everything += text;
		});
		const shown = [path.basename(program), ...args].join(' ');
		child.once('error', (error) =>
			reject(new Error(`"${shown}" could not be run: ${error.message}`)),
		);
		child.once('close', (code, signal) => {
			if (code === 0) resolve(output);
			else {
				reject(
					new Error(
						`"${shown}" ended with ${code ?? signal}. Its last lines:\n${tail(everything)}`,
					),
				);
			}
		});
	});
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
