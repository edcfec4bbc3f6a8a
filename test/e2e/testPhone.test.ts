import { at, type JsonObject } from '../../dev/json';
import { DEFAULT_N8N_VERSION, majorVersion } from '../../dev/launcher/runtime';
import { CREDENTIAL_TYPE } from '../../dev/launcher/seed';
import { itemsOf, type Execution } from '../support/n8nClient';
import { chain, node, NODE_NAME, NODE_TYPE, start, START_NAME } from '../support/workflow';
import { shareWorld } from './helpers/world';

const TESTER = '+49 30 5550100';

const { world, scenario } = shareWorld({ access: { testPhoneNumber: TESTER } });

const leads = Array.from({ length: 20 }, (_, index) => ({
	lead: `lead-${index}`,
	phone: `+44 20 7946 01${String(index).padStart(2, '0')}`,
}));

const rung = (): string[] =>
	world()
		.sandbox.calls.placed()
		.map(({ phone_number }) => String(phone_number));

const LIST = 'Leads as one list';
const SPLIT = 'Leads';

/** A node that gives all leads in one list, and one that makes an item of each. */
const leadNodes = (): JsonObject[] => [
	node(LIST, 'n8n-nodes-base.set', 3.4, {
		mode: 'raw',
		jsonOutput: JSON.stringify({ leads }),
		options: {},
	}),
	node(SPLIT, 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'leads', options: {} }),
];

/** A LiveCall node that calls each lead once, ever. */
const dialler = (): JsonObject => ({
	...node(NODE_NAME, NODE_TYPE, 1, {
		filterId: { __rl: true, mode: 'id', value: '1' },
		phoneNumber: '={{ $json.phone }}',
		options: { deduplicationKey: '={{ $json.lead }}' },
	}),
	credentials: { [CREDENTIAL_TYPE]: { ...world().credential } },
});

/** Stores a workflow that calls all leads, when clicked and when its webhook is called. */
async function storeDialler(path: string): Promise<string> {
	return await world().client.createWorkflow({
		name: 'Call the leads',
		nodes: [
			start(),
			{
				...node('Webhook', 'n8n-nodes-base.webhook', 2, {
					httpMethod: 'POST',
					path,
					responseMode: 'lastNode',
				}),
				webhookId: path,
			},
			...leadNodes(),
			dialler(),
		],
		connections: { ...chain(START_NAME, LIST, SPLIT, NODE_NAME), ...chain('Webhook', LIST) },
		settings: { executionOrder: 'v1' },
	});
}

async function runByHand(workflowId: string): Promise<Execution> {
	const { client } = world();
	return await client.waitForExecution(await client.run(workflowId, START_NAME));
}

const reasons = (execution: Execution): unknown[] =>
	itemsOf(execution, NODE_NAME).map((item) => at(item, 'json', 'reason') ?? 'called');

describe('20 leads', () => {
	it(
		'ring one phone by hand, the tester’s, and their own once the workflow is published',
		scenario(async ({ client, n8n }) => {
			const path = 'call-the-leads';
			const workflowId = await storeDialler(path);
			const trial = await runByHand(workflowId);
			expect(rung()).toEqual([TESTER]);
			expect(reasons(trial)).toEqual(['called', ...leads.slice(1).map(() => 'test')]);
			expect(at(itemsOf(trial, NODE_NAME)[0], 'json')).toMatchObject({
				test: true,
				requested_phone_number: leads[0].phone,
			});
			await runByHand(workflowId);
			expect(rung()).toEqual([TESTER, TESTER]);

			await client.activateWorkflow(workflowId);
			await client.waitForWebhook(path);
			await fetch(`${n8n.url}/webhook/${path}`, { method: 'POST' });
			expect(rung().slice(2)).toEqual(leads.map(({ phone }) => phone));
		}),
	);

	it(
		'ring one phone when the trial is retried',
		scenario(async ({ client, sandbox }) => {
			const workflowId = await storeDialler('retried');
			sandbox.faults.next({ kind: 'status', status: 422 });
			const failed = await runByHand(workflowId);
			expect(failed.status).toBe('error');
			const again = await client.retryExecution(failed.id, workflowId, true);
			const execution = await client.waitForExecution(again);
			expect(execution).toMatchObject({ status: 'success', mode: 'retry' });
			expect(rung()).toEqual([TESTER]);
		}),
	);

	it(
		'ring one phone when each is a turn of a loop',
		scenario(async ({ client }) => {
			const loop = 'Loop Over Items';
			const workflowId = await client.createWorkflow({
				name: 'Call the leads one after the other',
				nodes: [
					start(),
					...leadNodes(),
					node(loop, 'n8n-nodes-base.splitInBatches', 3, { batchSize: 1, options: {} }),
					dialler(),
				],
				connections: {
					...chain(START_NAME, LIST, SPLIT, loop),
					[loop]: { main: [[], [{ node: NODE_NAME, type: 'main', index: 0 }]] },
					...chain(NODE_NAME, loop),
				},
				settings: { executionOrder: 'v1' },
			});
			const execution = await runByHand(workflowId);
			expect(execution.status).toBe('success');
			expect(rung()).toEqual([TESTER]);
		}),
	);

	it(
		'ring no customer from a sub-workflow that a click on its parent starts',
		scenario(async ({ client }) => {
			const child = await client.createWorkflow({
				name: 'Call what comes in',
				nodes: [
					node('When called', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
						inputSource: 'passthrough',
					}),
					dialler(),
				],
				connections: chain('When called', NODE_NAME),
				settings: { executionOrder: 'v1' },
			});
			const parent = await client.createWorkflow({
				name: 'Have the leads called',
				nodes: [
					start(),
					...leadNodes(),
					node('Call them', 'n8n-nodes-base.executeWorkflow', 1.2, {
						workflowId: { __rl: true, mode: 'id', value: child },
						options: {},
					}),
				],
				connections: chain(START_NAME, LIST, SPLIT, 'Call them'),
				settings: { executionOrder: 'v1' },
			});
			const execution = await runByHand(parent);
			expect(execution.status).toBe('success');
			// n8n 1.x does not tell a sub-workflow how its parent was started.
			const isTold = majorVersion(process.env.N8N_VERSION ?? DEFAULT_N8N_VERSION) >= 2;
			expect(rung()).toEqual(isTold ? [TESTER] : leads.map(({ phone }) => phone));
		}),
	);
});
