/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine and is never shipped */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';

import { REPOSITORY } from '../../../dev/launcher/folders';

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
	/** Takes a picture of what the window shows, once nothing moves any more. */
	take(page: Page, name: string): Promise<void>;
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
		take: async (page, name) => {
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
