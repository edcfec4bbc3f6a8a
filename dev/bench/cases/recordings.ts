import { parseJson, textAt } from '../../json';
import type { BenchCase } from '../case';
import { httpRequestNode, liveCallNode, publishBatch, type Flow } from '../flows';
import { runBatch } from '../measure';
import { addEndedCalls, beginAnew, type World } from '../world';

const OURS = 'LiveCall';
const THEIRS = 'HTTP Request, given the link';
const [OURS_20, THEIRS_20] = [`${OURS}, 20`, `${THEIRS}, 20`];

/** Puts calls with a recording each into the sandbox; gives them as items with its link. */
async function recorded(world: World, count: number, bytes: number) {
	beginAnew(world);
	const { apiUrl, apiKey } = world.sandbox;
	const headers = { authorization: `Token token=${apiKey}`, 'content-type': 'application/json' };
	const items = addEndedCalls(world, count, bytes).map(async ({ id }) => {
		const answer = await fetch(`${apiUrl}/calls/${id}/recording`, { headers });
		return { id, url: textAt(parseJson(await answer.text()), 'recording', 'url') };
	});
	return await Promise.all(items);
}

/** One recording of so many MiB; 20 that are a third larger together. */
export const recordings: BenchCase = {
	name: 'recordings',
	work: 'one recording of 300 MiB',
	amount: 300,
	warmUp: 15,
	contenders: async (world) => {
		const download = { resource: 'recording', operation: 'download', callId: '={{ $json.id }}' };
		const ours = await publishBatch(world, [liveCallNode(world, download)]);
		const options = { response: { response: { responseFormat: 'file' } } };
		const bare = { url: '={{ $json.url }}', authentication: 'none', sendHeaders: false, options };
		const theirs = await publishBatch(world, [httpRequestNode(world, THEIRS, bare)]);
		const run = async (flow: Flow, count: number, mebibytes: number) => {
			const items = await recorded(world, count, mebibytes * 1024 ** 2);
			const figures = await runBatch(world, flow, items);
			const sent = world.sandbox.requests.filter(({ host }) => host === 'recordings').length;
			if (sent !== count) throw new Error(`${sent} of ${count} recordings were fetched.`);
			return figures;
		};
		return {
			[OURS]: async (size) => await run(ours, 1, size),
			[THEIRS]: async (size) => await run(theirs, 1, size),
			[OURS_20]: async (size) => await run(ours, 20, size / 15),
			[THEIRS_20]: async (size) => await run(theirs, 20, size / 15),
		};
	},
	lines: [
		['time, s', 'time', OURS, THEIRS, '≤ 1 ×'],
		['memory, MiB', 'memory', OURS, THEIRS, '≤ 1.1 ×'],
		['20 of 20 MiB: time, s', 'time', OURS_20, THEIRS_20, '≤ 1 ×'],
		['20 of 20 MiB: memory, MiB', 'memory', OURS_20, THEIRS_20, '≤ 1.1 ×'],
	],
	plain:
		'A recording of 300 MiB is stored in {ours} s; HTTP Request, given the link, takes {theirs} s.',
};
