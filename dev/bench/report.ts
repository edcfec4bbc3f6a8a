import type { Measured, Row } from './case';
import { median } from './statistics';

/** In what the figures were measured. */
export interface Surroundings {
	/** The command that gives them. */
	command: string;
	rounds: number;
	/** When it began, ISO 8601. */
	date: string;
	n8n: string;
	/** The Node that runs n8n. */
	node: string;
	package: string;
	system: string;
	cores: string;
	/** Load averages of 1 minute before and after, nothing of the benchmark in the first. */
	load: { before: number; after: number };
	minutes: number;
}

/** Writes the whole document, in Markdown. */
export function document(rows: Row[], where: Surroundings): string {
	const met = rows.filter((row) => row.checks.every((check) => check.met)).length;
	return [
		'# Performance',
		'',
		"What a user would take instead of this package are n8n's own HTTP Request and Webhook nodes, so this compares with them: in one real n8n, against one stub of LiveCall's API, by turns, each time with another one first. All of this page is written by one command, with no figure changed by hand:",
		'',
		'```sh',
		where.command,
		'```',
		'',
		`${where.date}, ${where.rounds} rounds in ${where.minutes.toFixed(0)} minutes; n8n ${where.n8n} with SQLite and files on disk, on Node ${where.node}; this package ${where.package}; ${where.system}, ${where.cores}. Load before: ${where.load.before.toFixed(2)}, at the end: ${where.load.after.toFixed(2)} (n8n, the stub and the benchmark share the cores).`,
		'',
		`**${met} of ${rows.length} targets are met.** Each figure is the median of the rounds. Connections are the most that the stub saw open at once; memory is the peak of the n8n process (RSS) over what it held before, both as this package / the other.`,
		'',
		...table([
			[
				'Work',
				'Beside',
				'Target',
				'This package',
				'The other',
				'Ratio',
				'Connections',
				'Memory',
				'Met',
			],
			...rows.map((row) => [
				row.work,
				row.beside,
				row.target,
				row.ours,
				row.theirs,
				row.ratio,
				row.sockets,
				row.rss,
				row.checks.every((check) => check.met) ? 'yes' : '**no**',
			]),
		]),
		'',
		'## In detail',
		'',
		...rows.flatMap(detail),
		'## How it is measured',
		'',
		...METHOD.map((line) => `- ${line}`),
		'',
	].join('\n');
}

const METHOD = [
	"Times are those that n8n notes for the node itself, unless said otherwise; deliveries per second count from the first delivery sent to the end of the last execution. CPU is all of the n8n process's.",
	'Before each measurement n8n collects its garbage. Where memory is part of the target, each round begins with a new n8n process, and memory is taken from the rounds in which the node came first: a process keeps what memory it once had.',
	'The stub is plain `node:http` in a process of its own and answers at once, unless said otherwise. It limits requests by a bucket that holds as many as one second allows.',
	'HTTP Request 4.5 has its defaults and a "Header Auth" credential. Where recordings are concerned it is given the link at once, while this package asks for it first. This package has its defaults, too; its trigger\'s credential has a webhook token.',
	'The trivial trigger is a community node that returns its body; it is installed beside this package.',
	'Where the time goes was sampled by the profiler of V8, in an extra run after the rounds.',
];

function detail(row: Row): string[] {
	return [
		`### ${capital(row.work)}`,
		'',
		...row.checks.map(
			({ found, bound, met }) => `- ${met ? 'Met' : '**Missed**'}: ${found} (target: ${bound})`,
		),
		...row.notes.map((note) => `- ${oneLine(note)}`),
		'',
		...table([
			['', 'Measured', 'Median', 'Each round'],
			...row.rounds.map((measured) => [
				measured.who,
				measured.what,
				show(measured, median(measured.values)),
				measured.values.map((value) => show(measured, value)).join(', '),
			]),
		]),
		'',
	];
}

function show({ digits }: Measured, value: number): string {
	return Number.isNaN(value) ? '–' : value.toFixed(digits);
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ');
}

/** A table with columns as wide as their widest cell, the form that prettier leaves as it is. */
function table(rows: string[][]): string[] {
	const cells = rows.map((row) => row.map((cell) => oneLine(cell).replace(/\|/g, '\\|')));
	const widths = cells[0].map((_, column) =>
		Math.max(3, ...cells.map((row) => [...row[column]].length)),
	);
	const line = (row: string[]) =>
		`| ${row.map((cell, column) => cell + ' '.repeat(widths[column] - [...cell].length)).join(' | ')} |`;
	const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
	return [line(cells[0]), rule, ...cells.slice(1).map(line)];
}
