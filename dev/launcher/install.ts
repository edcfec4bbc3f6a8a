import { startReport } from './progress';
import { DEFAULT_N8N_VERSION, ensureRuntime } from './runtime';

/** Installs the versions of n8n that are named, so that later starts and tests find them. */
async function main(): Promise<void> {
	const named = process.argv.slice(2);
	const report = startReport(console.log);
	for (const version of named.length > 0 ? named : [DEFAULT_N8N_VERSION]) {
		await ensureRuntime({ version, report });
		report(`n8n ${version} is installed`);
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
