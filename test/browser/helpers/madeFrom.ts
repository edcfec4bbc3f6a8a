import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { readExamples } from '../../../dev/launcher/examples';
import { REPOSITORY } from '../../../dev/launcher/folders';
import { LiveCall } from '../../../nodes/LiveCall/LiveCall.node';
import { LiveCallTrigger } from '../../../nodes/LiveCallTrigger/LiveCallTrigger.node';

/** Where the mark of what the pictures were made from is kept. */
export const MADE_FROM = path.join(REPOSITORY, 'docs', 'images', 'made-from.txt');

const PAGE = path.join(REPOSITORY, 'dev', 'sandbox', 'page');

/** Gives a mark that changes with whatever the pictures show: panels, examples, the sandbox's page. */
export async function madeFrom(): Promise<string> {
	const panels = [new LiveCall().description, new LiveCallTrigger().description];
	const page = await Promise.all(
		(await readdir(PAGE)).sort().map(async (name) => await readFile(path.join(PAGE, name), 'utf8')),
	);
	return createHash('sha256')
		.update(JSON.stringify([panels, await readExamples(), page]))
		.digest('hex');
}
