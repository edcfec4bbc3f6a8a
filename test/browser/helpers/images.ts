import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';

import { REPOSITORY } from '../../../dev/launcher/folders';
import { poll } from '../../../dev/launcher/poll';

const DOCS = path.join(REPOSITORY, 'docs');

/** The pictures that README and docs show. */
const PUBLISHED = path.join(DOCS, 'images');

/** Whether the pictures in `docs/images` are taken anew. */
export const UPDATING = process.env.UPDATE_IMAGES !== undefined;

/** Dots for each pixel of the page: twice as many for pictures that are published, as today's screens have them. */
export const SCALE = UPDATING ? 2 : 1;

/** The browser's window. At this size n8n cuts off nothing of a panel's tabs. */
export const WINDOW = { viewport: { width: 1440, height: 900 }, deviceScaleFactor: SCALE };

/** What is special about a picture. */
interface Shot {
	/** What it is of: everything that these find. The whole window where it is left out. */
	of?: Locator[];
	/** How much of the page is shown around that, in pixels; none where it is left out. */
	margin?: number;
	/** How high it is at most, in pixels. */
	height?: number;
	/** What is left out of it, as a CSS selector. */
	hide?: string;
	/** Whether something goes on in the page for as long as a person lets it. */
	busy?: boolean;
}

/** Takes pictures of pages. */
export interface Camera {
	/** Takes a picture, once nothing moves any more in the page. */
	take(page: Page, name: string, shot?: Shot): Promise<void>;
}

/**
 * Gives a camera. With UPDATE_IMAGES set, pictures that README or docs show go to `docs/images`; all others go to
 * a new temporary folder.
 */
export async function openCamera(): Promise<Camera> {
	const shown = UPDATING ? await shownPictures() : new Set<string>();
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-livecall-images-'));
	return {
		take: async (page, name, { of, margin = 0, height = Infinity, hide, busy = false } = {}) => {
			await poll(async () => busy || (await isStill(page)) || undefined, {
				what: 'A page on which nothing moves',
				timeoutMs: 20_000,
			});
			const file = path.join(shown.has(name) ? PUBLISHED : folder, `${name}.png`);
			await mkdir(path.dirname(file), { recursive: true });
			await page.screenshot({
				path: file,
				clip: of && (await areaOf(of, margin, height)),
				animations: 'disabled',
				caret: 'hide',
				// n8n's messages in the corner come and go by themselves, and lie over the panel meanwhile.
				style: `${['.el-notification', hide].filter(Boolean).join(', ')} { display: none !important; }`,
			});
		},
	};
}

/** The names of the pictures that README and docs refer to. */
export async function shownPictures(): Promise<Set<string>> {
	const pages = (await readdir(DOCS)).filter((name) => name.endsWith('.md'));
	const files = [path.join(REPOSITORY, 'README.md'), ...pages.map((name) => path.join(DOCS, name))];
	const texts = await Promise.all(files.map(async (file) => await readFile(file, 'utf8')));
	return new Set(
		texts.flatMap((text) =>
			[...text.matchAll(/\]\((?:docs\/)?images\/([\w-]+)\.png\)/g)].map(([, name]) => name),
		),
	);
}

/** The part of the page that holds all of what is found, with a margin around it. */
async function areaOf(parts: Locator[], margin: number, height: number) {
	const found = (await Promise.all(parts.map(async (part) => await part.all()))).flat();
	const boxes = (await Promise.all(found.map(async (part) => await part.boundingBox()))).filter(
		(box) => box !== null,
	);
	const left = Math.max(0, Math.min(...boxes.map(({ x }) => x)) - margin);
	const top = Math.max(0, Math.min(...boxes.map(({ y }) => y)) - margin);
	const right = Math.max(...boxes.map((box) => box.x + box.width)) + margin;
	const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + margin;
	return { x: left, y: top, width: right - left, height: Math.min(bottom - top, height) };
}

/** Whether nothing goes on in the page any more: n8n's buttons are empty while they are busy, and fade in afterwards. */
async function isStill(page: Page): Promise<boolean> {
	if ((await page.locator('button[aria-busy=true]').count()) > 0) return false;
	return await page.evaluate<boolean>(
		`document.getAnimations().every((animation) => animation.playState !== 'running')`,
	);
}
