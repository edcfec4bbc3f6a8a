import { spawnSync } from 'node:child_process';

import { startReport } from './progress';
import { ensureNode } from './runtime';

/**
 * Runs a JavaScript program on the Node that n8n is given: `tsx dev/launcher/onN8nsNode.ts <file> <arguments>`. It ends
 * with the program's exit code.
 */
async function main(): Promise<void> {
	const node = await ensureNode({ report: startReport(console.error) });
	console.error(`On ${node}`);
	process.exitCode = spawnSync(node, process.argv.slice(2), { stdio: 'inherit' }).status ?? 1;
}

void main();
