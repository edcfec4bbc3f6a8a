import { DEMO_OWNER, startDemo, type Demo } from './demo';
import { HELP, readOptions, type LauncherOptions } from './options';
import { startReport } from './progress';
import { AFTER_THE_CALL_ID } from './seed';

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
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		return 1;
	}
	report('Ready');
	console.log(describe(demo, options));

	const asked = new Promise<void>((resolve) => {
		stopping.signal.addEventListener('abort', () => resolve(), { once: true });
	});
	await Promise.race([asked, demo.n8n.ended]);
	const endedByItself = !stopping.signal.aborted;
	if (endedByItself) console.error(`\nn8n ended by itself:\n${demo.n8n.logTail(30)}`);
	else report('Stopping …');
	await demo.stop();
	report('Stopped');
	return endedByItself ? 1 : 0;
}

/** What to open, and what to try first. */
function describe({ n8n, sandbox, waiting }: Demo, options: LauncherOptions): string {
	const lead = JSON.stringify({
		name: 'Mary',
		phone: '+44 20 7946 0123',
		...(sandbox ? {} : { target_group: 'YOUR-TARGET-GROUP' }),
	});
	const tryIt = [
		`  curl -X POST ${n8n.url}/webhook/callback -H "Content-Type: application/json" -d '${lead}'`,
		'',
	];
	const active = waiting.flatMap(({ id, name, url }) =>
		url === undefined ? [] : [{ id, name, path: url.slice(n8n.url.length) }],
	);
	const notActive = waiting
		.filter(({ url }) => url === undefined)
		.map(({ name }) => `"${name}" is not active in n8n, so ended calls do not start it.`);
	const common = [
		'',
		`  n8n      ${n8n.url}`,
		`           e-mail ${DEMO_OWNER.email}, password ${DEMO_OWNER.password}`,
	];
	if (!sandbox) {
		return [
			...common,
			`  LiveCall ${options.liveCall?.baseUrl ?? ''} (your account: real calls, no sandbox)`,
			'',
			'LiveCall cannot reach this machine by itself. To be told of ended calls, make n8n reachable',
			'from outside and enter in LiveCall (Settings, Integrations, Webhooks), once for each of these',
			'workflows, its public address followed by',
			...active.map(({ name, path }) => `  ${path} (${name})`),
			...notActive,
			'',
			"To have a customer called, put the number and your target group's ID in place of the example and send:",
			'',
			...tryIt,
			'Ctrl-C ends it.',
		].join('\n');
	}
	return [
		...common,
		`  Sandbox  ${sandbox.pageUrl}`,
		'           LiveCall on this machine: users, target groups, and calls as they happen',
		'',
		"Send a lead, and watch it being called on the sandbox's page:",
		'',
		...tryIt,
		...(active.some(({ id }) => id === AFTER_THE_CALL_ID)
			? [`Seconds later the recording is here: ${n8n.url}/workflow/${AFTER_THE_CALL_ID}/executions`]
			: []),
		...notActive,
		'',
		'Ctrl-C ends it.',
	].join('\n');
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
