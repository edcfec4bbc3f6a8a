import { once } from 'node:events';

import { startDemo, type Demo } from './demo';
import { describe, recordingExample } from './describe';
import { HELP, readOptions } from './options';
import { startReport, type Report } from './progress';

/** Runs the demo until the person ends it; gives the code to exit with. */
async function main(): Promise<number> {
	const options = readOptions(process.argv.slice(2), process.env);
	if (options.help) {
		console.log(HELP);
		return 0;
	}
	const stopping = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => stopping.abort());
	}
	const report = startReport(console.log);
	let demo: Demo;
	try {
		demo = await startDemo(options, report, stopping.signal);
	} catch (error) {
		if (stopping.signal.aborted) return 0;
		throw error;
	}
	report('Ready');
	console.log(describe(demo, options));
	void reportRecording(demo, report);

	await Promise.race([once(stopping.signal, 'abort'), demo.n8n.ended]);
	const endedByItself = !stopping.signal.aborted;
	if (endedByItself) console.error(`\nn8n ended by itself:\n${demo.n8n.logTail(30)}`);
	else report('Stopping …');
	await demo.stop();
	report('Stopped');
	return endedByItself ? 1 : 0;
}

/** Says where the first recording is that an example has fetched, once it has. */
async function reportRecording(demo: Demo, report: Report): Promise<void> {
	const example = demo.sandbox && recordingExample(demo);
	if (!example) return;
	// It ends by an error when the demo ends first.
	const address = await demo.firstSuccess(example.id).catch(() => undefined);
	if (address !== undefined) report(`"${example.name}" has run: ${address}`);
}

main().then(
	(code) => {
		process.exitCode = code;
	},
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : String(error));
		process.exitCode = 1;
	},
);
