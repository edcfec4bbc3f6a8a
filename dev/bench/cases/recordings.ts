import type { JsonObject } from '../../launcher/json';
import { runBatch, type BatchResult } from '../batch';
import { alternate, atMost, shown, type BenchCase, type Measured, type Row } from '../case';
import { httpRequestNode, liveCallNode, storeOneNode, type Flow } from '../flows';
import { freshMemory } from '../memory';
import { describeTime } from '../profile';
import { median } from '../statistics';
import type { World } from '../world';

const MIB = 1024 * 1024;

/** The size of the recordings of the run before the measured ones, in bytes. */
const WARM_UP_BYTES = MIB;

const THEIRS = 'HTTP Request';
const OURS = 'LiveCall';

/** A case of recordings: how many, how large, and how much memory they may take, in MiB over idle. */
interface Recordings {
	name: string;
	work: string;
	count: number;
	mebibytes: number;
	mostRss: number;
}

function recordings({ name, work, count, mebibytes, mostRss }: Recordings): BenchCase {
	const bytes = mebibytes * MIB;
	const items: JsonObject[] = Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
	const run = async (
		world: World,
		flow: Flow,
		recordingBytes: number,
		profiled = false,
	): Promise<BatchResult> => {
		const result = await runBatch(world, flow, items, { recordingBytes }, { profiled });
		if (result.fileBytes === count * recordingBytes) return result;
		throw new Error(
			`"${flow.node}" stored ${result.fileBytes} bytes: ${result.failure ?? 'no error'}`,
		);
	};
	return {
		name,
		run: async (context): Promise<Row> => {
			const { world } = context;
			const { client, stub, liveCall, header } = world;
			const ours = await storeOneNode(
				client,
				liveCallNode(
					{ resource: 'recording', operation: 'download', callId: '={{ $json.id }}', options: {} },
					liveCall,
				),
			);
			const theirs = await storeOneNode(
				client,
				httpRequestNode(
					{
						url: `=${stub.origin}/files/{{ $json.id }}`,
						options: { response: { response: { responseFormat: 'file' } } },
					},
					header,
				),
			);
			const results = await alternate(
				context,
				work,
				{
					[OURS]: async () => await run(world, ours, bytes),
					[THEIRS]: async () => await run(world, theirs, bytes),
				},
				// A process keeps the memory it once had: each round begins with a new one.
				async () => {
					await world.restart();
					for (const flow of [ours, theirs]) await run(world, flow, WARM_UP_BYTES);
				},
			);
			const time = (of: BatchResult[]) => median(of.map(({ nodeMs }) => nodeMs));
			const most = (of: BatchResult[]) => Math.max(...of.map(({ counts }) => counts.socketsAtOnce));
			const [us, them] = [results[OURS], results[THEIRS]];
			const ratio = time(us) / time(them);
			const rss = { us: median(freshMemory(us, 0)), them: median(freshMemory(them, 1)) };
			const notes: string[] = [];
			for (const [who, flow] of [
				[OURS, ours],
				[THEIRS, theirs],
			] as const) {
				const { profile } = await run(world, flow, bytes, true);
				notes.push(describeTime(who, profile));
			}
			return {
				work,
				beside: `${THEIRS}, response format file, which is given the link`,
				target: `≤ 1.1 × its time, ≤ ${mostRss} MB over idle`,
				ours: `${shown(time(us) / 1000)} s`,
				theirs: `${shown(time(them) / 1000)} s`,
				ratio: `${shown(ratio)} ×`,
				sockets: `${most(us)} / ${most(them)}`,
				rss: `${shown(rss.us)} / ${shown(rss.them)} MiB`,
				checks: [atMost('time', ratio, 1.1, '×'), atMost('RSS', rss.us, mostRss, 'MB over idle')],
				rounds: [...measured(OURS, us), ...measured(THEIRS, them)],
				notes,
			};
		},
	};
}

function measured(who: string, results: BatchResult[]): Measured[] {
	return [
		{ who, what: 's', values: results.map(({ nodeMs }) => nodeMs / 1000), digits: 2 },
		{ who, what: 's of CPU', values: results.map(({ cpuMs }) => cpuMs / 1000), digits: 2 },
		{ who, what: 'MiB over idle', values: results.map((one) => one.rssOverIdle), digits: 0 },
		{ who, what: 'connections', values: results.map((one) => one.counts.socketsAtOnce), digits: 0 },
	];
}

/** One large recording. */
export const recordingLarge = recordings({
	name: 'recording-large',
	work: 'one recording of 300 MiB',
	count: 1,
	mebibytes: 300,
	mostRss: 30,
});

/** Several recordings in one run. */
export const recordingsMany = recordings({
	name: 'recordings-many',
	work: '20 recordings of 20 MiB',
	count: 20,
	mebibytes: 20,
	mostRss: 60,
});
