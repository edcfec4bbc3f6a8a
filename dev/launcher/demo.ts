import path from 'node:path';

import { startSandbox, type Sandbox } from '../sandbox';
import { startAll } from '../startAll';
import { RUNTIME_ROOT } from './folders';
import { prepareN8n, type N8n } from './n8n';
import type { LauncherOptions } from './options';
import { packPackage } from './pack';
import { assertPortFree } from './ports';
import { reportStep, type Report } from './progress';
import type { N8nClient, Owner } from './rest';
import {
	readExamples,
	seedNew,
	seedRunning,
	STARTED_BY_LIVECALL,
	triggerPath,
	type LiveCallAccess,
} from './seed';
import { openState, removeData, saveState } from './state';

/** Whoever opens the demo logs in as this; it can be reached from this machine only. */
export const DEMO_OWNER: Owner = {
	email: 'demo@example.com',
	password: 'LiveCall-demo-1',
	firstName: 'LiveCall',
	lastName: 'Demo',
};

/** How long each stage of a sandbox call lasts, in milliseconds: long enough to be watched. */
const STAGE_MS = 2000;

/** What is running once the launcher is done. */
export interface Demo {
	n8n: N8n;
	/** Left out when the real LiveCall is used. */
	sandbox?: Sandbox;
	/** The examples that wait for ended calls, and what the sandbox delivers to. */
	waiting: WaitingExample[];
	/** Ends all of it. */
	stop(): Promise<void>;
}

/** An example that LiveCall starts. */
export interface WaitingExample {
	id: string;
	name: string;
	/** Its production address, token included; undefined where the workflow is not active. */
	url: string | undefined;
}

/**
 * Starts everything: packs the package, installs it into n8n, fills n8n with the example workflows,
 * and joins n8n and the sandbox. What was started before something fails is ended again.
 * @throws Error in plain words when a port is taken, an install fails or n8n does not come up.
 */
export async function startDemo(
	options: LauncherOptions,
	report: Report,
	signal: AbortSignal,
): Promise<Demo> {
	await assertPortsFree(options);
	if (options.fresh) await removeData(options.data);
	const state = await openState(options.data);
	const packageFile = await packPackage(RUNTIME_ROOT, signal);
	report(`Packed the package into ${path.basename(packageFile)}`);

	return await startAll(async (undo) => {
		const prepared = await prepareN8n({
			version: options.n8nVersion,
			userFolder: options.data,
			packageFile,
			encryptionKey: state.encryptionKey,
			owner: DEMO_OWNER,
			port: options.port,
			report,
			signal,
		});
		const sandbox = await startSandboxUnlessReal(options);
		if (sandbox) undo(sandbox.stop);

		const access = { ...accessTo(options, sandbox), webhookToken: state.webhookToken };
		const seed = { access, examples: await readExamples() };
		await reportStep(report, 'Preparing the example workflows', async () => {
			await seedNew(prepared, options.data, seed);
		});
		const n8n = await reportStep(
			report,
			`Starting n8n ${options.n8nVersion}`,
			async () => await prepared.start(),
		);
		undo(n8n.stop);

		const client = await n8n.logIn();
		await seedRunning(prepared, options.data, client, seed, state);
		await saveState(options.data, state);
		const waiting: WaitingExample[] = [];
		for (const { id, name } of seed.examples.filter(({ id }) => STARTED_BY_LIVECALL.includes(id))) {
			const url = await productionUrl(client, access, id);
			waiting.push({ id, name, url });
			if (url !== undefined) sandbox?.webhooks.subscribe({ event: 'call.ended', url });
		}
		signal.throwIfAborted();
		return { n8n, sandbox, waiting };
	});
}

async function assertPortsFree(options: LauncherOptions): Promise<void> {
	const remedy = (option: string) =>
		`End what uses it (perhaps another "npm start"), or choose another port with ${option}.`;
	await assertPortFree(options.port, 'n8n', remedy('--port'));
	if (options.liveCall) return;
	await assertPortFree(options.sandboxPort, 'The sandbox', remedy('--sandbox-port'));
	await assertPortFree(options.recordingsPort, 'The sandbox', remedy('--recordings-port'));
}

async function startSandboxUnlessReal(options: LauncherOptions): Promise<Sandbox | undefined> {
	if (options.liveCall) return undefined;
	return await startSandbox({
		port: options.sandboxPort,
		recordingsPort: options.recordingsPort,
		stageMs: STAGE_MS,
	});
}

function accessTo(
	options: LauncherOptions,
	sandbox: Sandbox | undefined,
): Omit<LiveCallAccess, 'webhookToken'> {
	if (options.liveCall) return options.liveCall;
	return { apiKey: sandbox?.apiKey ?? '', baseUrl: sandbox?.apiUrl ?? '' };
}

async function productionUrl(
	client: N8nClient,
	access: LiveCallAccess,
	workflowId: string,
): Promise<string | undefined> {
	const webhookPath = await triggerPath(client, workflowId);
	if (webhookPath === undefined) return undefined;
	await client.waitForWebhook(webhookPath);
	return `${client.url}/webhook/${webhookPath}?token=${encodeURIComponent(access.webhookToken)}`;
}
