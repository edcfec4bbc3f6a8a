import type { BenchCase } from '../case';
import { httpRequestNode, liveCallNode, publishBatch, type Flow } from '../flows';
import { runBatch } from '../measure';
import { addEndedCalls, beginAnew } from '../world';

const OURS = 'LiveCall';
const THEIRS = 'HTTP Request';
const MANY = 'LiveCall, 10,000';
const LIMITED = 'LiveCall, limited';

/** Calls from an API that takes its time for each; ten times as many; half as many where it takes only so many. */
export const reads: BenchCase = {
	name: 'get',
	work: '1,000 `call: get`, the API answers after 50 ms',
	amount: 1000,
	warmUp: 300,
	contenders: async (world) => {
		const { faults, requests, apiUrl } = world.sandbox;
		const parameters = { resource: 'call', operation: 'get', callId: '={{ $json.id }}' };
		const ours = await publishBatch(world, [liveCallNode(world, parameters)]);
		const url = `=${apiUrl}/calls/{{ $json.id }}`;
		const theirs = await publishBatch(world, [httpRequestNode(world, THEIRS, { url })]);
		const read = async (flow: Flow, count: number, latencyMs = 50) => {
			beginAnew(world, latencyMs);
			const items = addEndedCalls(world, count);
			if (latencyMs === 0) faults.limit(50);
			// Uses up what the limit lets through at first: then nobody is faster than the limit.
			while (latencyMs === 0 && faults.takeToken() === 0);
			const before = await world.collect();
			const figures = await runBatch(world, flow, items);
			const kept = Math.max(0, (await world.collect()) - before);
			const answered = requests.filter(({ acted }) => acted).length;
			if (answered !== count) throw new Error(`${answered} of ${count} calls were read.`);
			const each = (figures.time * 1000) / count;
			return { ...figures, kept, each, ofLimit: (each * 50) / 1000 };
		};
		return {
			[OURS]: async (count) => await read(ours, count),
			[THEIRS]: async (count) => await read(theirs, count),
			[MANY]: async (count) => await read(ours, count * 10),
			[LIMITED]: async (count) => await read(ours, count / 2, 0),
		};
	},
	lines: [
		['time, s', 'time', OURS, THEIRS, '≤ 0.65 ×'],
		['connections at once', 'atOnce', OURS, THEIRS, '≤ 64'],
		['10,000: time per item, ms', 'each', MANY, OURS, '≤ 1.1 ×'],
		['10,000: memory, MiB', 'memory', MANY, OURS, '–'],
		['10,000: memory still held afterwards, MiB', 'kept', MANY, OURS, '≤ 10'],
		['500 against 50 a second: time, 1 = 10 s', 'ofLimit', LIMITED, '', '≤ 1.1'],
	],
	plain: "1,000 calls are read in {ours} s; n8n's HTTP Request node takes {theirs} s.",
};
