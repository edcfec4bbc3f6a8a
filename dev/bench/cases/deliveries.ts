import type { BenchCase } from '../case';
import { httpRequestNode, ifNode, node, publish, WEBHOOK, type Flow } from '../flows';
import { deliver, memoryOf } from '../measure';
import { addEndedCalls, beginAnew, WEBHOOK_TOKEN, type World } from '../world';

const OURS = 'LiveCall Trigger';
const TRIVIAL = 'a trivial community trigger';
const BY_HAND = 'by hand';

const END = node('End', 'n8n-nodes-base.noOp');

/** Publishes a workflow that starts with the end of a call. */
export async function publishOurs(world: World): Promise<Flow> {
	const type = 'n8n-nodes-livecall.liveCallTrigger';
	const trigger = node(OURS, type, { events: ['call.ended'] }, 1, world.liveCall);
	return await publish(world, [trigger, END]);
}

/** Delivers so many calls that have ended, none of them twice. */
async function deliverEnded(world: World, flow: Flow, count: number) {
	beginAnew(world);
	return await deliver(world, flow, endsOf(world, count));
}

/** Adds so many calls that have ended; gives what LiveCall delivers of each. */
export function endsOf(world: World, count: number) {
	return addEndedCalls(world, count).map((call) => ({ event: 'call.ended', call }));
}

/** Deliveries, beside the least that n8n does for one and beside the same built of its own nodes. */
export const deliveries: BenchCase = {
	name: 'deliveries',
	work: '500 deliveries, 20 at a time, each verified',
	amount: 500,
	warmUp: 60,
	contenders: async (world) => {
		const url = `=${world.sandbox.apiUrl}/calls/{{ $json.body.call.id }}`;
		const trivial = node(TRIVIAL, 'n8n-nodes-bench.benchStart', {}, 1, world.liveCall);
		// What a person would build: is the token right, what does LiveCall say, has the call ended?
		const byHand = [
			ifNode('Token', '={{ $json.query.token }}', WEBHOOK_TOKEN),
			httpRequestNode(world, 'Verify', { url }),
			ifNode('State', '={{ $json.call.status }}', 'ended'),
			END,
		];
		const run = (flow: Flow) => async (count: number) => await deliverEnded(world, flow, count);
		return {
			[OURS]: run(await publishOurs(world)),
			[TRIVIAL]: run(await publish(world, [trivial, END])),
			[BY_HAND]: run(await publish(world, [WEBHOOK, ...byHand])),
		};
	},
	lines: [
		['deliveries a second', 'rate', OURS, BY_HAND, '–'],
		['deliveries a second', 'rate', OURS, TRIVIAL, '≥ 0.95 ×'],
		['memory, MiB', 'memory', OURS, BY_HAND, '–'],
		['memory, MiB', 'memory', OURS, TRIVIAL, '≤ 1.5 ×'],
	],
	plain: 'The trigger takes {ours} deliveries a second; the same built by hand takes {theirs}.',
};

/** What n8n holds after each thousand of 5,000 deliveries to one process: rows of a table, memory in MiB. */
export async function deliveryMemory(world: World): Promise<string[][]> {
	const flow = await publishOurs(world);
	await world.restart();
	await deliverEnded(world, flow, 60);
	const rows = [['Deliveries', 'A second', 'Peak over idle', 'Held afterwards', 'In the heap']];
	for (let sent = 1000; sent <= 5000; sent += 1000) {
		const { rate, memory } = await deliverEnded(world, flow, 1000);
		const figures = [sent, rate, memory, await memoryOf(world, 'VmRSS'), await world.collect()];
		rows.push(figures.map((figure) => String(Math.round(figure))));
	}
	return rows;
}
