import { parseArgs } from 'node:util';

import { startSandbox, type SandboxOptions } from './index';

const HELP = `A LiveCall look-alike on this machine, for n8n-nodes-livecall.

  npm run sandbox -- [options]

  --port <number>             port of the API and the page   (4010; 0 for any free one)
  --recordings-port <number>  port recordings are fetched from (4011; 0 for any free one)
  --api-key <text>            the one valid API key          (sandbox-api-key)
  --stage-seconds <number>    how long each stage of a call lasts; 0: calls move only by hand (2)
  --link-seconds <number>     how long a recording link is valid (60)
  --rate <number>             API requests a second, more are answered 429 (0: no limit)
  --latency-ms <number>       how much later the API answers (0)
  --help                      this text

A call to a number that ends in 0 is never answered.`;

function readOptions(): SandboxOptions | undefined {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '4010' },
			'recordings-port': { type: 'string', default: '4011' },
			'api-key': { type: 'string', default: 'sandbox-api-key' },
			'stage-seconds': { type: 'string', default: '2' },
			'link-seconds': { type: 'string', default: '60' },
			rate: { type: 'string', default: '0' },
			'latency-ms': { type: 'string', default: '0' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return undefined;
	return {
		port: readPort('--port', values.port),
		recordingsPort: readPort('--recordings-port', values['recordings-port']),
		apiKey: values['api-key'],
		stageMs: 1000 * readNumber('--stage-seconds', values['stage-seconds']),
		linkLifetimeMs: 1000 * readNumber('--link-seconds', values['link-seconds']),
		requestsPerSecond: readNumber('--rate', values.rate) || undefined,
		latencyMs: readNumber('--latency-ms', values['latency-ms']),
	};
}

function readPort(option: string, text: string): number {
	const port = Number(text);
	if (/^\d+$/.test(text) && port <= 65_535) return port;
	throw new Error(`${option} must be a port from 0 to 65535, not "${text}"`);
}

function readNumber(option: string, text: string): number {
	const number = Number(text);
	if (text.trim() && Number.isFinite(number) && number >= 0) return number;
	throw new Error(`${option} must be a number, not "${text}"`);
}

/** Puts what went wrong into words, for someone who does not know the code. */
function explain(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
		return `Port ${String(error.port)} is taken. Stop what uses it, or choose others with --port and --recordings-port.`;
	}
	if ('code' in error && error.code === 'EACCES' && 'port' in error) {
		return `This account may not open port ${String(error.port)}. Choose one above 1023.`;
	}
	return `${error.message}\n(--help shows the options)`;
}

async function main(): Promise<void> {
	const options = readOptions();
	if (!options) {
		console.log(HELP);
		return;
	}
	const sandbox = await startSandbox(options);
	console.log(
		[
			'The LiveCall sandbox is running.',
			`  Page        ${sandbox.pageUrl}`,
			`  Base URL    ${sandbox.apiUrl}`,
			`  API key     ${sandbox.apiKey}`,
			`  Recordings  ${sandbox.recordingsUrl}`,
			'Ctrl-C stops it.',
		].join('\n'),
	);
	const stop = () => {
		void sandbox.stop().then(() => console.log('\nThe LiveCall sandbox has stopped.'));
	};
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
	console.error(explain(error));
	process.exitCode = 1;
});
