import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

import { at, type JsonObject } from '../json';
import { poll } from '../launcher/poll';
import type { Flow } from './flows';
import { WEBHOOK_TOKEN, type World } from './world';

/**
 * What one measurement gave. `time` runs from the request that starts a workflow to its answer, of deliveries to the
 * end of the last execution, in s; `memory` is the most (RSS) over what n8n held before, in MiB; `atOnce` is the most
 * requests, for each of which n8n opens a connection, that the sandbox had at once; cases add others.
 */
export interface Figures {
	time: number;
	memory: number;
	atOnce: number;
	[other: string]: number;
}

/**
 * Runs a workflow once on a list of items, while something else goes on.
 * @throws Error with what n8n stored of the execution when it fails.
 */
export async function runBatch(
	world: World,
	flow: Flow,
	items: JsonObject[],
	meanwhile: () => Promise<void> = async () => undefined,
): Promise<Figures> {
	return await measured(world, flow, async () => {
		const [status] = await Promise.all([post(flow.url, items), meanwhile()]);
		if (status === 200) return;
		const [newest] = await world.client.executions(flow.id);
		const execution = await world.client.request('GET', `/rest/executions/${newest?.id}`);
		throw new Error(`The execution failed: ${String(at(execution, 'data')).slice(0, 2000)}`);
	});
}

/**
 * Delivers to a trigger, 20 at a time, and waits until all of its executions have ended.
 * @throws Error when a delivery is refused, or an execution does not succeed in time.
 */
export async function deliver(
	world: World,
	flow: Flow,
	bodies: JsonObject[],
): Promise<Figures & { rate: number }> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId: flow.id, status: ['success'] }));
	const executions = `/rest/executions?filter=${filter}&limit=1`;
	const succeeded = async () => Number(at(await world.client.request('GET', executions), 'count'));
	const due = (await succeeded()) + bodies.length;
	const figures = await measured(world, flow, async () => {
		const left = [...bodies];
		const sender = async () => {
			for (let body = left.shift(); body !== undefined; body = left.shift()) {
				const status = await post(`${flow.url}?token=${WEBHOOK_TOKEN}`, body);
				if (status !== 200) throw new Error(`n8n answered a delivery with ${status}.`);
			}
		};
		await Promise.all(Array.from({ length: 20 }, sender));
		const end = { what: 'The end of the last execution', timeoutMs: 120_000, everyMs: 50 };
		await poll(async () => ((await succeeded()) >= due ? true : undefined), end);
	});
	return { ...figures, rate: bodies.length / figures.time };
}

/** Delivers to a trigger, one every so many milliseconds; gives besides how many started an execution. */
export async function deliverEvery(
	world: World,
	flow: Flow,
	everyMs: number,
	bodies: JsonObject[],
): Promise<Figures & { accepted: number }> {
	let accepted = 0;
	const figures = await measured(world, flow, async () => {
		const deliverIn = async (ms: number, body: JsonObject) => {
			await pause(ms);
			if ((await post(`${flow.url}?token=${WEBHOOK_TOKEN}`, body)) === 200) accepted++;
		};
		await Promise.all(bodies.map(async (body, index) => await deliverIn(index * everyMs, body)));
	});
	return { ...figures, accepted };
}

/** Gives the memory that n8n holds (VmRSS), or held at most (VmHWM), in MiB. Linux only. */
export async function memoryOf(world: World, field: 'VmRSS' | 'VmHWM'): Promise<number> {
	const status = await readFile(`/proc/${world.pid()}/status`, 'utf8');
	return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
}

async function measured(world: World, flow: Flow, work: () => Promise<void>): Promise<Figures> {
	const { faults, requests } = world.sandbox;
	await world.client.waitForWebhook(flow.path);
	await world.collect();
	requests.length = 0;
	let atOnce = 0;
	faults.decide(() => {
		const open = requests.slice(-1000).filter(({ over }) => !over);
		atOnce = Math.max(atOnce, open.length);
		return undefined;
	});
	// "5" makes the kernel count the peak of memory anew: exact, where samples would miss a short one.
	await writeFile(`/proc/${world.pid()}/clear_refs`, '5');
	const idle = await memoryOf(world, 'VmRSS');
	const startedAt = performance.now();
	await work();
	const time = (performance.now() - startedAt) / 1000;
	const memory = Math.max(0, (await memoryOf(world, 'VmHWM')) - idle);
	return { time, memory, atOnce };
}

/** Posts JSON; gives the status of the answer, once it is whole. */
async function post(url: string, body: object): Promise<number> {
	const headers = { 'content-type': 'application/json' };
	const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
	await response.text();
	return response.status;
}
