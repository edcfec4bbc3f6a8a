import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { REPOSITORY } from '../../../dev/launcher/folders';

/** Gives the source of one of the package's icons, such as "livecall.svg". */
export async function packageIcon(name: string): Promise<string> {
	return await readFile(path.join(REPOSITORY, 'icons', name), 'utf8');
}

/** Gives what is in a file. */
export async function bytesOf(file: string): Promise<Buffer> {
	return await readFile(file);
}
