import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Environment } from '../../../dev/launcher/command';
import { instanceSettings, prepareN8n, type N8n, type N8nOptions } from '../../../dev/launcher/n8n';
import { freePort } from '../../../dev/launcher/ports';
import { LOOPBACK } from '../../../dev/listen';
import { DEFAULT_N8N_VERSION, ensureRuntime, type Runtime } from '../../../dev/launcher/runtime';
import { startSandbox, type Sandbox } from '../../../dev/sandbox';
import { startAll } from '../../../dev/startAll';
import { OWNER } from '../../e2e/helpers/world';
import { TestN8nClient } from '../../support/n8nClient';
import { packedPackage } from '../../support/packedPackage';
import { startProgram, type Program } from '../../../dev/program';
import { report } from './report';
import { startPostgres, startRedis, type Database } from '../../../dev/services';

/** A process of n8n beside the main one. */
interface Helper extends Program {
	/** Its address without a trailing slash. */
	url: string;
}

/** n8n's queue mode with the packed package in every process, next to a LiveCall sandbox. */
export interface Cluster {
	/** n8n's version. */
	version: string;
	main: N8n;
	/** The owner, logged in at the main process. */
	client: TestN8nClient;
	workers: Helper[];
	/** The processes that take production webhooks; the main one does not. */
	webhooks: Helper[];
	sandbox: Sandbox;
	postgres: Database;
	/** Starts one more worker; it ends with the cluster. */
	addWorker(): Promise<Helper>;
	/** Starts one more process that takes production webhooks; it ends with the cluster. */
	addWebhook(): Promise<Helper>;
	/** Gives the ends of all logs, for the message of a failed test. */
	logTails(): string;
	/** Ends all of it and deletes the data. */
	stop(): Promise<void>;
}

/** How long a cluster may take to come up, in milliseconds, when n8n is installed already. */
export const CLUSTER_TIMEOUT_MS = 300_000;

/** How many executions a worker runs at once. */
export const WORKER_CONCURRENCY = 5;

const WORKERS = 2;

/** Ports that were given out; the system may name a free port again before it is in use. */
const given = new Set<number>();

async function portOfItsOwn(): Promise<number> {
	for (;;) {
		const port = await freePort();
		if (given.has(port)) continue;
		given.add(port);
		return port;
	}
}

/** How many lines of each log a failed test shows. */
const LOG_LINES = 15;

/** Packs the package and starts everything on free ports of the loopback address: Redis, PostgreSQL, main, two workers, one webhook process, sandbox. */
export async function startCluster(): Promise<Cluster> {
	return await startAll(async (undo) => {
		const folder = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-livecall-queue-'));
		undo(async () => await rm(folder, { recursive: true, force: true }));
		// Calls stay as they are: nothing but what the test does happens on its own.
		const sandbox = await startSandbox({ stageMs: 0 });
		undo(sandbox.stop);
		const redis = await startRedis();
		undo(redis.stop);
		const postgres = await startPostgres();
		undo(postgres.stop);

		const version = process.env.N8N_VERSION ?? DEFAULT_N8N_VERSION;
		const runtime = await ensureRuntime({ version });
		const webhookPort = await portOfItsOwn();
		const shared: Shared = {
			folder,
			runtime,
			packageFile: await packedPackage(),
			env: queueSettings(webhookPort, redis.env, postgres.env),
		};
		// The main process comes first: it builds the database that the others expect.
		const main = await (await prepareN8n(optionsFor(shared, 'main'))).start();
		undo(main.stop);

		const helpers: Helper[] = [];
		const add = async (name: string, args: string[], port: number) => {
			const helper = await startHelper(shared, name, args, port);
			undo(helper.stop);
			helpers.push(helper);
			return helper;
		};
		let started = 0;
		const addWorker = async () => {
			const args = ['worker', `--concurrency=${WORKER_CONCURRENCY}`];
			return await add(`worker-${++started}`, args, await portOfItsOwn());
		};
		const workers = await Promise.all(Array.from({ length: WORKERS }, addWorker));
		const webhooks = [await add('webhook-1', ['webhook'], webhookPort)];
		return {
			version,
			main,
			client: await TestN8nClient.logIn(main.url, OWNER),
			workers,
			webhooks,
			sandbox,
			postgres,
			addWorker: async () => {
				const worker = await addWorker();
				workers.push(worker);
				return worker;
			},
			addWebhook: async () => {
				const name = `webhook-${webhooks.length + 1}`;
				const webhook = await add(name, ['webhook'], await portOfItsOwn());
				webhooks.push(webhook);
				return webhook;
			},
			logTails: () =>
				[{ name: 'main', logTail: main.logTail }, ...helpers]
					.map(({ name, logTail }) => `The end of ${name}'s log:\n${logTail(LOG_LINES)}`)
					.join('\n\n'),
		};
	});
}

/**
 * Makes a jest test that works in a cluster: when it fails, the ends of all logs are shown.
 * @param current gives the cluster that is running then.
 */
export function inCluster(
	current: () => Cluster,
	test: (cluster: Cluster) => Promise<void>,
): () => Promise<void> {
	return async () => {
		try {
			await test(current());
		} catch (error) {
			report(current().logTails());
			throw error;
		}
	};
}

/** What all processes of a cluster have in common. */
interface Shared {
	folder: string;
	runtime: Runtime;
	packageFile: string;
	env: Environment;
}

/** The settings that make processes of n8n one cluster. */
function queueSettings(webhookPort: number, ...services: Environment[]): Environment {
	return {
		EXECUTIONS_MODE: 'queue',
		...Object.assign({}, ...services),
		// Manual executions go to the workers too: there is no other place where nodes run.
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		// n8n's default of 2 makes 50 deliveries at a time wait for the database.
		DB_POSTGRESDB_POOL_SIZE: '10',
		WEBHOOK_URL: `http://${LOOPBACK}:${webhookPort}/`,
	};
}

function optionsFor(shared: Shared, name: string): N8nOptions {
	return {
		version: shared.runtime.version,
		userFolder: path.join(shared.folder, name),
		packageFile: shared.packageFile,
		encryptionKey: 'queue-mode-tests',
		owner: OWNER,
		env: shared.env,
	};
}

async function startHelper(
	shared: Shared,
	name: string,
	args: string[],
	port: number,
): Promise<Helper> {
	const options = optionsFor(shared, name);
	await mkdir(options.userFolder, { recursive: true });
	// A worker and a webhook process do not fetch community packages: each needs its own copy.
	await prepareN8n(options);
	const url = `http://${LOOPBACK}:${port}`;
	const program = await startProgram(shared.runtime.node, [shared.runtime.n8n, ...args], {
		name,
		cwd: options.userFolder,
		env: await helperSettings(shared, options, port),
		logFile: path.join(options.userFolder, 'n8n.log'),
		isReady: async () =>
			await fetch(`${url}/healthz/readiness`).then(
				(response) => response.ok,
				() => false,
			),
		diesWithParent: true,
	});
	return { ...program, url };
}

async function helperSettings(
	{ runtime }: Shared,
	options: N8nOptions,
	port: number,
): Promise<Environment> {
	return {
		...instanceSettings(runtime, options),
		N8N_PORT: String(port),
		N8N_WORKER_SERVER_ADDRESS: LOOPBACK,
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		// Names it in PostgreSQL's own lists.
		PGAPPNAME: path.basename(options.userFolder),
		N8N_RUNNERS_BROKER_PORT: String(await portOfItsOwn()),
	};
}
