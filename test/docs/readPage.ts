import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads a page of docs/. */
export function readPage(name: string): string {
	return readFileSync(join(__dirname, '..', '..', 'docs', name), 'utf8');
}
