import { spawnSync } from 'node:child_process';

/**
 * Takes the pictures in docs/images anew. They come from the browser tests, so that they show what was seen to work.
 * Then notes what they were made from, which `npm run check:images` compares with what there is. The package has to be built.
 */
function main(): number {
	const jest = require.resolve('jest/bin/jest');
	const run = (...args: string[]): number => {
		const env = { ...process.env, UPDATE_IMAGES: '1' };
		return spawnSync(process.execPath, [jest, ...args], { stdio: 'inherit', env }).status ?? 1;
	};
	const browser = ['--config', 'jest.n8n.config.js', '--selectProjects=browser', '--maxWorkers=2'];
	return (
		run(...browser, ...process.argv.slice(2)) ||
		run('--config', 'jest.n8n.config.js', '--selectProjects=images')
	);
}

process.exitCode = main();
