import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { readExamples } from '../../dev/launcher/examples';
import { REPOSITORY } from '../../dev/launcher/folders';
import { LiveCall } from '../../nodes/LiveCall/LiveCall.node';
import { LiveCallTrigger } from '../../nodes/LiveCallTrigger/LiveCallTrigger.node';
import { UPDATING } from '../browser/helpers/images';

/** Holds the mark of what the pictures were made from. */
const MADE_FROM = path.join(REPOSITORY, 'docs', 'images', 'made-from.txt');

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

it('the pictures in docs/images show what there is', async () => {
	const now = await madeFrom();
	if (UPDATING) await writeFile(MADE_FROM, `${now}\n`);
	if ((await readFile(MADE_FROM, 'utf8')).trim() === now) return;
	throw new Error(
		`Panels, examples or the sandbox's page have changed since the pictures were taken: they may show what was. "npm run images" takes them anew, with Chromium and a real n8n.`,
	);
});
