import type { Report } from '../launcher/progress';
import type { World } from './world';

/** What a case measures in and with. */
export interface BenchContext {
	world: World;
	/** How many rounds are measured. */
	rounds: number;
	report: Report;
}

/** One line of the table: a piece of work, done by this package and by what it is compared with. */
export interface Row {
	work: string;
	beside: string;
	target: string;
	ours: string;
	theirs: string;
	ratio: string;
	/** Connections open at once, at most: this package's and the other's. */
	sockets: string;
	/** Memory of the n8n process over idle, at most: this package's and the other's. */
	rss: string;
	/** Each part of the target with what was measured. */
	checks: Check[];
	/** What was measured in each round. */
	rounds: Measured[];
	/** What else was seen, in whole sentences. */
	notes: string[];
}

/** A part of a target. */
export interface Check {
	/** What is compared, with the figure, such as "time 0.93 ×". */
	found: string;
	/** Such as "≤ 1.15 ×". */
	bound: string;
	met: boolean;
}

/** One figure of one competitor in each round. */
export interface Measured {
	who: string;
	what: string;
	values: number[];
	/** How many digits behind the point mean something. */
	digits: number;
}

/** A row of the table and how it is measured. */
export interface BenchCase {
	/** What `--only` takes. */
	name: string;
	run(context: BenchContext): Promise<Row>;
}

/** How one competitor does the work once. */
export type Competitor<T> = () => Promise<T>;

/**
 * Has all competitors do the work in each round, each time with another one first.
 * @param before what is done before each round, unmeasured.
 */
export async function alternate<T>(
	{ rounds, report }: BenchContext,
	work: string,
	competitors: Record<string, Competitor<T>>,
	before: () => Promise<void> = async () => undefined,
): Promise<Record<string, T[]>> {
	const names = Object.keys(competitors);
	const results: Record<string, T[]> = Object.fromEntries(names.map((name) => [name, []]));
	for (let round = 0; round < rounds; round++) {
		await before();
		for (let turn = 0; turn < names.length; turn++) {
			const name = names[(round + turn) % names.length];
			results[name].push(await competitors[name]());
		}
		report(`${work}: round ${round + 1} of ${rounds} is done`);
	}
	return results;
}

/** Compares with a bound that must not be exceeded. */
export function atMost(what: string, value: number, bound: number, unit: string): Check {
	return {
		found: `${what} ${shown(value)} ${unit}`,
		bound: `≤ ${bound} ${unit}`,
		met: value <= bound,
	};
}

/** Compares with a bound that must be reached. */
export function atLeast(what: string, value: number, bound: number, unit: string): Check {
	return {
		found: `${what} ${shown(value)} ${unit}`,
		bound: `≥ ${bound} ${unit}`,
		met: value >= bound,
	};
}

/** A requirement that is met or not. */
export function must(found: string, bound: string, met: boolean): Check {
	return { found, bound, met };
}

/** Shows a number: two digits behind the point below ten, one below a hundred, none above. */
export function shown(value: number): string {
	if (Number.isNaN(value)) return '–';
	return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
