import { rmSync } from 'node:fs';

/** Deletes what the tests have left in the folder that `globalSetup` made. */
export default function globalTeardown(): void {
	const folder = process.env.TMPDIR;
	if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
