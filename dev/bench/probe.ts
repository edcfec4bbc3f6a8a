import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { parseJson, type JsonObject } from '../json';
import type { N8nClient } from '../launcher/rest';
import { storeFlow } from './flows';
import { readProfile, type TimeSpent } from './profile';

/** The benchmark's hand inside the n8n process. */
export interface Probe {
	/** Waits until n8n serves its production webhooks, after a start. */
	ready(): Promise<void>;
	/** Has n8n collect its garbage. */
	collect(): Promise<void>;
	/**
	 * Does some work and says where the time of n8n's main thread went meanwhile.
	 * @param profiled whether to look at all: it slows n8n down.
	 */
	watch(profiled: boolean, work: () => Promise<void>): Promise<TimeSpent | undefined>;
}

/**
 * Stores the workflow of the probe.
 * @param folder where profiles are written for a moment.
 */
export async function storeProbe(client: N8nClient, folder: string): Promise<Probe> {
	const start = {
		name: 'Probe',
		type: 'n8n-nodes-bench.benchProbe',
		version: 1,
		path: 'webhook',
		parameters: {},
	};
	const noOperation = { name: 'End', type: 'n8n-nodes-base.noOp', version: 1, parameters: {} };
	const flow = await storeFlow(
		client,
		'Probe',
		start,
		[noOperation],
		[['Probe', 0, 'End']],
		'Probe',
	);
	const act = async (action: string, parameters: JsonObject = {}) => {
		const response = await fetch(flow.url, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ action, ...parameters }),
		});
		if (!response.ok) throw new Error(`The probe could not "${action}": ${await response.text()}`);
		await response.text();
	};
	return {
		ready: async () =>
			await client.waitForWebhook(new URL(flow.url).pathname.slice('/webhook/'.length)),
		collect: async () => await act('collect'),
		watch: async (profiled, work) => {
			if (!profiled) {
				await work();
				return undefined;
			}
			const file = path.join(folder, 'profile.json');
			await act('startProfile');
			await work();
			await act('stopProfile', { file });
			const profile = parseJson(await readFile(file, 'utf8'));
			await rm(file);
			return readProfile(profile);
		},
	};
}
