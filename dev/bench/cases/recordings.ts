import path from 'node:path';

import { run } from '../../launcher/command';
import type { JsonObject } from '../../json';
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
	const runOnce = async (
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
					[OURS]: async () => await runOnce(world, ours, bytes),
					[THEIRS]: async () => await runOnce(world, theirs, bytes),
				},
				// A process keeps the memory it once had: each round begins with a new one.
				async () => {
					await world.restart();
					for (const flow of [ours, theirs]) await runOnce(world, flow, WARM_UP_BYTES);
				},
			);
			const time = (of: BatchResult[]) => median(of.map(({ nodeMs }) => nodeMs));
			const most = (of: BatchResult[]) => Math.max(...of.map(({ counts }) => counts.socketsAtOnce));
			const [us, them] = [results[OURS], results[THEIRS]];
			const ratio = time(us) / time(them);
			const rss = { us: median(freshMemory(us, 0)), them: median(freshMemory(them, 1)) };
			const bare = await plainNode(world, bytes, count);
			const notes = [
				`A process of Node.js that streams the same from the stub to the disk, without n8n and any package, took ${bare.map(shown).join(', ')} MiB over idle. What Node.js reads comes in pieces outside of V8's heap, which are given back when V8 collects its garbage, by default only after some dozens of MiB: it does not grow with the size of the file.`,
			];
			for (const [who, flow] of [
				[OURS, ours],
				[THEIRS, theirs],
			] as const) {
				const { profile } = await runOnce(world, flow, bytes, true);
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

/** What Node.js itself takes for it, in MiB over idle: in three new processes. */
async function plainNode(
	{ stub, runtime, scratch }: World,
	recordingBytes: number,
	count: number,
): Promise<number[]> {
	await stub.set({ recordingBytes });
	const urls = Array.from({ length: count }, (_, index) => `${stub.origin}/files/${index + 1}`);
	const script = path.join(__dirname, '..', 'streamOnce.js');
	const peaks: number[] = [];
	for (let process = 0; process < 3; process++) {
		const printed = await run(runtime.node, ['--expose-gc', script, scratch, ...urls], {
			cwd: scratch,
		});
		peaks.push(Number(printed));
	}
	return peaks;
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
