import type { JsonObject } from '../../json';
import { runBatch, type BatchResult } from '../batch';
import {
	alternate,
	atMost,
	must,
	shown,
	type BenchCase,
	type BenchContext,
	type Check,
	type Measured,
	type Row,
} from '../case';
import { httpRequestNode, liveCallNode, storeOneNode, type Flow } from '../flows';
import { freshMemory } from '../memory';
import { describeTime } from '../profile';
import { median } from '../statistics';
import type { StubPlan } from '../stub/plan';
import type { World } from '../world';

/** How many items a run before the measured ones has, so that none is slowed by compiling. */
const WARM_UP_ITEMS = 300;

const THEIRS = 'HTTP Request';
const OURS = 'LiveCall';

function items(count: number): JsonObject[] {
	return Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
}

async function storeFlows({ client, stub, liveCall, header }: World) {
	return {
		ours: await storeOneNode(
			client,
			liveCallNode(
				{ resource: 'call', operation: 'get', callId: '={{ $json.id }}', options: {} },
				liveCall,
			),
		),
		theirs: await storeOneNode(
			client,
			httpRequestNode({ url: `=${stub.apiUrl}/calls/{{ $json.id }}` }, header),
		),
		bare: await storeOneNode(client, {
			name: 'Bench Request',
			type: 'n8n-nodes-bench.benchRequest',
			version: 1,
			parameters: { callId: '={{ $json.id }}' },
			credentials: { liveCallApi: liveCall },
		}),
	};
}

/** Runs a workflow and makes sure that all items came through. */
async function runAll(
	world: World,
	flow: Flow,
	count: number,
	plan: Partial<StubPlan>,
	profiled = false,
): Promise<BatchResult> {
	const result = await runBatch(world, flow, items(count), plan, { profiled });
	if (result.items === count) return result;
	throw new Error(
		`"${flow.node}" put out ${result.items} of ${count} items: ${result.failure ?? 'no error'}`,
	);
}

/** What a case of many `call: get` asks for. */
interface ManyCalls {
	name: string;
	work: string;
	target: string;
	count: number;
	plan: Partial<StubPlan>;
	/** Whether n8n is started anew for each round, because a process keeps the memory it once had. */
	fresh: boolean;
	checks(ours: BatchResult[], theirs: BatchResult[]): Check[];
}

function manyCalls(asked: ManyCalls): BenchCase {
	const { name, work, target, count, plan, fresh, checks } = asked;
	return {
		name,
		run: async (context) => {
			const { world } = context;
			const flows = await storeFlows(world);
			const warmUp = async () => {
				for (const flow of Object.values(flows)) await runAll(world, flow, WARM_UP_ITEMS, {});
			};
			if (!fresh) await warmUp();
			const before = async () => {
				if (!fresh) return;
				await world.restart();
				await warmUp();
			};
			const results = await alternate(
				context,
				work,
				{
					[OURS]: async () => await runAll(world, flows.ours, count, plan),
					[THEIRS]: async () => await runAll(world, flows.theirs, count, plan),
				},
				before,
			);
			const row = rowOf({ work, target }, results[OURS], results[THEIRS], fresh);
			row.checks = checks(results[OURS], results[THEIRS]);
			const bare = await runAll(world, flows.bare, count, plan);
			row.notes.push(
				`A node that does nothing but call n8n's \`httpRequestWithAuthentication\` with this credential, 64 items at once, took ${seconds(bare.nodeMs)} s (once, after the rounds).`,
			);
			row.notes.push(...(await profiled(world, flows, Math.min(count, 2_000), plan)));
			return row;
		},
	};
}

async function profiled(
	world: World,
	flows: { ours: Flow; theirs: Flow },
	count: number,
	plan: Partial<StubPlan>,
): Promise<string[]> {
	const notes: string[] = [];
	for (const [who, flow] of [
		[OURS, flows.ours],
		[THEIRS, flows.theirs],
	] as const) {
		const { profile } = await runAll(world, flow, count, plan, true);
		notes.push(describeTime(`${who}, ${count} items`, profile));
	}
	return notes;
}

function seconds(ms: number): string {
	return shown(ms / 1000);
}

/** Memory over idle in MiB; of new processes only, where there are such. */
function memory(results: BatchResult[], place: number, fresh: boolean): number[] {
	return fresh ? freshMemory(results, place) : results.map(({ rssOverIdle }) => rssOverIdle);
}

function rowOf(
	{ work, target }: Pick<Row, 'work' | 'target'>,
	ours: BatchResult[],
	theirs: BatchResult[],
	fresh: boolean,
): Row {
	const time = (results: BatchResult[]) => median(results.map(({ nodeMs }) => nodeMs));
	const most = (results: BatchResult[]) =>
		Math.max(...results.map(({ counts }) => counts.socketsAtOnce));
	return {
		work,
		beside: `${THEIRS}, defaults`,
		target,
		ours: `${seconds(time(ours))} s`,
		theirs: `${seconds(time(theirs))} s`,
		ratio: `${shown(time(ours) / time(theirs))} ×`,
		sockets: `${most(ours)} / ${most(theirs)}`,
		rss: `${shown(median(memory(ours, 0, fresh)))} / ${shown(median(memory(theirs, 1, fresh)))} MiB`,
		checks: [],
		rounds: [...measured(OURS, ours), ...measured(THEIRS, theirs)],
		notes: [],
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

function timeRatio(ours: BatchResult[], theirs: BatchResult[]): number {
	return median(ours.map(({ nodeMs }) => nodeMs)) / median(theirs.map(({ nodeMs }) => nodeMs));
}

/** 1,000 calls from an API that takes 50 ms for each. */
export const callsSlow = manyCalls({
	name: 'calls-slow',
	work: '1,000 `call: get`, the API answers after 50 ms',
	target: '≤ 1.15 × its time, ≤ 64 connections at once',
	count: 1_000,
	plan: { delayMs: 50 },
	fresh: false,
	checks: (ours, theirs) => [
		atMost('time', timeRatio(ours, theirs), 1.15, '×'),
		atMost(
			'connections',
			Math.max(...ours.map(({ counts }) => counts.socketsAtOnce)),
			64,
			'at once',
		),
	],
});

/** 10,000 calls from an API that answers at once. */
export const callsMany = manyCalls({
	name: 'calls-many',
	work: '10,000 `call: get`, the API answers at once',
	target: '≤ 1.1 × its time, ≤ 1.0 × its RSS growth',
	count: 10_000,
	plan: {},
	fresh: true,
	checks: (ours, theirs) => [
		atMost('time', timeRatio(ours, theirs), 1.1, '×'),
		atMost('RSS growth', median(freshMemory(ours, 0)) / median(freshMemory(theirs, 1)), 1.0, '×'),
	],
});

const LIMITED = { count: 500, perSecond: 50 };

/** 500 calls from an API that takes 50 requests per second. */
export const callsLimited: BenchCase = {
	name: 'calls-limited',
	run: async (context: BenchContext): Promise<Row> => {
		const { world } = context;
		const flows = await storeFlows(world);
		const { count, perSecond } = LIMITED;
		const limitMs = (count / perSecond) * 1000;
		const work = `500 \`call: get\` against 50 requests per second with \`Retry-After\``;
		for (const flow of [flows.ours, flows.theirs]) await runAll(world, flow, WARM_UP_ITEMS, {});
		const run = async (flow: Flow) => await runBatch(world, flow, items(count), { perSecond });
		const results = await alternate(context, work, {
			[OURS]: async () => await run(flows.ours),
			[THEIRS]: async () => await run(flows.theirs),
		});
		const [ours, theirs] = [results[OURS], results[THEIRS]];
		const row = rowOf({ work, target: 'all through, ≤ 1.25 × the limit' }, ours, theirs, false);
		const ratio = median(ours.map(({ nodeMs }) => nodeMs)) / limitMs;
		const through = Math.min(...ours.map((one) => one.items));
		const failures = theirs.filter((one) => one.failure !== undefined).length;
		const answered = median(theirs.map((one) => one.counts.calls));
		row.beside = `the limit itself (${shown(limitMs / 1000)} s); ${THEIRS}`;
		row.theirs =
			failures === 0
				? row.theirs
				: `fails in ${failures} of ${theirs.length} rounds (${answered} of ${count} answered)`;
		row.ratio = `${shown(ratio)} × the limit`;
		row.checks = [
			must(`${through} of ${count} items through`, 'all', through === count),
			atMost('time', ratio, 1.25, '× the limit'),
		];
		row.rounds.push({
			who: OURS,
			what: 'answers of 429',
			values: ours.map(({ counts }) => counts.refused),
			digits: 0,
		});
		const said = theirs.find((one) => one.failure !== undefined)?.failure;
		if (said !== undefined) row.notes.push(`${THEIRS} ended with: ${said}`);
		return row;
	},
};
