import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { runNpm } from './command';
import { REPOSITORY } from './folders';
import { parseJson, textAt } from '../json';

/**
 * Packs this package as it would be published; `dist` has to be built.
 * @param folder where the file goes; made where it does not exist.
 * @returns the packed file's path.
 * @throws Error with the end of npm's output when npm fails.
 */
export async function packPackage(folder: string, signal?: AbortSignal): Promise<string> {
	await mkdir(folder, { recursive: true });
	const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
	const output = await runNpm(process.execPath, args, { cwd: REPOSITORY, signal });
	return path.join(folder, textAt(parseJson(output), 0, 'filename'));
}
