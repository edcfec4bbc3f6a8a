import path from 'node:path';
import { parseArgs } from 'node:util';

import { checkBaseUrl } from '../../nodes/shared/credential';
import type { Environment } from './command';
import { RUNTIME_ROOT } from './folders';
import { DEFAULT_N8N_VERSION } from './runtime';

/** What a person may choose when starting the launcher. */
export interface LauncherOptions {
	help: boolean;
	port: number;
	sandboxPort: number;
	recordingsPort: number;
	/** Absolute path of the folder for n8n's data. */
	data: string;
	/** Whether to delete that data first. */
	fresh: boolean;
	n8nVersion: string;
	/** The time zone that n8n reads times in, such as "Europe/Berlin". */
	timeZone: string;
	/** Access to the real LiveCall; without it the sandbox takes its place. */
	liveCall?: { apiKey: string; baseUrl: string };
}

/** What `--help` prints. */
export const HELP = `Starts a real n8n with this package, a LiveCall sandbox and the example workflows.

  npm start -- [options]

  --port <number>             n8n's port                        (N8N_PORT, 5678)
  --sandbox-port <number>     port of the sandbox and its page  (SANDBOX_PORT, 4010)
  --recordings-port <number>  port recordings are fetched from  (RECORDINGS_PORT, 4011)
  --data <folder>             where n8n keeps its data          (.runtime/data)
  --fresh                     delete that data and begin anew
  --n8n-version <version>     which n8n to run                  (N8N_VERSION, ${DEFAULT_N8N_VERSION})
  --help                      this text

n8n works in this machine's time zone, or in the one that GENERIC_TIMEZONE names.
With LIVECALL_API_KEY=<key> it works with your LiveCall account instead of the sandbox: then real
customers are called. LIVECALL_API_URL gives another address of the API.`;

const LIVECALL_URL = 'https://api.livecall.io/v1';

/**
 * Reads the launcher's options.
 * @param args what follows the program's name on the command line.
 * @throws Error in plain words for an unknown option or a value that cannot be.
 */
export function readOptions(args: string[], env: Environment): LauncherOptions {
	const { values } = parseArgs({
		args,
		options: {
			port: { type: 'string', default: env.N8N_PORT ?? '5678' },
			'sandbox-port': { type: 'string', default: env.SANDBOX_PORT ?? '4010' },
			'recordings-port': { type: 'string', default: env.RECORDINGS_PORT ?? '4011' },
			data: { type: 'string', default: path.join(RUNTIME_ROOT, 'data') },
			fresh: { type: 'boolean', default: false },
			'n8n-version': { type: 'string', default: env.N8N_VERSION ?? DEFAULT_N8N_VERSION },
			help: { type: 'boolean', default: false },
		},
	});
	const apiKey = env.LIVECALL_API_KEY?.trim() ?? '';
	return {
		help: values.help,
		port: readPort('--port', values.port),
		sandboxPort: readPort('--sandbox-port', values['sandbox-port']),
		recordingsPort: readPort('--recordings-port', values['recordings-port']),
		data: path.resolve(values.data),
		fresh: values.fresh,
		n8nVersion: readVersion(values['n8n-version']),
		timeZone: env.GENERIC_TIMEZONE || Intl.DateTimeFormat().resolvedOptions().timeZone,
		liveCall:
			apiKey === ''
				? undefined
				: { apiKey, baseUrl: readUrl('LIVECALL_API_URL', env.LIVECALL_API_URL ?? LIVECALL_URL) },
	};
}

function readPort(option: string, text: string): number {
	const port = Number(text);
	if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
	throw new Error(`${option} must be a port from 1 to 65535, not "${text}".`);
}

function readUrl(variable: string, text: string): string {
	const url = checkBaseUrl(text);
	if (url !== undefined) return url;
	throw new Error(`${variable} must be a web address such as ${LIVECALL_URL}, not "${text}".`);
}

function readVersion(text: string): string {
	if (/^\d+\.\d+\.\d+$/.test(text)) return text;
	throw new Error(
		`--n8n-version must be a full version such as ${DEFAULT_N8N_VERSION}, not "${text}".`,
	);
}
