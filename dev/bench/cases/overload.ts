import type { BenchCase } from '../case';
import { deliverEvery, type Figures } from '../measure';
import { beginAnew } from '../world';
import { endsOf, publishOurs } from './deliveries';

/** How long the API takes for an answer, and how often it gives one, since the trigger asks about 10 calls at once. */
const ANSWER_MS = 3_000;
const PACE_MS = ANSWER_MS / 10;

/** More deliveries than LiveCall can be asked about: what gets through of what could be answered meanwhile. */
export const overload: BenchCase = {
	name: 'overload',
	work: 'deliveries for 30 s, the API takes 3 s for an answer',
	amount: 30,
	warmUp: 1,
	contenders: async (world) => {
		const flow = await publishOurs(world);
		const deliverFor = async (seconds: number, times: number): Promise<Figures> => {
			beginAnew(world, ANSWER_MS);
			const bodies = endsOf(world, Math.round((seconds * 1000 * times) / PACE_MS));
			const { accepted, ...figures } = await deliverEvery(world, flow, PACE_MS / times, bodies);
			// From the first question to the last: on a busy machine, n8n takes longer over the deliveries than they came.
			const asked = world.sandbox.requests.filter(({ host }) => host === 'api').map(({ at }) => at);
			const could = (Math.max(...asked) - Math.min(...asked)) / PACE_MS + 1;
			return { ...figures, through: accepted / Math.min(could, bodies.length) };
		};
		return Object.fromEntries(
			[1, 2, 5].map((times) => [
				at(times),
				async (seconds: number) => await deliverFor(seconds, times),
			]),
		);
	},
	lines: [
		[`got through, 1 = what can be answered, ${at(1)}`, 'through', at(1), '', '≥ 0.9'],
		[at(2), 'through', at(2), '', '≥ 0.9'],
		[at(5), 'through', at(5), '', '≥ 0.9'],
		[`memory ${at(5)}, MiB`, 'memory', at(5), '', '–'],
	],
};

function at(times: number): string {
	return `at ${times} × its pace`;
}
