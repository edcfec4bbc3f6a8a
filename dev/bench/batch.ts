import { request } from 'node:http';

import { at, type JsonObject } from '../json';
import { failureOf, itemsOf } from '../../test/support/n8nClient';
import type { Flow } from './flows';
import { observe, type Usage } from './process';
import type { TimeSpent } from './profile';
import type { StubCounts, StubPlan } from './stub/plan';
import type { World } from './world';

/** What one run of a workflow took. */
export interface BatchResult extends Usage {
	/** The measured node's own time as n8n noted it, in milliseconds; NaN where n8n kept nothing. */
	nodeMs: number;
	/** From the request that started the workflow to its answer, in milliseconds. */
	wholeMs: number;
	/** How many items the measured node put out. */
	items: number;
	/** Bytes of the files among them. */
	fileBytes: number;
	/** What n8n said when the execution failed. */
	failure?: string;
	counts: StubCounts;
	/** Where n8n's time went, when that was asked for. */
	profile?: TimeSpent;
}

/** How a run differs from the usual one. */
export interface BatchOptions {
	/** Set for workflows of which n8n keeps no executions. */
	unsaved?: boolean;
	/** Whether n8n's main thread is profiled meanwhile. */
	profiled?: boolean;
}

/** How long a run may take at most, in milliseconds. */
const RUN_TIMEOUT_MS = 300_000;

/**
 * Runs a workflow once from collected memory, and deletes the execution with its files afterwards.
 */
export async function runBatch(
	world: World,
	flow: Flow,
	items: JsonObject[],
	plan: Partial<StubPlan>,
	{ unsaved = false, profiled = false }: BatchOptions = {},
): Promise<BatchResult> {
	const { client, n8n, probe, stub } = world;
	await stub.set(plan);
	await probe.collect();
	const usage = await observe(n8n().pid);
	const startedAt = performance.now();
	let status = 0;
	const profile = await probe.watch(profiled, async () => {
		status = await post(flow.url, JSON.stringify(items));
	});
	const wholeMs = performance.now() - startedAt;
	const used = await usage();
	const counts = await stub.counts();
	if (counts.mistaken > 0) throw new Error(`The stub did not know ${counts.mistaken} requests.`);
	if (unsaved) {
		if (status !== 200) throw new Error(`n8n answered with ${status}:\n${n8n().logTail(5)}`);
		return { ...used, nodeMs: NaN, wholeMs, items: NaN, fileBytes: NaN, counts };
	}
	const [latest] = await client.executions(flow.id);
	if (latest === undefined) throw new Error(`n8n answered with ${status} and kept no execution.`);
	const execution = await client.waitForExecution(latest.id);
	const output = itemsOf(execution, flow.node);
	const sizes = output.map((item) => Number(at(item, 'binary', 'data', 'bytes') ?? 0));
	await client.request('POST', '/rest/executions/delete', { ids: [latest.id] });
	return {
		...used,
		nodeMs: Number(at(execution.data, 'resultData', 'runData', flow.node, 0, 'executionTime')),
		wholeMs,
		items: output.length,
		fileBytes: sizes.reduce((sum, size) => sum + size, 0),
		failure: failureOf(execution),
		counts,
		profile,
	};
}

/** Posts JSON; gives the status. Not by fetch, which ends a connection that is silent for long. */
async function post(url: string, body: string): Promise<number> {
	return await new Promise((resolve, reject) => {
		const headers = {
			'content-type': 'application/json',
			'content-length': Buffer.byteLength(body),
		};
		const sent = request(url, { method: 'POST', headers, timeout: RUN_TIMEOUT_MS }, (response) => {
			response.once('end', () => resolve(response.statusCode ?? 0)).resume();
		});
		sent.once('error', reject);
		sent.once('timeout', () => sent.destroy(new Error('n8n did not answer in time')));
		sent.end(body);
	});
}
