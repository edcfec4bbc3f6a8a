import { randomUUID } from 'node:crypto';

import type { Environment } from '../../launcher/command';
import { startPostgres } from '../../services';
import { median, type BenchCase, type Line } from '../case';
import { httpRequestNode, liveCallNode, LOOP, publishBatch, type Flow } from '../flows';
import { runBatch, type Figures } from '../measure';
import { beginAnew, inWorld, type World } from '../world';

const WITHOUT = 'without a key';
const WITH = 'with a key';
const KNOWN = 'with 10,000 known keys';
const THEIRS = 'a loop of HTTP Request';

/** Publishes a workflow that places calls; its node has no deduplication key, or knows so many. */
async function publishCreate(world: World, known?: number): Promise<Flow> {
	const create = liveCallNode(world, {
		resource: 'call',
		operation: 'create',
		filterId: { __rl: true, mode: 'id', value: '1' },
		phoneNumber: '={{ $json.phone }}',
		options: known === undefined ? {} : { deduplicationKey: '={{ $json.key }}' },
	});
	if (!known) return await publishBatch(world, [create]);
	// n8n keeps keys for a node's id: the helper fills them in, and the node takes its place.
	const filler = { ...create, type: 'n8n-nodes-bench.benchKeys', parameters: { count: known } };
	const flow = await publishBatch(world, [filler]);
	await runBatch(world, flow, [{}]);
	return await publishBatch(world, [create], flow);
}

/** Places so many calls, each with a new key, with an API that answers after so many milliseconds. */
async function place(
	world: World,
	flow: Flow,
	count: number,
	latencyMs = 0,
): Promise<Figures & { each: number }> {
	beginAnew(world, latencyMs);
	const run = randomUUID();
	const items = Array.from({ length: count }, (_, index) => ({
		key: `${run} ${index}`,
		phone: `+49301${String(index).padStart(6, '0')}`,
	}));
	const figures = await runBatch(world, flow, items);
	const placed = world.sandbox.calls.placed().length;
	if (placed !== count) throw new Error(`${placed} of ${count} calls were placed.`);
	return { ...figures, each: (figures.time * 1000) / count };
}

const line = (of: string): Line => [`time ${of}, s`, 'time', of, THEIRS, '≤ 1.25 ×'];

/** Calls that are placed, each guarded against a second call to the same customer. */
export const creates: BenchCase = {
	name: 'create',
	work: '500 `call: create`, the API answers after 50 ms',
	amount: 500,
	warmUp: 50,
	contenders: async (world) => {
		const loop = httpRequestNode(world, 'Post', {
			method: 'POST',
			url: `${world.sandbox.apiUrl}/calls`,
			sendBody: true,
			jsonBody: '={{ ({ call: { filter_id: 1, phone_number: $json.phone } }) }}',
		});
		const run = (publish: () => Promise<Flow>) => async (count: number) =>
			await place(world, await publish(), count, 50);
		return {
			[WITHOUT]: run(async () => await publishCreate(world)),
			[WITH]: run(async () => await publishCreate(world, 0)),
			[KNOWN]: run(async () => await publishCreate(world, 10_000)),
			[THEIRS]: run(async () => await publishBatch(world, [LOOP, loop])),
		};
	},
	lines: [line(WITHOUT), line(WITH), line(KNOWN)],
	plain: '500 calls are placed in {ours} s, nobody twice; a loop of HTTP Request takes {theirs} s.',
};

/** What a key costs on both of n8n's databases, the API answering at once: rows of a table, times in ms. */
export async function claims(rounds: number): Promise<string[][]> {
	const postgres = await startPostgres();
	try {
		return [
			['Database', 'Keys known', 'Calls a second, 500 in a run', 'Each', 'Each, 1 in a run'],
			...(await claimsOn('SQLite', {}, rounds)),
			...(await claimsOn('PostgreSQL', postgres.env, rounds)),
		];
	} finally {
		await postgres.stop();
	}
}

async function claimsOn(name: string, env: Environment, rounds: number): Promise<string[][]> {
	return await inWorld(env, async (world) => {
		await place(world, await publishCreate(world, 0), 1000);
		const rows: string[][] = [];
		for (const known of [undefined, 100, 10_000, 100_000]) {
			const flow = await publishCreate(world, known);
			const times: Record<'many' | 'one', number[]> = { many: [], one: [] };
			const take = async (which: 'many' | 'one', calls: number) =>
				times[which].push((await place(world, flow, calls)).each);
			for (let round = 0; round < rounds; round++) {
				await take('many', 500);
				for (let single = 1; single < 20; single++) await take('one', 1);
			}
			const [each, alone] = [median(times.many), median(times.one)];
			const figures = [(1000 / each).toFixed(0), each.toFixed(2), alone.toFixed(1)];
			rows.push([name, known?.toLocaleString('en') ?? 'no key', ...figures]);
		}
		return rows;
	});
}
