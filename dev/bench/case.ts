import { startReport } from '../launcher/progress';
import type { Figures } from './measure';
import type { World } from './world';

/** A piece of work, done by this package and by what it is compared with. */
export interface BenchCase {
	/** What `--case` takes. */
	name: string;
	/** As the table says it. */
	work: string;
	/** How much is done in a measurement, and before it, so that compiling slows nobody. */
	amount: number;
	warmUp: number;
	/** Gives who does the work, each with the function that does so much of it once. */
	contenders(world: World): Promise<Record<string, (amount: number) => Promise<Figures>>>;
	lines: [Line, ...Line[]];
	/** The first line for people who use the package; `{ours}` and `{theirs}` stand for its figures. */
	plain?: string;
}

/**
 * A line of the table: what it shows, the figure's name, whose it is, whose stands beside it (or nothing), and the
 * target as a person reads it: "≤ 0.65 ×" of the ratio, "≤ 64" of the figure itself, "–" for none.
 */
export type Line = [what: string, figure: string, of: string, beside: string, target: string];

/** The figures of all rounds, by contender. */
export type Results = Record<string, Figures[]>;

const report = startReport(console.error);

/** Has all contenders do the work in each round, each in a new n8n and each time with another one first. */
export async function runCase(world: World, one: BenchCase, rounds: number): Promise<Results> {
	const contenders = Object.entries(await one.contenders(world));
	const results: Results = Object.fromEntries(contenders.map(([name]) => [name, []]));
	for (let round = 0; round < rounds; round++) {
		for (const [name, work] of contenders) {
			await world.restart();
			await work(one.warmUp);
			const figures = await work(one.amount);
			results[name]?.push(figures);
			const shown = Object.entries(figures).map(([what, value]) => `${what} ${value.toFixed(2)}`);
			report(`${one.name}, round ${round + 1}, ${name}: ${shown.join(', ')}`);
		}
		contenders.push(...contenders.splice(0, 1));
	}
	return results;
}

/** Gives the middle of numbers; NaN of none. */
export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	const [below = NaN, above = NaN] = [sorted[Math.ceil(middle - 1)], sorted[Math.floor(middle)]];
	return (below + above) / 2;
}
