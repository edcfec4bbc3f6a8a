import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, type } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { version } from '../../package.json';
import { REPOSITORY } from '../launcher/folders';
import { DEFAULT_N8N_VERSION } from '../launcher/runtime';
import { runCase } from './case';
import { claims, creates } from './cases/create';
import { deliveries, deliveryMemory } from './cases/deliveries';
import { reads } from './cases/get';
import { overload } from './cases/overload';
import { recordings } from './cases/recordings';
import { upserts } from './cases/upsert';
import { waits } from './cases/waits';
import { page, resultTable, table, type Outcome } from './page';
import { inWorld, type World } from './world';

/** The rows of the page. */
const CASES = [reads, creates, deliveries, overload, recordings, upserts, waits];

/** Tables of their own, measured only when asked for by name. */
const EXTRAS: Record<string, (rounds: number) => Promise<string[][]>> = {
	claims,
	memory: async () => await inWorld({}, deliveryMemory),
};

const PAGE = path.join(REPOSITORY, 'docs', 'performance.md');

const HELP = `npm run bench -- [--rounds <number>] [--case <name>]…

Compares this package with n8n's own nodes, in a real n8n on Linux. Without --case, ${CASES.map(({ name }) => name).join(', ')}
are measured and docs/performance.md is written anew, down to "How it is measured"; with it, tables are only printed, also
those of ${Object.keys(EXTRAS).join(' and ')}. Five rounds take about 50 minutes: leave the machine alone meanwhile.`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			rounds: { type: 'string', default: '5' },
			case: { type: 'string', multiple: true },
			help: { type: 'boolean' },
		},
	});
	const rounds = Number(values.rounds);
	const names = values.case ?? CASES.map(({ name }) => name);
	const isKnown = (name: string) => name in EXTRAS || CASES.some((one) => one.name === name);
	if (values.help || !(rounds >= 1) || !names.every(isKnown)) return console.log(HELP);

	const startedAt = new Date();
	const chosen = CASES.filter(({ name }) => names.includes(name));
	const measure = async (world: World): Promise<Outcome[]> => {
		const outcomes: Outcome[] = [];
		for (const one of chosen) outcomes.push([one, await runCase(world, one, rounds)]);
		return outcomes;
	};
	const outcomes = chosen.length > 0 ? await inWorld({}, measure) : [];
	if (outcomes.length > 0) console.log(resultTable(outcomes));
	for (const name of names) {
		const rows = await EXTRAS[name]?.(rounds);
		if (rows) console.log(table(rows));
	}
	if (values.case !== undefined) return;
	const how = surroundings(rounds, startedAt);
	await writeFile(PAGE, page(outcomes, await readFile(PAGE, 'utf8'), how));
}

/** Says how the figures came about, in Markdown. */
function surroundings(rounds: number, startedAt: Date): string {
	const minutes = Math.round((Date.now() - startedAt.getTime()) / 60_000);
	return `\`npm run bench -- --rounds ${rounds}\`, ${startedAt.toISOString().slice(0, 10)}, ${minutes} minutes; n8n ${DEFAULT_N8N_VERSION} with SQLite and files on disk; this package ${version}; ${type()} ${release()}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()}). Each figure is the median of the rounds, in brackets the least and the most.`;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
