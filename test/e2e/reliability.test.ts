import { setTimeout as pause } from 'node:timers/promises';

import { at, isJsonObject, listAt, textAt, type JsonObject } from '../../dev/json';
import { poll } from '../../dev/launcher/poll';
import { N8nRequestError } from '../../dev/launcher/rest';
import { DEFAULT_N8N_VERSION, majorVersion } from '../../dev/launcher/runtime';
import { failureOf, TestN8nClient, type Execution } from '../support/n8nClient';
import { NODE_NAME, START_NAME } from '../support/workflow';
import {
	activateNode,
	activateTrigger,
	inStates,
	post,
	waitForExecutions,
	waitForWebhook,
} from '../queue/helpers/workflows';
import { jsonOf, runStored, storeNodeRun } from './helpers/runs';
import { shareWorld, type World } from './helpers/world';

const { world, scenario, startAgain } = shareWorld();

/** How long n8n may take to end an execution that a person has stopped, in milliseconds. */
const PROMPTLY_MS = 10_000;

const hasLineage = majorVersion(process.env.N8N_VERSION ?? DEFAULT_N8N_VERSION) > 1;

/** Stores a workflow that places a call for each phone number. */
async function storeCalls(
	phones: string[],
	options: JsonObject = {},
	settings: JsonObject = {},
): Promise<string> {
	return await storeNodeRun(world().client, {
		credential: world().credential,
		items: phones.map((phone) => ({ phone })),
		parameters: {
			resource: 'call',
			operation: 'create',
			filterId: { __rl: true, mode: 'id', value: '1' },
			phoneNumber: '={{ $json.phone }}',
			additionalFields: {},
			options,
		},
		settings,
	});
}

/** Adds options to the LiveCall node of a stored workflow, as a person does in its panel. */
async function addOptions(
	client: TestN8nClient,
	workflowId: string,
	added: JsonObject,
): Promise<void> {
	const workflow = await client.findWorkflow(workflowId);
	const nodes = listAt(workflow, 'nodes')
		.filter(isJsonObject)
		.map((node) => {
			if (node.name !== NODE_NAME || !isJsonObject(node.parameters)) return node;
			const options = at(node.parameters, 'options');
			const known = isJsonObject(options) ? options : {};
			return { ...node, parameters: { ...node.parameters, options: { ...known, ...added } } };
		});
	await client.request('PATCH', `/rest/workflows/${workflowId}`, {
		name: textAt(workflow, 'name'),
		nodes,
		connections: at(workflow, 'connections'),
		settings: at(workflow, 'settings'),
		versionId: textAt(workflow, 'versionId'),
	});
}

/** The customers that were rung, once for each time. */
function rung(): string[] {
	return world()
		.sandbox.calls.placed()
		.map(({ phone_number }) => phone_number);
}

/** The id of the one call to a customer. */
function callTo(phone: string): number {
	const calls = world()
		.sandbox.calls.placed()
		.filter(({ phone_number }) => phone_number === phone);
	expect(calls).toHaveLength(1);
	return calls[0].id;
}

/** Waits until LiveCall has had so many requests. */
async function requestsSeen(count: number): Promise<void> {
	await poll(async () => (world().sandbox.requests.length >= count ? true : undefined), {
		what: `${count} requests to LiveCall`,
		timeoutMs: 30_000,
		everyMs: 20,
	});
}

/**
 * Waits for what the node of a stopped execution says of it. 2.x keeps nothing of such a run, and its log
 * alone has the node's words; 1.x has them nowhere.
 */
async function wordsOfTheStopped({ n8n }: World, words: RegExp): Promise<void> {
	if (majorVersion(process.env.N8N_VERSION ?? DEFAULT_N8N_VERSION) < 2) return;
	await poll(async () => (words.test(n8n.logTail(200)) ? true : undefined), {
		what: String(words),
		timeoutMs: PROMPTLY_MS,
	});
}

/** Retries a stopped execution, which n8n 2.x refuses and 1.x ends without running anything. */
async function retryStopped(
	client: TestN8nClient,
	executionId: string,
	workflowId: string,
): Promise<void> {
	for (const withCurrentWorkflow of [false, true]) {
		try {
			const retry = await client.retryExecution(executionId, workflowId, withCurrentWorkflow);
			await client.waitForExecution(retry);
		} catch (error) {
			if (!(error instanceof N8nRequestError)) throw error;
			expect(error.answer).toMatch(/cannot be retried/);
		}
	}
}

/** Runs something else from start to end: by then n8n has had the chance to do what it should not. */
async function runSomethingElse(client: TestN8nClient): Promise<void> {
	const workflow = await storeNodeRun(client, {
		credential: world().credential,
		parameters: {
			resource: 'user',
			operation: 'getAll',
			returnAll: true,
			filters: {},
			options: {},
		},
	});
	expect((await runStored(client, workflow)).status).toBe('success');
}

describe('Retry On Fail and "Retry"', () => {
	const [ANNA, BEN, CARA, DAVE] = [
		'+442079460101',
		'+442079460102',
		'+442079460103',
		'+442079460104',
	];

	/** Ben's number is refused as long as `refuses` says so; the first answer about Cara gets lost. */
	function faults(refuses: () => boolean): void {
		let lost = false;
		world().sandbox.faults.decide(({ method, json }) => {
			const body = JSON.stringify(json) ?? '';
			if (method !== 'POST') return undefined;
			if (body.includes(BEN) && refuses()) {
				return { kind: 'status', status: 422, body: { errors: { phone_number: ['is invalid'] } } };
			}
			if (!body.includes(CARA) || lost) return undefined;
			lost = true;
			return { kind: 'reset-after' };
		});
	}

	it(
		'ring nobody twice, tell who was rung, and dial the unknown one only when a person says so',
		scenario(async ({ client, sandbox }) => {
			let refuses = true;
			faults(() => refuses);
			const everybody = [ANNA, BEN, CARA, DAVE];
			// All four at once, so that the refusal does not keep the others from being tried.
			const workflow = await storeCalls(
				everybody,
				{ maxConcurrency: 4 },
				{ retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			);
			const failed = await runStored(client, workflow);
			expect(failed.status).toBe('error');
			expect(rung().sort()).toEqual([ANNA, CARA, DAVE]);
			const asked = (phone: string) =>
				sandbox.requests.filter(({ body }) => body.includes(phone)).length;
			expect(everybody.map(asked)).toEqual([1, 3, 1, 1]);
			const account = failureOf(failed);
			expect(account).toContain('is invalid');
			expect(account).toContain(`item 0 (call ${callTo(ANNA)})`);
			expect(account).toContain(`item 3 (call ${callTo(DAVE)})`);
			expect(account).toMatch(/Also not done: LiveCall may already have placed this call.*item 2/);

			const retry = async (execution: Execution, withCurrentWorkflow: boolean) =>
				await client.waitForExecution(
					await client.retryExecution(execution.id, workflow, withCurrentWorkflow),
				);
			refuses = false;
			const original = await retry(failed, false);
			expect(original.status).toBe('error');
			expect(failureOf(original)).toMatch(/may already have placed this call.*\[item 2\]/);
			expect(failureOf(original)).toContain(`item 1 (call ${callTo(BEN)})`);
			expect(rung().sort()).toEqual(everybody);

			const current = await retry(original, true);
			expect(current.status).toBe('error');
			expect(rung().sort()).toEqual(everybody);

			await addOptions(client, workflow, { redialUnknown: true });
			// The original workflow does not have the option.
			expect((await retry(current, false)).status).toBe('error');
			expect(rung().sort()).toEqual(everybody);

			const redialed = await retry(current, true);
			expect(rung().sort()).toEqual([ANNA, BEN, CARA, CARA, DAVE]);
			const output = jsonOf(redialed);
			expect(output.map(({ phone_number }) => phone_number)).toEqual(everybody);
			const ids = output.map(({ id }) => id);
			expect([ids[0], ids[1], ids[3]]).toEqual([callTo(ANNA), callTo(BEN), callTo(DAVE)]);
			expect(ids[2]).toBe(sandbox.calls.placed().at(-1)?.id);
		}),
	);
});

describe('an execution that is stopped', () => {
	it(
		'while items wait for LiveCall to have time, places no further call',
		scenario(async ({ client, sandbox }) => {
			const seconds = 4;
			const phones = ['+442079460111', '+442079460112', '+442079460113'];
			sandbox.faults.decide(({ method, index }) =>
				method === 'POST' && index > 0
					? { kind: 'status', status: 429, retryAfter: seconds }
					: undefined,
			);
			const workflow = await storeCalls(phones);
			const execution = await client.run(workflow, START_NAME);
			await requestsSeen(2);
			await client.stopExecution(execution);
			expect((await client.waitForExecution(execution, PROMPTLY_MS)).status).toBe('canceled');
			await wordsOfTheStopped(world(), /The execution was canceled before LiveCall was asked/);

			// LiveCall has time again, and the moment has passed at which the items would have come.
			sandbox.faults.clear();
			const due = (sandbox.requests.at(-1)?.at ?? 0) + seconds * 1000;
			await poll(async () => (Date.now() > due ? true : undefined), {
				what: 'The end of the wait that LiveCall asked for',
				timeoutMs: 30_000,
			});
			await retryStopped(client, execution, workflow);
			await runSomethingElse(client);
			expect(rung()).toEqual(phones.slice(0, 1));
			expect(sandbox.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
		}),
	);

	it(
		'while LiveCall does not answer, ends the request and places no further call',
		scenario(async ({ client, sandbox }) => {
			const phones = ['+442079460121', '+442079460122', '+442079460123'];
			sandbox.faults.decide(({ method, index }) =>
				method === 'POST' && index === 1 ? { kind: 'hang-after' } : undefined,
			);
			const workflow = await storeCalls(phones, { requestTimeout: 600 });
			const execution = await client.run(workflow, START_NAME);
			await requestsSeen(2);
			await client.stopExecution(execution);
			expect((await client.waitForExecution(execution, PROMPTLY_MS)).status).toBe('canceled');
			await poll(async () => (sandbox.requests[1].over ? true : undefined), {
				what: 'The end of the request that LiveCall does not answer',
				timeoutMs: PROMPTLY_MS,
			});
			await wordsOfTheStopped(world(), /the execution was canceled while LiveCall was being asked/);
			await retryStopped(client, execution, workflow);
			await runSomethingElse(client);
			expect(rung()).toEqual(phones.slice(0, 2));
		}),
	);
});

describe('deliveries to the trigger', () => {
	it(
		'start the workflow once each, also when n8n has been started anew since',
		scenario(async ({ client, n8n, sandbox }) => {
			const trigger = await activateTrigger(client, world().credential, {
				events: ['call.ended'],
				verifyCalls: true,
				options: {},
			});
			await waitForWebhook(n8n.url, trigger.path);
			const deliver = async (address: string, call: { id: number }) =>
				await post(`${address}/webhook/${trigger.path}`, {
					event: 'call.ended',
					call: { id: call.id },
				});
			const calls = Array.from({ length: 10 }, () => sandbox.calls.add({ status: 'ended' }));
			// The next one comes while n8n still has to store that the workflow's first one came.
			const answers = calls.map(async (call, index) => {
				await pause(index * 15);
				return await deliver(n8n.url, call);
			});
			const accepted = calls.map(() => ({ status: 200, text: 'Accepted' }));
			expect(await Promise.all(answers)).toEqual(accepted);
			expect(await waitForExecutions(client, trigger.id, 10, 30_000)).toHaveLength(10);
			for (const call of calls.slice(0, 5)) {
				expect((await deliver(n8n.url, call)).text).toContain('delivered before');
			}

			await n8n.stop();
			const { client: owner } = await startAgain();
			await waitForWebhook(world().n8n.url, trigger.path);
			for (const call of calls) {
				expect((await deliver(world().n8n.url, call)).text).toContain('delivered before');
			}
			const another = sandbox.calls.add({ status: 'ended' });
			expect((await deliver(world().n8n.url, another)).text).toBe('Accepted');
			expect(await waitForExecutions(owner, trigger.id, 11, 30_000)).toHaveLength(11);
		}),
	);
});

describe('an n8n that is killed in the middle of a run', () => {
	it(
		'places nothing by itself afterwards, and with a deduplication key rings nobody twice',
		scenario(async ({ client, sandbox, n8n }) => {
			const phones = Array.from({ length: 12 }, (_, index) => `+44207946${1000 + index}`);
			const placedBefore = 4;
			sandbox.faults.always({ kind: 'latency', ms: 300 }, { method: 'POST' });
			const workflow = await storeCalls(phones, { deduplicationKey: '={{ $json.phone }}' });
			const execution = await client.run(workflow, START_NAME);
			await requestsSeen(placedBefore);
			process.kill(n8n.pid, 'SIGKILL');
			await n8n.ended;
			// What the killed process had started itself goes with it.
			await n8n.stop();
			const placed = rung();
			expect(placed.length).toBeLessThan(phones.length);

			const { client: owner } = await startAgain();
			const crashed = await owner.waitForExecution(execution);
			expect(crashed.status).toBe('crashed');
			await runSomethingElse(owner);
			expect(rung()).toEqual(placed);

			sandbox.faults.clear();
			const again = jsonOf(await runStored(owner, workflow));
			const skipped = phones.filter((_, index) => again[index].skipped === true);
			const called = phones.filter((_, index) => again[index].id !== undefined);
			expect([...skipped, ...called]).toEqual(phones);
			expect(rung()).toEqual([...placed, ...called]);
			expect(new Set(rung()).size).toBe(rung().length);
			// Nobody was left out either but, at most, the one whose call was being placed.
			expect(rung().length).toBeGreaterThanOrEqual(phones.length - 1);
		}),
	);

	it(
		'amid six calls rings nobody twice when each of its executions is retried twice',
		scenario(async ({ client, sandbox, n8n }) => {
			const phones = Array.from({ length: 6 }, (_, index) => `+44207946${2000 + index}`);
			sandbox.faults.always({ kind: 'hang-after' }, { method: 'POST' });
			const workflow = await activateNode(client, world().credential, 'call-back', {
				resource: 'call',
				operation: 'create',
				filterId: { __rl: true, mode: 'id', value: '1' },
				phoneNumber: '={{ $json.body.phone }}',
				additionalFields: {},
				options: { requestTimeout: 600 },
			});
			await waitForWebhook(n8n.url, workflow.path);
			for (const phone of phones) await post(`${n8n.url}/webhook/${workflow.path}`, { phone });
			await requestsSeen(phones.length);
			process.kill(n8n.pid, 'SIGKILL');
			await n8n.ended;
			await n8n.stop();
			expect(rung().sort()).toEqual(phones);

			sandbox.faults.clear();
			const { client: owner } = await startAgain();
			const crashed = await waitForExecutions(owner, workflow.id, phones.length, 30_000);
			expect(inStates(crashed)).toBe(`${phones.length} crashed`);
			for (const execution of crashed) {
				for (let time = 0; time < 2; time++) {
					const id = await owner.retryExecution(execution.id, workflow.id, false);
					const retried = await owner.waitForExecution(id);
					// n8n 1.x gives an execution nothing that its retry has, too: there only a key is a guard.
					if (!hasLineage) continue;
					expect(retried.status).toBe('error');
					expect(failureOf(retried)).toContain('LiveCall may already have placed this call');
				}
			}
			if (hasLineage) expect(rung().sort()).toEqual(phones);
		}),
	);
});
