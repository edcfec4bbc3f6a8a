import { run } from '../../dev/launcher/command';

const cwd = __dirname;

async function runScript(script: string, signal?: AbortSignal): Promise<string> {
	return await run(process.execPath, ['-e', script], { cwd, signal });
}

describe('run', () => {
	it('gives what a program wrote to its standard output', async () => {
		expect(await runScript('console.log("out"); console.error("err")')).toBe('out\n');
	});

	it('takes as much output as an install of n8n makes', async () => {
		const megabytes = 5;
		const script = `process.stdout.write("x".repeat(${megabytes} * 1024 * 1024))`;
		expect(await runScript(script)).toHaveLength(megabytes * 1024 * 1024);
	});

	it('gives a program that reads its input nothing to wait for', async () => {
		expect(
			await runScript('process.stdin.on("data", () => {}).on("end", () => console.log(1))'),
		).toBe('1\n');
	});

	it.each([
		['process.exit(3)', /^"node\S* -e .*" ended with 3\./],
		['process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60_000)', /ended with SIGTERM\./],
		[
			'for (let i = 0; i < 99; i++) console.error("line", i); process.exit(1)',
			/\n.*line 69[^]*line 98$/,
		],
	])('says how a program ended, with the end of its output: %s', async (script, words) => {
		await expect(runScript(script)).rejects.toThrow(words);
	});

	it('says when a program cannot be run, or is broken off', async () => {
		await expect(run('no-such-program', ['--now'], { cwd })).rejects.toThrow(
			'"no-such-program --now" could not be run: spawn no-such-program ENOENT',
		);
		const breaking = new AbortController();
		const running = runScript('setTimeout(() => {}, 60_000)', breaking.signal);
		breaking.abort();
		await expect(running).rejects.toThrow('could not be run: The operation was aborted');
	});
});
