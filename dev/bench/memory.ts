import type { Usage } from './process';

/**
 * Gives the memory over idle, in MiB, of the rounds in which this competitor came first: a process keeps
 * what memory it once had, so that whoever comes second seems to need none.
 * Where it never came first (a single round), all rounds are given: then the figure says little.
 * @param place the competitor's place in the list: in round n, the competitor n modulo their number is first.
 * @param competitors how many there are.
 */
export function freshMemory(results: Usage[], place: number, competitors = 2): number[] {
	const first = results.filter((_, round) => round % competitors === place);
	return (first.length > 0 ? first : results).map(({ rssOverIdle }) => rssOverIdle);
}
