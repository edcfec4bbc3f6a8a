import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { reportStep, startReport } from '../../dev/launcher/progress';
import { ensureRuntime } from '../../dev/launcher/runtime';

/**
 * Gives the tests a folder of their own for temporary files, which `globalTeardown` deletes, and installs the n8n that
 * N8N_VERSION names, if it is not there yet, before its engine is loaded.
 */
export default async function globalSetup(): Promise<void> {
	process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'n8n-nodes-livecall-tests-'));
	const version = process.env.N8N_VERSION;
	if (version === undefined) return;
	const report = startReport(console.error);
	await reportStep(report, `n8n ${version}`, async () => await ensureRuntime({ version, report }));
}
