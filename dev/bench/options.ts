import { parseArgs } from 'node:util';

/** What a person may choose. */
export interface BenchOptions {
	help: boolean;
	rounds: number;
	/** The names of the cases to run. */
	cases: string[];
	/** Whether this is the whole benchmark, whose result goes into the documentation. */
	whole: boolean;
}

/** How many rounds a result that counts has. */
export const FULL_ROUNDS = 5;

/**
 * Gives what `--help` prints.
 * @param cases the names of all cases.
 */
export function help(cases: string[]): string {
	return `Compares this package with n8n's own nodes, in a real n8n and against a stub of LiveCall.

  npm run bench -- [options]

  --rounds <number>   how many rounds are measured            (${FULL_ROUNDS})
  --only <case>       one case; may be given more than once   (all)
  --help              this text

Cases: ${cases.join(', ')}.

Only a run of all cases with at least ${FULL_ROUNDS} rounds writes docs/performance.md; any other prints its result.
Leave the machine alone meanwhile: it takes up to half an hour. Linux only.`;
}

/**
 * Reads the options.
 * @param args what follows the program's name on the command line.
 * @param cases the names of all cases.
 * @throws Error in plain words for an unknown option or a value that cannot be.
 */
export function readOptions(args: string[], cases: string[]): BenchOptions {
	const { values } = parseArgs({
		args,
		options: {
			rounds: { type: 'string', default: String(FULL_ROUNDS) },
			only: { type: 'string', multiple: true },
			help: { type: 'boolean', default: false },
		},
	});
	const rounds = Number(values.rounds);
	if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) {
		throw new Error(`--rounds must be a whole number from 1 to 100, not "${values.rounds}".`);
	}
	const unknown = values.only?.find((name) => !cases.includes(name));
	if (unknown !== undefined) {
		throw new Error(`There is no case "${unknown}". Cases: ${cases.join(', ')}.`);
	}
	return {
		help: values.help,
		rounds,
		cases: values.only ?? cases,
		whole: values.only === undefined && rounds >= FULL_ROUNDS,
	};
}
