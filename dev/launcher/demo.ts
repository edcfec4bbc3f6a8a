import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startSandbox, WEBHOOK_EVENTS, type Sandbox } from '../sandbox';
import { startAll } from '../startAll';
import { withDemoSettings } from './demoSettings';
import { readExamples, type Example } from './examples';
import { RUNTIME_ROOT } from './folders';
import { frontDoor } from './frontDoor';
import { prepareN8n, type N8n } from './n8n';
import type { LauncherOptions } from './options';
import { packPackage } from './pack';
import { assertPortFree } from './ports';
import { reportStep, type Report } from './progress';
import type { N8nClient, Owner } from './rest';
import {
	activeTriggers,
	seedNew,
	seedRunning,
	type ActiveTrigger,
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

/** How often to look for an execution, in milliseconds. */
const LOOK_EVERY_MS = 2000;

/** What is running once the launcher is done. */
export interface Demo {
	n8n: N8n;
	/** Left out when the real LiveCall is used. */
	sandbox?: Sandbox;
	/** The example workflows as they stand in n8n. */
	workflows: DemoWorkflow[];
	/** Gives the address of a workflow's first execution from now on that came to a good end. */
	firstSuccess(workflowId: string): Promise<string>;
	/** Ends all of it. */
	stop(): Promise<void>;
}

/** An example in n8n. */
export interface DemoWorkflow {
	example: Example;
	/** Whether it is published; a person may have changed that. */
	active: boolean;
	/** Its LiveCall Triggers, which the sandbox delivers to. */
	triggers: ActiveTrigger[];
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
			env: { GENERIC_TIMEZONE: options.timeZone },
			report,
			signal,
		});
		const sandbox = await startSandboxUnlessReal(options);
		if (sandbox) undo(sandbox.stop);

		const filed = await readExamples();
		// With the real LiveCall real customers are called: nobody again after five seconds.
		const examples = options.liveCall ? filed : filed.map(withDemoSettings);
		const seed = { access: accessTo(options, sandbox), examples };
		await reportStep(report, 'Preparing the example workflows', async () => {
			await seedNew(prepared, seed);
		});
		const n8n = await reportStep(
			report,
			`Starting n8n ${options.n8nVersion}`,
			async () => await prepared.start(),
		);
		undo(n8n.stop);

		const client = await n8n.logIn();
		const kept = await seedRunning(prepared, client, seed, state);
		for (const name of kept) {
			report(
				`"${name}" stays as it is in n8n, though its file is another by now. --fresh begins anew.`,
			);
		}
		await saveState(options.data, state);
		const workflows: DemoWorkflow[] = [];
		for (const example of seed.examples) {
			const triggers = await activeTriggers(client, example.id);
			for (const { path, events } of triggers) {
				await client.waitForWebhook(path);
				const url = `${n8n.url}/webhook/${path}`;
				for (const event of WEBHOOK_EVENTS.filter((one) => events.includes(one))) {
					sandbox?.webhooks.subscribe({ event, url, workflow: example.name });
				}
			}
			const stored = await client.findWorkflow(example.id);
			workflows.push({ example, active: stored?.active === true, triggers });
		}
		sandbox?.showN8n(frontDoor(n8n.url, DEMO_OWNER, workflows));
		signal.throwIfAborted();
		const firstSuccess = async (id: string) => await waitForSuccess(client, id, signal);
		return { n8n, sandbox, workflows, firstSuccess };
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

function accessTo(options: LauncherOptions, sandbox: Sandbox | undefined): LiveCallAccess {
	if (options.liveCall) return options.liveCall;
	return { apiKey: sandbox?.apiKey ?? '', baseUrl: sandbox?.apiUrl ?? '' };
}

async function waitForSuccess(
	client: N8nClient,
	workflowId: string,
	signal: AbortSignal,
): Promise<string> {
	const before = new Set((await client.executions(workflowId)).map(({ id }) => id));
	for (;;) {
		await pause(LOOK_EVERY_MS, undefined, { signal });
		const [first] = (await client.executions(workflowId))
			.filter(({ id, status }) => status === 'success' && !before.has(id))
			.reverse();
		if (first) return `${client.url}/workflow/${workflowId}/executions/${first.id}`;
	}
}
