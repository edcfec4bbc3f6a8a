import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { version as currentVersion } from '../../package.json';
import { obstaclesTo } from './check';

const REPOSITORY = path.resolve(__dirname, '../..');

/**
 * `npm run release -- <version>` on a developer's machine commits and tags a version; GitHub publishes it once the tag
 * is pushed, and runs the same command without a version for that.
 */
function main(): void {
	const [wanted] = process.argv.slice(2);
	const isOnGitHub = process.env.GITHUB_ACTIONS === 'true';
	if (!isOnGitHub && wanted === undefined) {
		giveUp(['Name the version: npm run release -- 1.2.3']);
	}
	const obstacles = obstaclesTo({
		version: wanted ?? currentVersion,
		changelog: readFileSync(path.join(REPOSITORY, 'CHANGELOG.md'), 'utf8'),
		tag: isOnGitHub ? process.env.GITHUB_REF_NAME : undefined,
	});
	if (obstacles.length > 0) giveUp(obstacles);
	if (isOnGitHub) {
		run('npx', ['n8n-node', 'release']);
	} else {
		run('npm', ['version', wanted ?? currentVersion, '--tag-version-prefix=']);
		console.log('To publish it: git push --follow-tags');
	}
}

/** Runs a program in the repository, and ends with its exit code where it fails. */
function run(program: string, args: string[]): void {
	const { status } = spawnSync(program, args, { cwd: REPOSITORY, stdio: 'inherit' });
	if (status !== 0) process.exit(status ?? 1);
}

function giveUp(obstacles: string[]): never {
	for (const obstacle of obstacles) console.error(obstacle);
	process.exit(1);
}

main();
