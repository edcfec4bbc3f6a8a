import { tmpdir } from 'node:os';
import path from 'node:path';
import { selectors, type Browser, type BrowserContext } from 'playwright-core';

import type { CredentialReference } from '../../../dev/launcher/rest';
import { startAll } from '../../../dev/startAll';
import {
	accessTo,
	inWorld,
	OWNER,
	startWorld,
	WORLD_TIMEOUT_MS,
	type World,
} from '../../e2e/helpers/world';
import { launchBrowser } from './chromium';
import { Editor } from './editor';
import { openCamera, WINDOW, type Camera } from './images';

/** A world with a person in it who sits in front of a browser, signed in. */
export interface BrowserWorld extends World {
	camera: Camera;
	/** A credential for the sandbox, with the webhook token. */
	credential: CredentialReference;
	/** Opens a tab in a browser of its own, in which nobody has signed in. */
	openStranger(): Promise<Editor>;
	/** Opens a tab of the signed-in person. */
	openEditor(): Promise<Editor>;
	/** The tab that was opened last, while it is open. */
	current(): Editor | undefined;
	/** Closes all tabs. */
	closeTabs(): Promise<void>;
}

/** What LiveCall's webhooks have to bring along. */
export const WEBHOOK_TOKEN = 'a-token-for-the-browser-tests';

/** Starts sandbox, n8n and browser, and signs in. */
async function startBrowserWorld(): Promise<BrowserWorld> {
	selectors.setTestIdAttribute('data-test-id');
	return await startAll(async (undo) => {
		const world = await startWorld();
		undo(world.stop);
		const browser = await launchBrowser();
		undo(async () => await browser.close());
		// n8n itself would call the first one "LiveCall account", which is left to the test that makes one.
		const access = accessTo(world.sandbox, { webhookToken: WEBHOOK_TOKEN }, 'My LiveCall account');
		const credential = await world.client.createCredential(access);
		const signedIn = await newContext(browser);
		const strangers: BrowserContext[] = [];
		let current: Editor | undefined;

		const open = async (context: BrowserContext) => {
			current = new Editor(await context.newPage(), world.n8n.url);
			return current;
		};
		const first = await open(signedIn);
		await first.signIn(OWNER);
		return {
			...world,
			camera: await openCamera(),
			credential,
			openStranger: async () => {
				const context = await newContext(browser);
				strangers.push(context);
				return await open(context);
			},
			openEditor: async () => await open(signedIn),
			current: () => current,
			closeTabs: async () => {
				current = undefined;
				await Promise.all(strangers.splice(0).map(async (context) => await context.close()));
				await Promise.all(signedIn.pages().map(async (page) => await page.close()));
			},
		};
	});
}

/**
 * Has the tests of a file share a world, each with a sandbox in which nothing has happened.
 * @param prepare what is done once it runs.
 * @returns the world, while tests run, and what makes a test in it.
 */
export function shareBrowserWorld(
	prepare: (world: BrowserWorld) => Promise<void> = async () => undefined,
) {
	let shared: BrowserWorld;
	beforeAll(async () => {
		shared = await startBrowserWorld();
		await prepare(shared);
	}, WORLD_TIMEOUT_MS);
	afterAll(async () => await shared?.stop(), WORLD_TIMEOUT_MS);
	beforeEach(() => shared.sandbox.reset());
	afterEach(async () => await shared.closeTabs());
	jest.setTimeout(300_000);
	const world = () => shared;
	const scenario = (test: (world: BrowserWorld) => Promise<void>) => inEditor(world, test);
	return { world, scenario };
}

/**
 * Makes a jest test that works in a world: when it fails, a picture of the tab is taken, and its place and
 * the end of n8n's log stand behind the reason.
 * @param world gives the world that is running then.
 */
function inEditor(
	world: () => BrowserWorld,
	test: (world: BrowserWorld) => Promise<void>,
): () => Promise<void> {
	return inWorld(world, async () => {
		try {
			await test(world());
		} catch (error) {
			if (error instanceof Error) {
				const { message } = error;
				error.message += await lookAround(world());
				// Jest shows the stack, which begins with the message.
				error.stack = (error.stack ?? '').replace(message, () => error.message);
			}
			throw error;
		}
	});
}

async function lookAround(world: BrowserWorld): Promise<string> {
	const editor = world.current();
	if (editor === undefined) return '';
	const file = path.join(tmpdir(), `n8n-nodes-livecall-browser-failed-${Date.now()}.png`);
	const taken = await editor.page.screenshot({ path: file }).catch(() => undefined);
	return `\n\nThe tab was at ${editor.page.url()}${taken ? `, seen in ${file}` : ''}`;
}

async function newContext(browser: Browser): Promise<BrowserContext> {
	return await browser.newContext({
		...WINDOW,
		colorScheme: 'light',
		locale: 'en-US',
		acceptDownloads: true,
		permissions: ['clipboard-read', 'clipboard-write'],
	});
}
