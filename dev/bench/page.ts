import { median, type BenchCase, type Line, type Results } from './case';

/** A case and what came of it. */
export type Outcome = [BenchCase, Results];

/** Where the part of the page begins that people write and that stays. */
const KEPT = '## How it is measured';

const MET = 'yes';
const MISSED = '**no**';

/** Writes the page, in Markdown: `former` is the page as it was, `how` says how the figures came about. */
export function page(outcomes: Outcome[], former: string, how: string): string {
	const marks = outcomes.flatMap(rowsOf).map((row) => row.at(-1));
	const met = marks.filter((mark) => mark === MET).length;
	const judged = met + marks.filter((mark) => mark === MISSED).length;
	const summary = `**${met} of ${judged} targets are met.** ${how}`;
	const sentences = outcomes.flatMap(sentenceOf).join('\n');
	const kept = former.slice(former.indexOf(KEPT));
	return ['# Performance', sentences, summary, resultTable(outcomes), kept].join('\n\n');
}

/** Writes the table of results, in Markdown. */
export function resultTable(outcomes: Outcome[]): string {
	const head = ['Work', 'Figure', 'This package', 'Beside it', 'Ratio', 'Target', 'Met'];
	return table([head, ...outcomes.flatMap(rowsOf)]);
}

function sentenceOf([{ plain, lines }, results]: Outcome): string[] {
	const [, figure, of, beside] = lines[0];
	const middle = (who: string) => shown(median(figuresOf(results, who, figure)));
	if (plain === undefined) return [];
	return [`- ${plain.replace('{ours}', middle(of)).replace('{theirs}', middle(beside))}`];
}

function rowsOf([{ work, lines }, results]: Outcome): string[][] {
	return lines.map((line, index) => [index === 0 ? work : '', ...cells(line, results)]);
}

function cells([what, figure, of, beside, target]: Line, results: Results): string[] {
	const ours = figuresOf(results, of, figure);
	const theirs = figuresOf(results, beside, figure);
	const ratio = median(ours) / median(theirs);
	const [sign, bound, isRatio] = target.split(' ');
	const judged = isRatio ? ratio : median(ours);
	const isMet = sign === '≤' ? judged <= Number(bound) : judged >= Number(bound);
	return [
		what,
		spread(ours),
		theirs.length > 0 ? `${spread(theirs)} ${beside}` : '–',
		theirs.length > 0 ? `${shown(ratio)} ×` : '–',
		target,
		bound === undefined ? '–' : isMet ? MET : MISSED,
	];
}

function figuresOf(results: Results, who: string, figure: string): number[] {
	return (results[who] ?? []).map((one) => one[figure] ?? NaN);
}

/** Shows a figure of all rounds: the median, and from where to where it reaches. */
function spread(values: number[]): string {
	const [least, most] = [shown(Math.min(...values)), shown(Math.max(...values))];
	return least === most ? most : `${shown(median(values))} (${least}–${most})`;
}

/** Shows a number: two digits behind the point below ten, one below a hundred, none above. */
function shown(value: number): string {
	if (Number.isInteger(value)) return String(value);
	return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** A table with columns as wide as their widest cell, the form that prettier leaves as it is. */
export function table([head = [], ...rows]: string[][]): string {
	const widthOf = (column: number) =>
		Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0));
	const rule = head.map((_, column) => '-'.repeat(widthOf(column)));
	return [head, rule, ...rows]
		.map((row) => `| ${row.map((cell, column) => cell.padEnd(widthOf(column))).join(' | ')} |`)
		.join('\n');
}
