import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, type } from 'node:os';
import path from 'node:path';

import { run } from '../launcher/command';
import { REPOSITORY } from '../launcher/folders';
import { parseJson, textAt } from '../json';
import { reportStep, startReport } from '../launcher/progress';
import type { BenchCase, Row } from './case';
import { callsLimited, callsMany, callsSlow } from './cases/calls';
import { deliveries } from './cases/deliveries';
import { loading } from './cases/loading';
import { recordingLarge, recordingsMany } from './cases/recordings';
import { upserts } from './cases/upsert';
import { help, readOptions } from './options';
import { document, type Surroundings } from './report';
import { startWorld, type World } from './world';

const CASES: BenchCase[] = [
	callsSlow,
	callsMany,
	callsLimited,
	recordingLarge,
	recordingsMany,
	deliveries,
	loading,
	upserts,
];

const DOCUMENT = path.join(REPOSITORY, 'docs', 'performance.md');

async function main(): Promise<void> {
	const names = CASES.map(({ name }) => name);
	const given = process.argv.slice(2);
	const options = readOptions(given, names);
	if (options.help) {
		console.log(help(names));
		return;
	}
	const report = startReport(console.error);
	const startedAt = new Date();
	const [before] = loadavg();
	const world = await reportStep(report, 'Starting n8n and the stub', startWorld);
	const endAll = () => void world.stop().finally(() => process.exit(1));
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, endAll);
	try {
		const rows: Row[] = [];
		for (const one of CASES.filter(({ name }) => options.cases.includes(name))) {
			const context = { world, rounds: options.rounds, report };
			const row = await reportStep(report, one.name, async () => await one.run(context));
			report(`${one.name}: ${row.ours} against ${row.theirs}, ${row.ratio}`);
			rows.push(row);
		}
		const minutes = (Date.now() - startedAt.getTime()) / 60_000;
		const text = document(rows, {
			...(await surroundings(world)),
			command: ['npm run bench', ...(given.length > 0 ? ['--', ...given] : [])].join(' '),
			rounds: options.rounds,
			date: startedAt.toISOString().slice(0, 10),
			load: { before, after: loadavg()[0] },
			minutes,
		});
		if (options.whole) await writeFile(DOCUMENT, text);
		console.log(text);
		report(options.whole ? `Written to ${path.relative(REPOSITORY, DOCUMENT)}` : 'Done');
	} finally {
		await world.stop();
	}
}

async function surroundings({
	runtime,
}: World): Promise<Pick<Surroundings, 'n8n' | 'node' | 'package' | 'system' | 'cores'>> {
	const manifest = parseJson(await readFile(path.join(REPOSITORY, 'package.json'), 'utf8'));
	const version = await run(runtime.node, ['--version'], { cwd: REPOSITORY });
	const [cpu] = cpus();
	return {
		n8n: runtime.version,
		node: version.trim().replace(/^v/, ''),
		package: textAt(manifest, 'version'),
		system: `${type()} ${release().split('-')[0]}`,
		cores: `${availableParallelism()} cores (${cpu.model.trim()})`,
	};
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
