import { hash } from 'bcryptjs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { run, runNpm, withNodeFirst, withoutNpmSettings, type Environment } from './command';
import { RUNTIME_ROOT } from './folders';
import { at } from '../json';
import { LOOPBACK } from '../listen';
import { startProgram, type Program } from '../program';
import { assertPortFree, freePort } from './ports';
import { N8nClient, readSettings, type Owner } from './rest';
import { ensureRuntime, majorVersion, type Runtime, type RuntimeOptions } from './runtime';

export interface N8nOptions extends RuntimeOptions {
	/** Folder for this instance's database, files, installed package and log. */
	userFolder: string;
	/** The packed community package (a .tgz) to install. */
	packageFile: string;
	/** Key with which n8n encrypts stored credentials; the same one for the folder's whole life. */
	encryptionKey: string;
	owner: Owner;
	/** Port for the editor, the webhooks and the REST interface; any free one when left out. */
	port?: number;
	/** Further settings of n8n. */
	env?: Environment;
}

/** An n8n that is set up in its folder and not running. */
export interface PreparedN8n {
	/** The folder of its data. */
	userFolder: string;
	/**
	 * Runs one of n8n's commands on the instance's database, such as `["publish:workflow", "--id=5"]`.
	 * Gives what it printed; throws Error with the end of that when it fails.
	 */
	command(args: readonly string[]): Promise<string>;
	/**
	 * Starts n8n and waits until it serves requests.
	 * @throws Error in plain words, with the end of n8n's log, when the port is taken or n8n ends early.
	 */
	start(): Promise<N8n>;
}

/** A running n8n. */
export interface N8n extends Program {
	/** Its address without a trailing slash. */
	url: string;
	version: string;
	/** Logs in as the owner. */
	logIn(): Promise<N8nClient>;
}

/** How long n8n may take to serve requests, in milliseconds; the first start builds its database. */
const START_TIMEOUT_MS = 180_000;

/** How long n8n lets running executions finish when it is asked to stop, in seconds. */
const SHUTDOWN_SECONDS = 5;

/** Settings that a developer's shell may hold for another n8n, and keys that are none of n8n's business. */
const FOREIGN_SETTINGS =
	/^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_|CREDENTIALS_|GENERIC_TIMEZONE$|NODE_ENV$|NODE_OPTIONS$|JEST_|LIVECALL_)/;

/** No telemetry, no news, no licence server, no list of packages: nothing leaves this machine. */
const QUIET_SETTINGS: Environment = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
};

/** Parts of n8n 2.x that would ask outside servers; 1.x does not start when told names it does not know. */
const DISABLED_MODULES: Environment = {
	N8N_DISABLED_MODULES:
		'mcp-registry,instance-ai,agents,chat-hub,mcp,quick-connect,workflow-builder',
};

/**
 * Installs what is missing (n8n itself, a Node for it, the packed package) and gives an n8n that is
 * ready to be started in its folder.
 * @throws Error with the end of npm's output when an install fails.
 */
export async function prepareN8n(options: N8nOptions): Promise<PreparedN8n> {
	const runtime = await ensureRuntime(options);
	await installPackage(runtime, options);
	const settings = instanceSettings(runtime, options, {
		// n8n 2.x makes the account from these; 1.x does not know them and is asked over REST.
		N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
		N8N_INSTANCE_OWNER_EMAIL: options.owner.email,
		N8N_INSTANCE_OWNER_FIRST_NAME: options.owner.firstName,
		N8N_INSTANCE_OWNER_LAST_NAME: options.owner.lastName,
		N8N_INSTANCE_OWNER_PASSWORD_HASH: await hash(options.owner.password, 10),
	});
	return {
		userFolder: options.userFolder,
		command: async (args) =>
			await run(runtime.node, [runtime.n8n, ...args], {
				cwd: options.userFolder,
				env: { ...settings, N8N_RUNNERS_BROKER_PORT: String(await freePort()) },
				signal: options.signal,
			}),
		start: async () => await start(runtime, options, settings),
	};
}

async function start(runtime: Runtime, options: N8nOptions, settings: Environment): Promise<N8n> {
	const port = options.port ?? (await freePort());
	await assertPortFree(port, 'n8n', 'End that program, or choose another port with --port.');
	const url = `http://${LOOPBACK}:${port}`;
	const program = await startProgram(runtime.node, [runtime.n8n, 'start'], {
		name: 'n8n',
		cwd: options.userFolder,
		env: {
			...settings,
			N8N_PORT: String(port),
			N8N_EDITOR_BASE_URL: url,
			WEBHOOK_URL: `${url}/`,
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			...options.env,
		},
		logFile: path.join(options.userFolder, 'n8n.log'),
		isReady: async () => await isServing(url),
		startTimeoutMs: START_TIMEOUT_MS,
		signal: options.signal,
	});
	try {
		if (majorVersion(runtime.version) === 1) await ensureOwner(url, options.owner);
	} catch (error) {
		await program.stop();
		throw error;
	}
	return {
		...program,
		url,
		version: runtime.version,
		logIn: async () => await N8nClient.logIn(url, options.owner),
	};
}

/** Installs the packed package the way n8n installs community packages, over an older build of it. */
async function installPackage(runtime: Runtime, options: N8nOptions): Promise<void> {
	const folder = path.join(options.userFolder, '.n8n', 'nodes');
	await mkdir(folder, { recursive: true });
	const manifest = JSON.stringify({ name: 'installed-nodes', private: true, dependencies: {} });
	// One that is there already stays.
	await writeFile(path.join(folder, 'package.json'), manifest, { flag: 'wx' }).catch(
		() => undefined,
	);
	const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
	await runNpm(runtime.node, ['install', ...flags, path.resolve(options.packageFile)], {
		cwd: folder,
		signal: options.signal,
	});
}

/** The settings of a process of n8n that serves nobody but this machine, and asks nobody else. */
export function instanceSettings(
	runtime: Runtime,
	options: N8nOptions,
	owner: Environment = {},
): Environment {
	const inherited = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !FOREIGN_SETTINGS.test(name)),
	);
	const local = [inherited.NO_PROXY, LOOPBACK, 'localhost'].filter(Boolean).join(',');
	return {
		...withNodeFirst(withoutNpmSettings(inherited), runtime.node),
		...QUIET_SETTINGS,
		...(majorVersion(runtime.version) === 1 ? {} : DISABLED_MODULES),
		...owner,
		NODE_ENV: 'production',
		// n8n compiles itself at its first start only, and the next ones take a second less of the processor's time.
		NODE_COMPILE_CACHE: path.join(RUNTIME_ROOT, 'compiled'),
		NO_PROXY: local,
		no_proxy: local,
		N8N_USER_FOLDER: options.userFolder,
		N8N_ENCRYPTION_KEY: options.encryptionKey,
		N8N_HOST: LOOPBACK,
		N8N_LISTEN_ADDRESS: LOOPBACK,
		N8N_SECURE_COOKIE: 'false',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: String(SHUTDOWN_SECONDS),
		// 2.x's default. With that of 1.x, an execution has its final state some time before it has its data.
		DB_SQLITE_POOL_SIZE: '3',
		...options.env,
	};
}

/** Whether n8n serves requests. */
async function isServing(url: string): Promise<boolean> {
	const isReady = await fetch(`${url}/healthz/readiness`).then(
		(response) => response.ok,
		() => false,
	);
	// 1.x says that it is ready a moment before its routes are there.
	return isReady && (await readSettings(url)) !== undefined;
}

/** Makes the first account of an n8n 1.x that has none. */
async function ensureOwner(url: string, owner: Owner): Promise<void> {
	const settings = await readSettings(url);
	if (at(settings, 'userManagement', 'showSetupOnFirstLoad') !== true) return;
	await new N8nClient(url).request('POST', '/rest/owner/setup', owner);
}
