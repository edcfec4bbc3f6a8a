import { Agent, request } from 'node:http';

import { at, listAt } from '../json';
import { poll } from '../launcher/poll';
import type { Flow } from './flows';
import { observe, type Usage } from './process';
import type { TimeSpent } from './profile';
import type { StubCounts } from './stub/plan';
import type { World } from './world';

/** What a burst of deliveries took. */
export interface BurstResult extends Usage {
	/** Deliveries per second, from the first one sent to the end of the last execution. */
	rate: number;
	counts: StubCounts;
	/** Where n8n's time went, when that was asked for. */
	profile?: TimeSpent;
}

/** How long the executions may take to end after the last delivery, in milliseconds. */
const SETTLE_MS = 60_000;

/** So that no burst delivers what an earlier one has delivered: those are left out as repeats. */
let nextCall = 1;

/**
 * Delivers ended calls to a workflow and waits until all of its executions have ended.
 * @param count how many calls.
 * @param atOnce how many deliveries are under way at a time.
 * @param profiled whether n8n's main thread is profiled meanwhile.
 * @throws Error when a delivery is refused or an execution did not succeed.
 */
export async function deliver(
	world: World,
	flow: Flow,
	count: number,
	atOnce: number,
	profiled = false,
): Promise<BurstResult> {
	const { n8n, probe, stub } = world;
	await stub.set({});
	await probe.collect();
	const usage = await observe(n8n().pid);
	const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
	const startedAt = Date.now();
	let left = count;
	const sender = async () => {
		while (left > 0) {
			left--;
			const id = nextCall++;
			const status = await post(
				agent,
				flow.url,
				JSON.stringify({ event: 'call.ended', call: { id } }),
			);
			if (status !== 200) throw new Error(`n8n answered a delivery with ${status}.`);
		}
	};
	let endedAt = 0;
	const profile = await probe.watch(profiled, async () => {
		await Promise.all(Array.from({ length: atOnce }, sender));
		agent.destroy();
		endedAt = await lastEnd(world, flow, count);
	});
	const used = await usage();
	await world.client.request('POST', '/rest/executions/delete', {
		deleteBefore: new Date(),
		filters: { workflowId: flow.id },
	});
	return {
		...used,
		rate: (count * 1000) / (endedAt - startedAt),
		counts: await stub.counts(),
		profile,
	};
}

/** Waits until so many executions of a workflow have ended well; gives when the last one did, in ms since 1970. */
async function lastEnd({ client }: World, flow: Flow, count: number): Promise<number> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId: flow.id, status: ['success'] }));
	const base = `/rest/executions?filter=${filter}&limit=100`;
	await poll(
		async () => {
			const page = await client.request('GET', base);
			return Number(at(page, 'count')) >= count ? true : undefined;
		},
		{ what: `${count} executions that succeeded`, timeoutMs: SETTLE_MS, everyMs: 50 },
	);
	const ends: number[] = [];
	for (let query = base; ; ) {
		const page = await client.request('GET', query);
		const rows = listAt(page, 'results');
		ends.push(...rows.map((row) => Date.parse(String(at(row, 'stoppedAt')))));
		const cursor = at(page, 'nextCursor');
		if (typeof cursor !== 'string' || ends.length >= count) break;
		query = `${base}&cursor=${encodeURIComponent(cursor)}`;
	}
	if (ends.length !== count) throw new Error(`${ends.length} of ${count} executions were found.`);
	return Math.max(...ends);
}

async function post(agent: Agent, url: string, body: string): Promise<number> {
	return await new Promise((resolve, reject) => {
		const headers = {
			'content-type': 'application/json',
			'content-length': Buffer.byteLength(body),
		};
		const sent = request(url, { method: 'POST', agent, headers }, (response) => {
			response.once('end', () => resolve(response.statusCode ?? 0)).resume();
		});
		sent.once('error', reject);
		sent.end(body);
	});
}
