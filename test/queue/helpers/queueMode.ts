import { at, parseJson, textAt } from '../../../dev/json';
import { poll } from '../../../dev/launcher/poll';
import type { CredentialReference, ExecutionSummary } from '../../../dev/launcher/rest';
import { majorVersion } from '../../../dev/launcher/runtime';
import { CREDENTIAL_TYPE } from '../../../dev/launcher/seed';
import type { Sandbox } from '../../../dev/sandbox';
import { itemsOf, type TestN8nClient } from '../../support/n8nClient';
import { NODE_NAME } from '../../support/workflow';
import {
	CLUSTER_TIMEOUT_MS,
	inCluster,
	startCluster,
	WORKER_CONCURRENCY,
	type Cluster,
} from './cluster';
import { rate, report } from './report';
import {
	activateNode,
	activateTrigger,
	forEach,
	inStates,
	post,
	TRIGGER_NAME,
	waitForWebhook,
	waitForExecutions,
	type ActiveWorkflow,
} from './workflows';

/** How many deliveries arrive at a time. */
const AT_A_TIME = 50;

/** How much is done. */
export interface QueueSize {
	deliveries: number;
	/** How many of them come a second time. */
	repeats: number;
	/** How many runs are queued when a worker dies, in each of two workflows. */
	runs: number;
	/** After how many calls it dies. */
	callsBeforeDeath: number;
}

/** The size of a recording of some minutes. */
const RECORDING_BYTES = 5_000_000;

const TOKEN = 'token-of-the-webhook';

/** Tests of queue mode: deliveries, a recording, and a worker that dies. */
export function queueMode(size: QueueSize): void {
	let cluster: Cluster;
	let credential: CredentialReference;

	jest.setTimeout(600_000);

	beforeAll(async () => {
		cluster = await startCluster();
		const { apiKey, apiUrl } = cluster.sandbox;
		credential = await cluster.client.createCredential({
			name: 'LiveCall',
			type: CREDENTIAL_TYPE,
			data: { apiKey, baseUrl: apiUrl, webhookToken: TOKEN },
		});
	}, CLUSTER_TIMEOUT_MS);

	afterAll(async () => await cluster?.stop(), CLUSTER_TIMEOUT_MS);

	const scenario = (test: (cluster: Cluster) => Promise<void>) => inCluster(() => cluster, test);

	const addressOf = ({ path }: ActiveWorkflow) => `${cluster.webhooks[0].url}/webhook/${path}`;

	describe('deliveries to the trigger', () => {
		it(
			'each start the workflow once, and repeats start nothing',
			scenario(async ({ client, sandbox, webhooks }) => {
				sandbox.reset();
				const trigger = await activateTrigger(client, credential, {
					events: ['call.ended'],
					verifyCalls: true,
					options: {},
				});
				await waitForWebhook(webhooks[0].url, trigger.path);
				const calls = Array.from({ length: size.deliveries }, () =>
					sandbox.calls.add({ status: 'ended' }),
				);
				const deliver = async ({ id }: { id: number }) =>
					await post(`${addressOf(trigger)}?token=${TOKEN}`, { event: 'call.ended', call: { id } });
				// On a busy machine LiveCall may not confirm a call in time: 503 asks for another delivery later.
				let rejections = 0;
				const deliverUntilTaken = async (call: { id: number }) =>
					await poll(
						async () => {
							const answer = await deliver(call);
							if (answer.status !== 503) return answer;
							rejections++;
							return undefined;
						},
						{ what: `An answer to call ${call.id}`, timeoutMs: 300_000, everyMs: 2_000 },
					);

				const startedAt = Date.now();
				const answers = await forEach(calls, AT_A_TIME, deliverUntilTaken);
				report(rate(size.deliveries, `deliveries answered, ${AT_A_TIME} at a time`, startedAt));
				report(`${rejections} answers asked for another delivery`);
				expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
				const executions = await waitForExecutions(client, trigger.id, size.deliveries, 300_000);
				report(rate(size.deliveries, 'deliveries executed', startedAt));
				expect(inStates(executions)).toBe(`${size.deliveries} success`);
				const started = await forEach(executions, 8, async ({ id }) => {
					const [item] = itemsOf(await client.execution(id), TRIGGER_NAME);
					expect(at(item, 'json', 'verified')).toBe(true);
					return Number(at(item, 'json', 'id'));
				});
				const ids = calls.map(({ id }) => id);
				expect(started.sort((one, other) => one - other)).toEqual(ids);
				const repeats = calls.filter((_, index) => index % (size.deliveries / size.repeats) === 0);
				const repeated = await forEach(repeats, AT_A_TIME, deliverUntilTaken);
				expect(repeated.filter(({ text }) => !text.includes('delivered before'))).toEqual([]);
				// A last delivery that does start something: what came before it has had its chance.
				expect((await deliverUntilTaken(sandbox.calls.add({ status: 'ended' }))).status).toBe(200);
				const all = await waitForExecutions(client, trigger.id, size.deliveries + 1, 60_000);
				expect(all).toHaveLength(size.deliveries + 1);
			}),
		);
	});

	describe('recordings', () => {
		it(
			"come through queue mode's own storage, byte by byte",
			scenario(async ({ client, sandbox, version, webhooks }) => {
				sandbox.reset();
				const download = await activateNode(client, credential, 'fetch-recording', {
					resource: 'recording',
					operation: 'download',
					callId: '={{ $json.body.call_id }}',
					binaryPropertyName: 'data',
					options: {},
				});
				await waitForWebhook(webhooks[0].url, download.path);
				const call = sandbox.calls.add({ status: 'ended', recordedBytes: RECORDING_BYTES });
				expect((await post(addressOf(download), { call_id: call.id })).status).toBe(200);
				const [{ id }] = await waitForExecutions(client, download.id, 1, 60_000);
				const execution = await client.execution(id);
				expect(execution.status).toBe('success');
				const [item] = itemsOf(execution, NODE_NAME);
				// n8n 1.x has no such storage; there the file lies within the execution.
				if (majorVersion(version) > 1) {
					expect(textAt(item, 'binary', 'data', 'id')).toMatch(/^database:/);
				}
				const stored = await client.fileOf(item, 'data');
				const original = await recordingOf(sandbox, call.id);
				expect(original).toHaveLength(RECORDING_BYTES);
				expect(stored.equals(original)).toBe(true);
			}),
		);
	});

	describe('a worker that dies', () => {
		it(
			'leaves nobody rung twice, and the executions say which runs did not finish',
			scenario(async ({ client, sandbox, webhooks, workers }) => {
				sandbox.reset();
				const parameters = {
					resource: 'call',
					operation: 'create',
					filterId: { __rl: true, mode: 'id', value: '1' },
					phoneNumber: '={{ $json.body.phone }}',
					additionalFields: {},
				};
				const plain = await activateNode(client, credential, 'call-back', {
					...parameters,
					options: {},
				});
				const keyed = await activateNode(client, credential, 'call-back-once', {
					...parameters,
					options: { deduplicationKey: '={{ $json.body.lead }}' },
				});
				for (const { path } of [plain, keyed]) await waitForWebhook(webhooks[0].url, path);
				// Each call takes LiveCall a moment, so that some are under way when the worker dies.
				sandbox.faults.always({ kind: 'latency', ms: 300 }, { method: 'POST' });
				const leads = Array.from({ length: size.runs }, (_, index) => index);
				const startedAt = Date.now();
				const queued = forEach(leads, 20, async (lead) => {
					await post(addressOf(plain), { lead, phone: `+44207946${1000 + lead}` });
					await post(addressOf(keyed), { lead, phone: `+49302312${1000 + lead}` });
				});
				await poll(
					async () => (sandbox.calls.placed().length >= size.callsBeforeDeath ? true : undefined),
					{ what: `${size.callsBeforeDeath} placed calls`, timeoutMs: 120_000, everyMs: 20 },
				);
				await workers[0].kill();
				report(`${workers[0].name} was killed after ${sandbox.calls.placed().length} calls`);
				await queued;

				const runs = await waitForExecutions(client, plain.id, size.runs, 300_000);
				const keyedRuns = await waitForExecutions(client, keyed.id, size.runs, 300_000);
				report(
					rate(2 * size.runs, 'runs at an end, waiting for the dead worker included', startedAt),
				);
				const unfinished: Unfinished[] = [];
				for (const [name, executions] of Object.entries({ plain: runs, keyed: keyedRuns })) {
					const open = await unfinishedOf(client, executions);
					report(`${name}: ${inStates(executions)}; not finished:`);
					for (const { id, status, reason } of open)
						report(`  execution ${id} ${status}: ${reason}`);
					unfinished.push(...open);
				}
				const rung = sandbox.calls.placed().map(({ phone_number }) => phone_number);
				report(`${rung.length} calls placed, to ${new Set(rung).size} customers`);
				expect(twice(rung)).toEqual([]);
				expect(runs).toHaveLength(size.runs);
				expect(keyedRuns).toHaveLength(size.runs);
				// Only what the dead worker had in hand is open, and whoever's run has finished was rung.
				expect(unfinished.length).toBeLessThanOrEqual(WORKER_CONCURRENCY);
				expect(rung.length).toBeGreaterThanOrEqual(2 * size.runs - unfinished.length);
			}),
		);
	});
}

/** The recording of a call as LiveCall gives it to whoever asks. */
async function recordingOf({ apiUrl, apiKey }: Sandbox, callId: number): Promise<Buffer> {
	const answer = await fetch(`${apiUrl}/calls/${callId}/recording`, {
		headers: { authorization: `Token token=${apiKey}`, 'content-type': 'application/json' },
	});
	const link = textAt(parseJson(await answer.text()), 'recording', 'url');
	return Buffer.from(await (await fetch(link)).arrayBuffer());
}

/** An execution without success, and what n8n says of it. */
interface Unfinished extends ExecutionSummary {
	reason: string;
}

/** Those without success, each with the message that a person reads in the list of executions. */
async function unfinishedOf(
	client: TestN8nClient,
	executions: ExecutionSummary[],
): Promise<Unfinished[]> {
	const open = executions.filter(({ status }) => status !== 'success');
	return await forEach(open, 1, async (execution) => {
		const { data } = await client.execution(execution.id);
		const message = at(data, 'resultData', 'error', 'message');
		return { ...execution, reason: typeof message === 'string' ? message : 'no message' };
	});
}

/** Those that occur more than once. */
function twice(entries: string[]): string[] {
	return entries.filter((entry, index) => entries.indexOf(entry) !== index);
}
