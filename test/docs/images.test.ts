import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { readExamples } from '../../dev/launcher/examples';
import { REPOSITORY } from '../../dev/launcher/folders';
import { LiveCall } from '../../nodes/LiveCall/LiveCall.node';
import { LiveCallTrigger } from '../../nodes/LiveCallTrigger/LiveCallTrigger.node';
import { shownPictures, UPDATING } from '../browser/helpers/images';

const IMAGES = path.join(REPOSITORY, 'docs', 'images');

/** Holds the mark of what the pictures were made from. */
const MADE_FROM = path.join(IMAGES, 'made-from.txt');

const PAGE = path.join(REPOSITORY, 'dev', 'sandbox', 'page');

/** Gives a mark that changes with whatever the pictures show: panels, examples, the sandbox's page. */
async function madeFrom(): Promise<string> {
	const panels = [new LiveCall().description, new LiveCallTrigger().description];
	const page = await Promise.all(
		(await readdir(PAGE)).sort().map(async (name) => await readFile(path.join(PAGE, name), 'utf8')),
	);
	return createHash('sha256')
		.update(JSON.stringify([panels, await readExamples(), page]))
		.digest('hex');
}

describe('the pictures in docs/images', () => {
	it('are those that README and docs show', async () => {
		const files = await readdir(IMAGES);
		const pictures = files.filter((name) => name.endsWith('.png')).map((name) => name.slice(0, -4));
		expect(pictures.sort()).toEqual([...(await shownPictures())].sort());
	});

	it('show what there is: after a change to panels, examples or sandbox page, "npm run images" takes them anew', async () => {
		const now = await madeFrom();
		if (UPDATING) await writeFile(MADE_FROM, `${now}\n`);
		expect((await readFile(MADE_FROM, 'utf8')).trim()).toBe(now);
	});
});
