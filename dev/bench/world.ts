import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Environment } from '../launcher/command';
import { at, parseJson, type JsonObject } from '../json';
import { prepareN8n } from '../launcher/n8n';
import { packPackage } from '../launcher/pack';
import { freePort } from '../launcher/ports';
import { startSandbox } from '../sandbox';
import { startAll, type Undo } from '../startAll';
import { node, publish } from './flows';

/** A real n8n with this package and the benchmark's own in it, and the sandbox that it talks to. */
export type World = Awaited<ReturnType<typeof start>>;

/** What deliveries to the trigger carry in their address. */
export const WEBHOOK_TOKEN = 'bench-webhook-token';

/** Works with this package, which has to be built, in a new n8n that has further settings; ends that afterwards. */
export async function inWorld<T>(env: Environment, work: (world: World) => Promise<T>) {
	const world = await startAll(async (undo) => await start(env, undo));
	process.once('SIGINT', () => void world.stop().finally(() => process.exit(1)));
	try {
		return await work(world);
	} finally {
		await world.stop();
	}
}

async function start(env: Environment, undo: Undo) {
	const userFolder = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-livecall-bench-'));
	undo(async () => await rm(userFolder, { recursive: true, force: true }));
	const prepared = await prepareN8n({
		userFolder,
		packageFile: await packPackage(userFolder),
		encryptionKey: 'bench',
		owner: { email: 'a@example.com', password: 'Bench-12', firstName: 'A', lastName: 'B' },
		// The same port at each start, so that workflows keep their addresses.
		port: await freePort(),
		env: { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem', ...env },
	});
	const installed = path.join(userFolder, '.n8n/nodes/node_modules/n8n-nodes-bench');
	await cp(path.join(__dirname, 'package'), installed, { recursive: true });
	// Calls stay as they are put, and links to recordings outlive the run.
	const sandbox = await startSandbox({ stageMs: 0, seed: false, linkLifetimeMs: 3_600_000 });
	undo(sandbox.stop);
	let n8n = await prepared.start();
	undo(async () => await n8n.stop());
	const client = await n8n.logIn();
	const collector = await publish({ client }, [node('Collect', 'n8n-nodes-bench.benchCollect')]);
	const { apiKey, apiUrl: baseUrl } = sandbox;
	const credential = async (type: string, data: JsonObject): Promise<JsonObject> => ({
		[type]: { ...(await client.createCredential({ name: type, type, data })) },
	});
	const header = { name: 'Authorization', value: `Token token=${apiKey}` };
	return {
		sandbox,
		client,
		/** Credentials as nodes refer to them: of this package, and with the same key for n8n's own node. */
		liveCall: await credential('liveCallApi', { apiKey, baseUrl, webhookToken: WEBHOOK_TOKEN }),
		header: await credential('httpHeaderAuth', header),
		pid: () => n8n.pid,
		/** Ends n8n and starts it again on the same data: a process keeps what memory it once had. */
		restart: async () => {
			await n8n.stop();
			n8n = await prepared.start();
		},
		/** Has n8n collect its garbage; gives what its heap still holds, in MiB. */
		collect: async () => {
			await client.waitForWebhook(collector.path);
			const answer = await fetch(collector.url, { method: 'POST' });
			return Number(at(parseJson(await answer.text()), 'heapUsed')) / 1024 ** 2;
		},
	};
}

/** Leaves nothing but one target group in the sandbox, which answers after so many milliseconds from now on. */
export function beginAnew({ sandbox }: World, latencyMs = 0): void {
	sandbox.reset();
	sandbox.filters.add({ id: 1 });
	if (latencyMs > 0) sandbox.faults.always({ kind: 'latency', ms: latencyMs }, { host: 'api' });
}

/** Puts so many calls that have ended into the sandbox; gives an item for each. */
export function addEndedCalls({ sandbox }: World, count: number, recordedBytes?: number) {
	const call = { status: 'ended', recorded: recordedBytes !== undefined, recordedBytes } as const;
	return Array.from({ length: count }, () => ({ id: sandbox.calls.add(call).id }));
}
