import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';

import { madeFrom, MADE_FROM } from './helpers/madeFrom';

/**
 * Takes the pictures in docs/images anew. They come from the browser tests, so that they show what was seen to work.
 * Notes what they were made from, which a test compares with what there is. The package has to be built.
 */
async function main(): Promise<void> {
	const jest = [require.resolve('jest/bin/jest'), '--config', 'jest.n8n.config.js'];
	const { status } = spawnSync(
		process.execPath,
		[...jest, '--selectProjects=browser', '--runInBand', ...process.argv.slice(2)],
		{ stdio: 'inherit', env: { ...process.env, UPDATE_IMAGES: '1' } },
	);
	process.exitCode = status ?? 1;
	if (status === 0) await writeFile(MADE_FROM, `${await madeFrom()}\n`);
}

void main();
