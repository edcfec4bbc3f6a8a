import { reportStep, startReport } from '../../dev/launcher/progress';
import { ensureRuntime } from '../../dev/launcher/runtime';

/** Installs the n8n that N8N_VERSION names, where it is not yet there, before its engine is loaded. */
export default async function installN8n(): Promise<void> {
	const version = process.env.N8N_VERSION;
	const report = startReport(console.error);
	await reportStep(report, `n8n ${version}`, async () => await ensureRuntime({ version, report }));
}
