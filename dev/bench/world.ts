import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { prepareN8n, type N8n } from '../launcher/n8n';
import { packPackage } from '../launcher/pack';
import { freePort } from '../launcher/ports';
import { TestN8nClient } from '../../test/support/n8nClient';
import type { CredentialReference, Owner } from '../launcher/rest';
import { ensureRuntime, type Runtime } from '../launcher/runtime';
import { CREDENTIAL_TYPE } from '../launcher/seed';
import { storeProbe, type Probe } from './probe';
import { startStub, type Stub } from './stub';
import { STUB_KEY } from './stub/plan';

/** One n8n process with both packages in it, and the stub that it talks to. */
export interface World {
	runtime: Runtime;
	/** The process that runs at present. */
	n8n(): N8n;
	/** Ends n8n and starts it again on the same data, so that its memory is a new process's. */
	restart(): Promise<void>;
	/** The owner of that n8n, logged in. */
	client: TestN8nClient;
	stub: Stub;
	probe: Probe;
	/** This package as it would be published. */
	packageFile: string;
	/** Where n8n has unpacked it. */
	packageFolder: string;
	/** A folder for whatever a measurement has to write; gone at the end. */
	scratch: string;
	/** The credential of this package. */
	liveCall: CredentialReference;
	/** The same key as a "Header Auth" credential for n8n's own node. */
	header: CredentialReference;
	/** Ends both and deletes all they have written. */
	stop(): Promise<void>;
}

/** The version that the targets are set for. */
const N8N_VERSION = '2.41.1';

/** What deliveries to this package's trigger have to carry in their address. */
export const WEBHOOK_TOKEN = 'bench-webhook-token';

/** The package that the benchmark brings along: a trivial trigger, a bare node, and a probe. */
const OWN_PACKAGE = { name: 'n8n-nodes-bench', folder: path.join(__dirname, 'package') };

const OWNER: Owner = {
	email: 'bench@example.com',
	password: `Bench-${randomUUID()}`,
	firstName: 'Bench',
	lastName: 'Mark',
};

/**
 * Packs this package and installs it into a new n8n, beside the benchmark's own package; starts that
 * and the stub, on free ports of the loopback address, and stores the credentials.
 */
export async function startWorld(): Promise<World> {
	const scratch = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-livecall-bench-'));
	const running: Array<() => Promise<void>> = [
		async () => await rm(scratch, { recursive: true, force: true }),
	];
	const stop = async () => {
		for (const stopOne of running.splice(0).reverse()) await stopOne();
	};
	try {
		const packageFile = await packPackage(scratch);
		const userFolder = path.join(scratch, 'data');
		const prepared = await prepareN8n({
			version: N8N_VERSION,
			userFolder,
			packageFile,
			encryptionKey: 'bench',
			owner: OWNER,
			// The same port at each start, so that what was stored keeps its address.
			port: await freePort(),
			env: { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' },
		});
		const installed = path.join(userFolder, '.n8n', 'nodes', 'node_modules');
		await cp(OWN_PACKAGE.folder, path.join(installed, OWN_PACKAGE.name), { recursive: true });

		const stub = await startStub();
		running.push(stub.stop);
		let n8n = await prepared.start();
		running.push(async () => await n8n.stop());
		const client = await TestN8nClient.logIn(n8n.url, OWNER);
		const probe = await storeProbe(client, scratch);
		return {
			runtime: await ensureRuntime({ version: N8N_VERSION }),
			n8n: () => n8n,
			restart: async () => {
				await n8n.stop();
				n8n = await prepared.start();
				await probe.ready();
			},
			client,
			stub,
			probe,
			packageFile,
			packageFolder: path.join(installed, 'n8n-nodes-livecall'),
			scratch,
			liveCall: await client.createCredential({
				name: 'LiveCall',
				type: CREDENTIAL_TYPE,
				data: { apiKey: STUB_KEY, baseUrl: stub.apiUrl, webhookToken: WEBHOOK_TOKEN },
			}),
			header: await client.createCredential({
				name: 'Header',
				type: 'httpHeaderAuth',
				data: { name: 'Authorization', value: `Token token=${STUB_KEY}` },
			}),
			stop,
		};
	} catch (error) {
		await stop();
		throw error instanceof Error ? error : new Error(String(error));
	}
}
