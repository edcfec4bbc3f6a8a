import fc from 'fast-check';
import { inLanes, type Lane } from './lane';
import { anyLife, brokenInLife, live, type Life } from './lives';

/** What came of many lives. */
interface LivesTally {
	lives: number;
	executions: number;
	/** How many executions n8n did not survive. */
	deaths: number;
	acted: number;
	failure?: { life: Life; broken: string[] };
}

/**
 * Lives through random lives, until one breaks a promise.
 * @param seed the same seed gives the same lives
 */
export async function runLives(
	count: number,
	seed: number,
	lanes: Lane[],
	progress: (tally: LivesTally) => void = () => undefined,
): Promise<LivesTally> {
	const tally: LivesTally = { lives: 0, executions: 0, deaths: 0, acted: 0 };
	const jobs = function* () {
		for (const life of fc.sample(anyLife, { numRuns: count, seed })) {
			if (tally.failure) return;
			yield async (lane: Lane) => {
				const lived = await live(life, lane);
				const broken = brokenInLife(life, lived);
				tally.executions += lived.length;
				tally.deaths += lived.filter(({ died }) => died).length;
				tally.acted += lived
					.flatMap(({ deeds }) => deeds)
					.reduce((sum, { acted }) => sum + acted, 0);
				if (broken.length > 0) tally.failure ??= { life, broken };
				tally.lives++;
				if (tally.lives % 500 === 0) progress(tally);
			};
		}
	};
	await inLanes(lanes, jobs());
	return tally;
}

/** Lives through one life; gives what was broken. */
export async function replayLife(life: Life, lane: Lane): Promise<string[]> {
	const lived = await live(life, lane);
	for (const { retried, died, result, told, deeds } of lived) {
		console.log(
			`${retried === undefined ? 'first' : `retry of ${retried}`}${died ? ', n8n died' : ''}: LiveCall acted ${JSON.stringify(deeds)}; told ${JSON.stringify(told.map((words) => [...words]))}`,
		);
		if (result.failed)
			console.log(`  ${result.error.message}\n  ${String(result.error.description)}`);
		for (const { output, errorOutput } of result.runs) {
			for (const { json } of [...output, ...errorOutput]) console.log(`  ${JSON.stringify(json)}`);
		}
	}
	return brokenInLife(life, lived);
}

/** A failure in words, with what replays it. */
export function reportLife({ life, broken }: NonNullable<LivesTally['failure']>): string {
	return [
		...broken,
		`Replay: npx tsx test/faults/run.ts --replay-life '${JSON.stringify(life)}'`,
	].join('\n');
}
