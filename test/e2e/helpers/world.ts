import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { JsonObject } from '../../../dev/json';
import type { Environment } from '../../../dev/launcher/command';
import { prepareN8n, type N8n, type PreparedN8n } from '../../../dev/launcher/n8n';
import { DEFAULT_N8N_VERSION } from '../../../dev/launcher/runtime';
import type { CredentialDefinition, CredentialReference, Owner } from '../../../dev/launcher/rest';
import { CREDENTIAL_TYPE } from '../../../dev/launcher/seed';
import { startSandbox, type Sandbox } from '../../../dev/sandbox';
import { startAll } from '../../../dev/startAll';
import { TestN8nClient } from '../../support/n8nClient';
import { packedPackage } from '../../support/packedPackage';

/** A real n8n with the packed package in it, next to a LiveCall sandbox. */
export interface World {
	prepared: PreparedN8n;
	n8n: N8n;
	/** The owner of that n8n, logged in. */
	client: TestN8nClient;
	sandbox: Sandbox;
	/** Ends both and deletes the data. */
	stop(): Promise<void>;
}

/** Whose n8n it is. */
export const OWNER: Owner = {
	email: 'tester@example.com',
	password: 'LiveCall-test-1',
	firstName: 'End To',
	lastName: 'End',
};

/** How long a world may take to come up, in milliseconds, when n8n is installed already. */
export const WORLD_TIMEOUT_MS = 240_000;

/** How long each stage of a sandbox call lasts, in milliseconds. */
const STAGE_MS = 300;

/** How many lines of n8n's log a failed test shows. */
const LOG_LINES = 40;

/**
 * Packs the package, installs it into n8n (version by N8N_VERSION) and starts that and a sandbox, on
 * free ports of the loopback address.
 * @param beforeStart what to do once everything but n8n is running.
 * @param env further settings of n8n.
 */
export async function startWorld(
	beforeStart: (world: Pick<World, 'prepared' | 'sandbox'>) => Promise<void> = async () =>
		undefined,
	env: Environment = {},
): Promise<World> {
	return await startAll(async (undo) => {
		const folder = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-livecall-e2e-'));
		undo(async () => await rm(folder, { recursive: true, force: true }));
		const sandbox = await startSandbox({ stageMs: STAGE_MS });
		undo(sandbox.stop);
		const prepared = await prepareN8n({
			version: process.env.N8N_VERSION ?? DEFAULT_N8N_VERSION,
			userFolder: path.join(folder, 'data'),
			packageFile: await packedPackage(),
			encryptionKey: 'end-to-end-tests',
			owner: OWNER,
			env,
		});
		await beforeStart({ prepared, sandbox });
		const n8n = await prepared.start();
		undo(n8n.stop);
		const client = await TestN8nClient.logIn(n8n.url, OWNER);
		return { prepared, n8n, client, sandbox };
	});
}

/** A credential for a sandbox; `more` is what else it holds, such as a test phone. */
export function accessTo(
	{ apiKey, apiUrl }: Sandbox,
	more: JsonObject = {},
	name = 'LiveCall',
): CredentialDefinition {
	return { name, type: CREDENTIAL_TYPE, data: { apiKey, baseUrl: apiUrl, ...more } };
}

/**
 * Makes a jest test that works in a world: when it fails, the end of n8n's log stands behind the
 * reason.
 * @param current gives the world that is running then.
 */
export function inWorld(
	current: () => World,
	test: (world: World) => Promise<void>,
): () => Promise<void> {
	return async () => {
		try {
			await test(current());
		} catch (error) {
			if (error instanceof Error) {
				const log = `\n\nThe end of n8n's log:\n${current().n8n.logTail(LOG_LINES)}`;
				// Jest shows the stack, which begins with the message.
				error.stack = (error.stack ?? '').replace(error.message, (message) => message + log);
				error.message += log;
			}
			throw error;
		}
	};
}

/**
 * Has the tests of a file share a world with a credential for its sandbox, in which nothing has happened when a test
 * begins.
 * @param access what the credential holds besides the sandbox's key and address.
 * @param env further settings of n8n.
 * @returns the world, while tests run, what makes a test in it, and what starts its n8n again that has ended.
 */
export function shareWorld({ access, env }: { access?: JsonObject; env?: Environment } = {}) {
	let shared: World & { credential: CredentialReference };
	/** The world itself ends only the n8n that it began with. */
	let restarted: N8n | undefined;
	beforeAll(async () => {
		const world = await startWorld(undefined, env);
		const credential = await world.client.createCredential(accessTo(world.sandbox, access));
		shared = { ...world, credential };
	}, WORLD_TIMEOUT_MS);
	afterAll(async () => {
		await restarted?.stop();
		await shared?.stop();
	}, WORLD_TIMEOUT_MS);
	beforeEach(() => shared.sandbox.reset());
	jest.setTimeout(180_000);
	const world = () => shared;
	return {
		world,
		scenario: (test: (world: typeof shared) => Promise<void>) =>
			inWorld(world, async () => await test(shared)),
		startAgain: async () => {
			const n8n = await shared.prepared.start();
			restarted = n8n;
			shared = { ...shared, n8n, client: await TestN8nClient.logIn(n8n.url, OWNER) };
			return shared;
		},
	};
}
