import { median, type BenchCase, type Line, type Results } from './case';

/** A case and what came of it. */
export type Outcome = [BenchCase, Results];

/** Where the part of the page begins that people write and that stays. */
const KEPT = '## How it is measured';

/** Writes the page, in Markdown: `former` is the page as it was, `how` says how the figures came about. */
export function page(outcomes: Outcome[], former: string, how: string): string {
	const marks = outcomes.flatMap(rowsOf).map((row) => row[row.length - 1]);
	const [met, missed] = ['yes', '**no**'].map((mark) => marks.filter((one) => one === mark).length);
	const summary = `**${met} of ${met + missed} targets are met.** ${how}`;
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
	const [ours, theirs] = [of, beside].map((who) => shown(median(figuresOf(results, who, figure))));
	return plain ? [`- ${plain.replace('{ours}', ours).replace('{theirs}', theirs)}`] : [];
}

function rowsOf([{ work, lines }, results]: Outcome): string[][] {
	return lines.map((line, index) => [index === 0 ? work : '', ...cells(line, results)]);
}

function cells([what, figure, of, beside, target]: Line, results: Results): string[] {
	const [ours, theirs] = [of, beside].map((who) => figuresOf(results, who, figure));
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
		bound === undefined ? '–' : isMet ? 'yes' : '**no**',
	];
}

function figuresOf(results: Results, who: string, figure: string): number[] {
	return (results[who] ?? []).map((one) => one[figure]);
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
export function table(rows: string[][]): string {
	const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
	const rule = widths.map((width) => '-'.repeat(width));
	return [rows[0], rule, ...rows.slice(1)]
		.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`)
		.join('\n');
}
