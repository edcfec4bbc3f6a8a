import { setTimeout as pause } from 'node:timers/promises';

import { at } from '../../dev/json';
import { poll } from '../../dev/launcher/poll';
import { CREDENTIAL_TYPE } from '../../dev/launcher/seed';
import type { TestN8nClient } from '../support/n8nClient';
import { CLUSTER_TIMEOUT_MS, inCluster, startCluster, type Cluster } from './helpers/cluster';
import { rate, report } from './helpers/report';
import {
	activateNode,
	forEach,
	post,
	waitForWebhook,
	type ActiveWorkflow,
} from './helpers/workflows';

/** How long after the first of two requests for one lead the second comes, in ms. */
const GAPS = [0, 5, 20, 50, 100, 300];

/** How many pairs come at each gap; `QUEUE_PAIRS` sets how many there are in all. */
const PAIRS = Math.ceil(Number(process.env.QUEUE_PAIRS ?? 720) / GAPS.length);

/** How many pairs are under way at once. */
const AT_A_TIME = 6;

/** How many leads come, one by one, and then once more. */
const LEADS = 300;

/** How long n8n may take for all of them on a busy machine, in ms. */
const PATIENCE_MS = 900_000;

let cluster: Cluster;
let workflow: ActiveWorkflow;
let lead = 0;

jest.setTimeout(2 * PATIENCE_MS);

beforeAll(async () => {
	cluster = await startCluster();
	const { client, sandbox } = cluster;
	const credential = await client.createCredential({
		name: 'LiveCall',
		type: CREDENTIAL_TYPE,
		data: { apiKey: sandbox.apiKey, baseUrl: sandbox.apiUrl },
	});
	workflow = await activateNode(client, credential, 'call-a-lead-once', {
		resource: 'call',
		operation: 'create',
		filterId: { __rl: true, mode: 'id', value: '1' },
		phoneNumber: '={{ $json.body.phone }}',
		additionalFields: {},
		options: { deduplicationKey: '={{ $json.body.phone }}' },
	});
	await waitForWebhook(cluster.webhooks[0].url, workflow.path);
}, CLUSTER_TIMEOUT_MS);

afterAll(async () => await cluster?.stop(), CLUSTER_TIMEOUT_MS);

const scenario = (test: (cluster: Cluster) => Promise<void>) => inCluster(() => cluster, test);

/** The phone numbers of leads that nobody has asked for yet. */
function newLeads(count: number): string[] {
	return Array.from({ length: count }, () => `+4930${String(++lead).padStart(8, '0')}`);
}

async function ask(phone: string): Promise<void> {
	const answer = await post(`${cluster.webhooks[0].url}/webhook/${workflow.path}`, { phone });
	expect(answer.status).toBe(200);
}

async function executionsAtAnEnd(client: TestN8nClient): Promise<number> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId: workflow.id }));
	const page = await client.request('GET', `/rest/executions?filter=${filter}&limit=1`);
	return Number(at(page, 'count'));
}

/** Waits until so many further executions have come to an end. */
async function afterExecutions(count: number, work: () => Promise<unknown>): Promise<void> {
	const before = await executionsAtAnEnd(cluster.client);
	await work();
	await poll(
		async () => ((await executionsAtAnEnd(cluster.client)) >= before + count ? true : undefined),
		{ what: `The end of ${count} executions`, timeoutMs: PATIENCE_MS, everyMs: 1_000 },
	);
}

/** How often each of some leads was rung; those that were rung once are left out. */
function notRungOnce(leads: string[]): Array<[string, number]> {
	const times = new Map(leads.map((phone) => [phone, 0]));
	for (const { phone_number } of cluster.sandbox.calls.placed()) {
		const before = times.get(phone_number);
		if (before !== undefined) times.set(phone_number, before + 1);
	}
	return [...times].filter(([, count]) => count !== 1);
}

describe('two requests for one lead', () => {
	it.each(GAPS)(
		'%i ms apart ring the lead once',
		async (gap) =>
			await scenario(async () => {
				const leads = newLeads(PAIRS);
				const startedAt = Date.now();
				await afterExecutions(2 * PAIRS, async () => {
					await forEach(leads, AT_A_TIME, async (phone) => {
						const first = ask(phone);
						await pause(gap);
						await Promise.all([first, ask(phone)]);
					});
				});
				report(rate(PAIRS, `pairs, ${gap} ms apart`, startedAt));
				expect(notRungOnce(leads)).toEqual([]);
			})(),
	);
});

describe('leads that come again later', () => {
	it(
		'are not rung again, and nobody is left out',
		scenario(async () => {
			const leads = newLeads(LEADS);
			const startedAt = Date.now();
			for (let time = 0; time < 2; time++) {
				await afterExecutions(LEADS, async () => await forEach(leads, 10, ask));
				expect(notRungOnce(leads)).toEqual([]);
			}
			report(rate(2 * LEADS, 'executions of leads and of the same again', startedAt));
		}),
	);
});

describe('a worker that dies while it holds the lock', () => {
	it(
		'keeps the others waiting for its lease, and then each lead is rung once',
		scenario(async ({ postgres, workers, addWorker }) => {
			await workers[1].kill();
			// While the node's row is locked in the database, a claim stands still with n8n's lock in hand.
			const unlocked = postgres.query(
				`BEGIN; SELECT 1 FROM processed_data WHERE "workflowId" = '${workflow.id}' FOR UPDATE; SELECT pg_sleep(30); COMMIT`,
			);
			const [unfortunate, ...others] = newLeads(4);
			await ask(unfortunate);
			const isLocked = async () =>
				(
					await postgres.query(
						`SELECT count(*) FROM processed_data WHERE "workflowId" = '${workflow.id}' AND context = ''`,
					)
				).includes('1');
			await poll(async () => ((await isLocked()) ? true : undefined), {
				what: 'A claim that has the lock',
				timeoutMs: 60_000,
				everyMs: 50,
			});
			// The look before the claim reads the row without waiting; it has the lock for longer than that.
			await pause(500);
			expect(await isLocked()).toBe(true);
			await workers[0].kill();
			await unlocked;
			expect(await isLocked()).toBe(true);

			const startedAt = Date.now();
			await addWorker();
			await afterExecutions(3 * others.length, async () => {
				await forEach([...others, ...others, ...others], 9, ask);
			});
			report(`Each lead was rung ${((Date.now() - startedAt) / 1000).toFixed(0)} s later`);
			expect(notRungOnce(others)).toEqual([]);
			expect(await isLocked()).toBe(false);
			expect(notRungOnce([unfortunate])).toEqual([[unfortunate, 0]]);
		}),
	);
});
