import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { REPOSITORY } from '../../dev/launcher/folders';

/** Reads a file of the repository. */
export function textOf(file: string): string {
	return readFileSync(join(REPOSITORY, file), 'utf8');
}

/** Reads a page of docs/. */
export function readPage(name: string): string {
	return textOf(`docs/${name}`);
}
