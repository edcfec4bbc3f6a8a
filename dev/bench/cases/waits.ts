import { setTimeout as pause } from 'node:timers/promises';

import { median, type BenchCase } from '../case';
import { liveCallNode, publishBatch } from '../flows';
import { runBatch } from '../measure';
import { beginAnew } from '../world';

const OURS = 'LiveCall';

/** Many calls that are waited for in one run. */
export const waits: BenchCase = {
	name: 'waits',
	work: '500 waits at once, the calls end over 30 s',
	amount: 500,
	warmUp: 2,
	contenders: async (world) => {
		const { calls, requests } = world.sandbox;
		const parameters = { resource: 'call', operation: 'waitUntilEnded', callId: '={{ $json.id }}' };
		const flow = await publishBatch(world, [liveCallNode(world, parameters)]);
		return {
			[OURS]: async (count) => {
				beginAnew(world);
				const items = Array.from({ length: count }, () => ({ id: calls.add({}).id, end: 0 }));
				const endAll = async () => {
					for (const item of items) {
						await pause(60);
						calls.end(item.id);
						item.end = Date.now();
					}
				};
				const figures = await runBatch(world, flow, items, endAll);
				const late = items.map(({ id, end }) => {
					const seen = requests.find(({ path, at }) => path === `/v1/calls/${id}` && at >= end);
					return ((seen?.at ?? NaN) - end) / 1000;
				});
				// Eleven looks a tenth of a second apart take a second.
				const inSecond = ({ at: from }: { at: number }) =>
					requests.filter(({ at }) => at >= from && at <= from + 1000).length - 1;
				const looks = Math.max(...requests.map(inSecond));
				return { ...figures, looks, late: median(late), latest: Math.max(...late) };
			},
		};
	},
	lines: [
		['looks a second, in any second at most', 'looks', OURS, '', '≤ 10'],
		['an end is noticed after, s', 'late', OURS, '', '–'],
		['the last one after, s', 'latest', OURS, '', '–'],
	],
};
