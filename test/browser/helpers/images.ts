import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';

import { REPOSITORY } from '../../../dev/launcher/folders';
import { poll } from '../../../dev/launcher/poll';

/** The pictures that the README shows. */
const PUBLISHED = path.join(REPOSITORY, 'docs', 'images');

/**
 * The browser's window. At this size n8n cuts off nothing of a panel's tabs; the scale makes every picture
 * 1280 by 800 dots.
 */
export const WINDOW = { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1280 / 1440 };

/** Takes pictures of the editor. */
export interface Camera {
	/** The folder that they go to. */
	folder: string;
	/**
	 * Takes a picture of what the window shows, once nothing moves any more.
	 * @param busy whether something goes on for as long as a person lets it
	 */
	take(page: Page, name: string, busy?: boolean): Promise<void>;
}

/** Gives a camera whose pictures go to `docs/images` when UPDATE_IMAGES is set, else to a new temporary folder. */
export async function openCamera(): Promise<Camera> {
	const folder =
		process.env.UPDATE_IMAGES === undefined
			? await mkdtemp(path.join(tmpdir(), 'n8n-nodes-livecall-images-'))
			: PUBLISHED;
	await mkdir(folder, { recursive: true });
	return {
		folder,
		take: async (page, name, busy = false) => {
			await poll(async () => busy || (await isStill(page)) || undefined, {
				what: 'A page on which nothing moves',
				timeoutMs: 20_000,
			});
			await page.screenshot({
				path: path.join(folder, `${name}.png`),
				animations: 'disabled',
				caret: 'hide',
				// n8n's messages in the corner come and go by themselves, and lie over the panel meanwhile.
				style: '.el-notification { display: none !important; }',
			});
		},
	};
}

/** Whether nothing goes on in the page any more: n8n's buttons are empty while they are busy, and fade in afterwards. */
async function isStill(page: Page): Promise<boolean> {
	if ((await page.locator('button[aria-busy=true]').count()) > 0) return false;
	return await page.evaluate<boolean>(
		`document.getAnimations().every((animation) => animation.playState !== 'running')`,
	);
}
