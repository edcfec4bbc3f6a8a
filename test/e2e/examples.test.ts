import { randomUUID } from 'crypto';

import {
	at,
	isJsonObject,
	listAt,
	objectAt,
	textAt,
	type Json,
	type JsonObject,
} from '../../dev/json';
import { poll } from '../../dev/launcher/poll';
import { majorVersion } from '../../dev/launcher/runtime';
import {
	needsOwnKey,
	readExamples,
	tablesOf,
	TRIGGER_TYPE,
	type Example,
} from '../../dev/launcher/examples';
import {
	CHAT_MODEL_CREDENTIAL,
	ensureTable,
	seedNew,
	seedRunning,
	activeTriggers,
	type Seed,
} from '../../dev/launcher/seed';
import type { LauncherState } from '../../dev/launcher/state';
import { failureOf, itemsOf, type Execution } from '../support/n8nClient';
import { startChatModel, type ChatModel } from './helpers/chatModel';
import {
	AFTER_THE_CALL_ID,
	AI_AGENT_ID,
	CALLBACK_ID,
	CHOOSE_A_TIME_ID,
	CONSULTANTS_ID,
	MISSED_CALL_ID,
	RESULT_ID,
} from './helpers/exampleIds';
import { openForm } from './helpers/form';
import { expectPlayableWav } from './helpers/wav';
import { inWorld, startWorld, WORLD_TIMEOUT_MS, type World } from './helpers/world';

const TOKEN = 'token-of-the-webhook';

/** Nodes that stand for whatever the person uses, and that a stored copy may change. */
const TABLE_NODE = 'Write it into the table';

const ONE_LINE = 'One line';

let world: World;
let examples: Example[];
let seed: Seed;
let state: LauncherState;
let model: ChatModel;
/** Production addresses of the triggers, by workflow, with the token. */
const hooks = new Map<string, string>();

const scenario = (test: (world: World) => Promise<void>) => inWorld(() => world, test);

beforeAll(async () => {
	model = await startChatModel();
	examples = await readExamples();
	world = await startWorld(async ({ prepared, sandbox }) => {
		const access = { apiKey: sandbox.apiKey, baseUrl: sandbox.apiUrl, webhookToken: TOKEN };
		seed = { examples, access };
		await seedNew(prepared, seed);
	});
	const { prepared, client, n8n } = world;
	state = { encryptionKey: '', activatedOnce: [] };
	await seedRunning(prepared, client, seed, state);
	// What a person does who has an account with OpenAI, except that it is the scripted model's address.
	await client.updateCredential(CHAT_MODEL_CREDENTIAL.id, {
		name: CHAT_MODEL_CREDENTIAL.name,
		type: 'openAiApi',
		data: { apiKey: 'not-needed', url: model.url },
	});
	for (const id of [AFTER_THE_CALL_ID, MISSED_CALL_ID]) {
		const [{ path }] = await activeTriggers(client, id);
		hooks.set(id, `${n8n.url}/webhook/${path}?token=${TOKEN}`);
		await client.waitForWebhook(path);
	}
}, WORLD_TIMEOUT_MS);

afterAll(async () => {
	await world?.stop();
	await model?.stop();
}, WORLD_TIMEOUT_MS);

beforeEach(() => world.sandbox.reset());

jest.setTimeout(120_000);

function example(id: string): Example {
	const found = examples.find((candidate) => candidate.id === id);
	if (found === undefined) throw new Error(`There is no example ${id}`);
	return found;
}

function listenFor(workflowId: string): void {
	const url = hooks.get(workflowId) ?? '';
	world.sandbox.webhooks.subscribe({ event: 'call.ended', url });
}

/** Has a visitor ask for a call, which then goes through its stages. */
function visitorCalls(phone: string, filterId = 1): { id: number } {
	return world.sandbox.calls.place(
		{
			filter_id: filterId,
			phone_number: phone,
			scheduledForMs: null,
			user_id: null,
			custom_fields_data: { first_name: 'Mary', email: 'mary@example.com' },
		},
		'widget',
	);
}

/** The name of the consultant whom a call has rung. */
function consultantOf(callId: number): string | undefined {
	const { calls, users } = world.sandbox;
	return users.all().find(({ id }) => id === calls.get(callId)?.user_id)?.name;
}

/** Tells a workflow by its webhook that a call has ended. */
async function deliver(workflowId: string, callId: number): Promise<number> {
	const response = await fetch(hooks.get(workflowId) ?? '', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ event: 'call.ended', call: { id: callId } }),
	});
	return response.status;
}

async function executionIds(workflowId: string): Promise<string[]> {
	return (await world.client.executions(workflowId)).map(({ id }) => id);
}

/** Waits until a workflow has so many executions more than before, all at their end; gives them, oldest first. */
async function newExecutions(
	workflowId: string,
	before: string[],
	count: number,
): Promise<Execution[]> {
	const ids = await poll(
		async () => {
			const fresh = (await executionIds(workflowId)).filter((id) => !before.includes(id));
			// n8n may list one twice that has just begun to wait.
			return new Set(fresh).size >= count ? [...new Set(fresh)] : undefined;
		},
		{ what: `${count} new executions of ${workflowId}`, timeoutMs: 60_000 },
	);
	expect(ids).toHaveLength(count);
	return await Promise.all(ids.reverse().map(finished));
}

/**
 * Waits for the end of an execution, and until it can be read what its nodes put out: n8n 1.x stores that a
 * moment after the end.
 */
async function finished(id: string): Promise<Execution> {
	return await poll(
		async () => {
			const execution = await world.client.waitForExecution(id).catch(unlessPassing);
			const ran = at(execution?.data, 'resultData', 'runData');
			return isJsonObject(ran) && Object.keys(ran).length > 0 ? execution : undefined;
		},
		{ what: `The data of execution ${id}`, timeoutMs: 30_000 },
	);
}

/** Passes over a kept connection that n8n closed meanwhile. */
async function unlessPassing(error: unknown): Promise<undefined> {
	const isPassing = error instanceof Error && error.message.startsWith('fetch failed');
	return isPassing ? undefined : await Promise.reject(error);
}

function expectSuccess(execution: Execution): void {
	expect({ status: execution.status, failure: failureOf(execution) }).toEqual({
		status: 'success',
		failure: undefined,
	});
}

/** The `json` of the items that a node put out, none where it did not run. */
function output(execution: Execution, node: string, branch = 0): JsonObject[] {
	return itemsOf(execution, node, branch)
		.map((item) => at(item, 'json'))
		.filter(isJsonObject);
}

/** Says whether a node has run in an execution. */
function hasRun(execution: Execution, node: string): boolean {
	return at(execution.data, 'resultData', 'runData', node) !== undefined;
}

/** Stores a copy of an example, as an import of its file does, with one node's parameters changed. */
async function importCopy(id: string, node: string, parameters: JsonObject): Promise<string> {
	const file = example(id);
	return await world.client.createWorkflow({
		...file,
		id: undefined,
		nodes: file.nodes.map((entry) => changed(withOwnWebhook(entry), node, parameters)),
	});
}

function changed(entry: Json, name: string, parameters: JsonObject): Json {
	return isJsonObject(entry) && entry.name === name
		? { ...entry, parameters: { ...objectAt(entry, 'parameters'), ...parameters } }
		: entry;
}

/** Two workflows cannot listen at one address; n8n gives an imported one another, too. */
function withOwnWebhook(entry: Json): Json {
	return isJsonObject(entry) && 'webhookId' in entry
		? { ...entry, webhookId: randomUUID() }
		: entry;
}

interface Box {
	name: string;
	isNote: boolean;
	left: number;
	top: number;
	right: number;
	bottom: number;
}

/** Where a node stands on the canvas, with its label. */
function boxOf(node: Json): Box {
	const isNote = textAt(node, 'type') === 'n8n-nodes-base.stickyNote';
	const isAgent = textAt(node, 'type').endsWith('.agent');
	const [left, top] = listAt(node, 'position').map(Number);
	const width = isNote ? Number(at(node, 'parameters', 'width')) : isAgent ? 256 : 96;
	// Below a node stand its name and its subtitle.
	const height = isNote ? Number(at(node, 'parameters', 'height')) : 96 + 48;
	return {
		name: textAt(node, 'name'),
		isNote,
		left,
		top,
		right: left + width,
		bottom: top + height,
	};
}

function overlap(one: Box, other: Box): boolean {
	return (
		one.left < other.right &&
		other.left < one.right &&
		one.top < other.bottom &&
		other.top < one.bottom
	);
}

describe('the files', () => {
	it('are seven, with ids that every version of n8n can work with', () => {
		const ids = examples.map(({ id }) => id);
		expect(ids.sort()).toEqual(
			[
				AFTER_THE_CALL_ID,
				AI_AGENT_ID,
				CALLBACK_ID,
				CHOOSE_A_TIME_ID,
				CONSULTANTS_ID,
				MISSED_CALL_ID,
				RESULT_ID,
			].sort(),
		);
		ids.forEach((id) => expect(id.length).toBeLessThanOrEqual(16));
		const nodeIds = examples.flatMap(({ nodes }) => nodes.map((node) => textAt(node, 'id')));
		expect(new Set(nodeIds).size).toBe(nodeIds.length);
	});

	it('are explained, and laid out so that nothing covers anything else', () => {
		for (const { name, nodes } of examples) {
			const boxes = nodes.map(boxOf);
			expect({ name, notes: boxes.filter(({ isNote }) => isNote).length >= 4 }).toEqual({
				name,
				notes: true,
			});
			const covered = boxes.flatMap((one, index) =>
				boxes.slice(index + 1).flatMap((other) => (overlap(one, other) ? [[one, other]] : [])),
			);
			expect(covered).toEqual([]);
		}
	});
});

describe('the launcher', () => {
	it(
		"has published all that need no key of one's own",
		scenario(async ({ client }) => {
			for (const example of examples) {
				const { id } = example;
				const active = !needsOwnKey(example);
				expect(await client.findWorkflow(id)).toMatchObject({ id, active });
			}
			expect(examples.filter(needsOwnKey).map(({ id }) => id)).toEqual([AI_AGENT_ID]);
		}),
	);

	it(
		'finds the LiveCall Triggers that are listening, and the events that they listen to',
		scenario(async ({ client }) => {
			for (const id of [AFTER_THE_CALL_ID, MISSED_CALL_ID]) {
				expect(await activeTriggers(client, id)).toEqual([
					{ path: expect.stringMatching(/^[\w-]{36}\/webhook$/), events: ['call.ended'] },
				]);
			}
			const file = example(AFTER_THE_CALL_ID);
			const nodes = file.nodes.map((entry) =>
				textAt(entry, 'type') === TRIGGER_TYPE
					? { ...objectAt(withOwnWebhook(entry)), parameters: {} }
					: withOwnWebhook(entry),
			);
			const both = await client.createWorkflow({ ...file, id: undefined, nodes });
			expect(await activeTriggers(client, both)).toEqual([]);
			await client.activateWorkflow(both);
			expect(await activeTriggers(client, both)).toMatchObject([
				{ events: ['call.created', 'call.ended'] },
			]);
			await client.request('POST', `/rest/workflows/${both}/deactivate`);
			expect(await activeTriggers(client, 'gone')).toEqual([]);
		}),
	);

	it(
		'leaves alone, at a second start, what a person has changed',
		scenario(async ({ client, prepared }) => {
			const path = `/rest/workflows/${CONSULTANTS_ID}`;
			const stored = await client.findWorkflow(CONSULTANTS_ID);
			await client.request('PATCH', path, {
				name: 'My own consultants',
				versionId: textAt(stored, 'versionId'),
			});
			const before = await client.findWorkflow(CONSULTANTS_ID);
			await seedRunning(prepared, client, seed, state);
			const after = await client.findWorkflow(CONSULTANTS_ID);
			expect(after).toMatchObject({ name: 'My own consultants', active: true });
			expect(at(after, 'versionId')).toBe(at(before, 'versionId'));
		}),
	);
});

describe('after the call', () => {
	/** The lines of the data table about a call. */
	const linesAbout = async (callId: number): Promise<Json[]> => {
		const { path } = await ensureTable(world.client, tablesOf(examples)[0]);
		const rows = listAt(await world.client.request('GET', `${path}/rows`), 'data');
		return rows.filter((row) => at(row, 'call_id') === String(callId));
	};

	it(
		'keeps the recording as a file, and the data in the table',
		scenario(async ({ client, sandbox }) => {
			listenFor(AFTER_THE_CALL_ID);
			const before = await executionIds(AFTER_THE_CALL_ID);
			const { id } = visitorCalls('+44 20 7946 0123');
			const [execution] = await newExecutions(AFTER_THE_CALL_ID, before, 1);
			expectSuccess(execution);
			const [item] = itemsOf(execution, ONE_LINE);
			expectPlayableWav(await client.fileOf(item, 'data'));

			const [line, ...others] = await linesAbout(id);
			expect(others).toEqual([]);
			const call = sandbox.calls.get(id);
			expect(line).toMatchObject({
				call_id: String(id),
				phone_number: '+44 20 7946 0123',
				outcome: 'successful',
				seconds: Math.round(call?.duration ?? -1),
				consultant: consultantOf(id),
				target_group: '1',
				customer: 'first_name: Mary, email: mary@example.com',
				recording: textAt(item, 'binary', 'data', 'fileName'),
			});
			expect(Date.parse(textAt(line, 'ended_at'))).toBe(Date.parse(call?.ended_at ?? ''));

			// Told of the same call, another workflow writes the same line.
			const copy = await importCopy(AFTER_THE_CALL_ID, TABLE_NODE, {
				dataTableId: {
					__rl: true,
					mode: 'id',
					value: (await ensureTable(client, tablesOf(examples)[0])).id,
				},
			});
			expectSuccess(await runTrigger(copy, id));
			expect(await linesAbout(id)).toEqual([{ ...objectAt(line), updatedAt: expect.anything() }]);
		}),
	);

	it(
		'writes down a call that nobody answered',
		scenario(async () => {
			listenFor(AFTER_THE_CALL_ID);
			const before = await executionIds(AFTER_THE_CALL_ID);
			const { id } = visitorCalls('+44 20 7946 0120');
			const [execution] = await newExecutions(AFTER_THE_CALL_ID, before, 1);
			expectSuccess(execution);
			expect(await linesAbout(id)).toMatchObject([
				{ outcome: 'failed', consultant: consultantOf(id), recording: '' },
			]);
		}),
	);

	it(
		'keeps the recording where there is no such table, and says that it is missing',
		scenario(async ({ client, sandbox }) => {
			const copy = await importCopy(AFTER_THE_CALL_ID, TABLE_NODE, {
				dataTableId: { __rl: true, mode: 'name', value: 'No such table' },
			});
			const call = sandbox.calls.add({ status: 'ended' });
			const execution = await runTrigger(copy, call.id);
			expectSuccess(execution);
			const [item] = itemsOf(execution, ONE_LINE);
			expectPlayableWav(await client.fileOf(item, 'data'));
			const [said] = itemsOf(execution, TABLE_NODE);
			expect(JSON.stringify(said)).toMatch(/no such table/i);
		}),
	);

	it(
		'finds the table by its name, where n8n can',
		scenario(async ({ n8n, sandbox }) => {
			const copy = await importCopy(AFTER_THE_CALL_ID, TABLE_NODE, {});
			const call = sandbox.calls.add({ status: 'ended' });
			const execution = await runTrigger(copy, call.id);
			expectSuccess(execution);
			if (majorVersion(n8n.version) > 1) {
				expect(await linesAbout(call.id)).toHaveLength(1);
			} else {
				// The data tables of n8n 1.x are chosen from a list, and nothing else.
				expect(JSON.stringify(itemsOf(execution, TABLE_NODE))).toMatch(/LiveCall calls/);
				expect(await linesAbout(call.id)).toHaveLength(0);
			}
		}),
	);

	/** Activates a copy and has it told of a call; gives the execution that this starts. */
	async function runTrigger(workflowId: string, callId: number): Promise<Execution> {
		const { client, n8n } = world;
		await client.activateWorkflow(workflowId);
		const [{ path }] = await activeTriggers(client, workflowId);
		await client.waitForWebhook(path);
		hooks.set(workflowId, `${n8n.url}/webhook/${path}?token=${TOKEN}`);
		expect(await deliver(workflowId, callId)).toBe(200);
		const [execution] = await newExecutions(workflowId, [], 1);
		return execution;
	}
});

describe('retry missed calls', () => {
	const SECOND_CALL = 'Call once more';
	const NOTICE = 'Was it held back?';

	it(
		'calls once more and never a third time, at a number that never picks up',
		scenario(async ({ sandbox }) => {
			listenFor(MISSED_CALL_ID);
			const before = await executionIds(MISSED_CALL_ID);
			const { id } = visitorCalls('+44 20 7946 0130');
			// One for the call of the visitor, one for the call that the workflow itself has placed.
			const [first, second] = await newExecutions(MISSED_CALL_ID, before, 2);
			expectSuccess(first);
			expectSuccess(second);
			const placed = sandbox.calls.placed();
			expect(placed).toHaveLength(1);
			expect(placed[0]).toMatchObject({
				phone_number: '+44 20 7946 0130',
				filter_id: 1,
				status: 'ended',
				outcome: 'failed',
			});
			expect(output(first, 'A call was missed')).toMatchObject([{ id }]);
			expect(output(first, NOTICE)).toEqual([]);
			expect(output(second, 'A call was missed')).toMatchObject([{ id: placed[0].id }]);
			// The colleague who is told of it gets to know the number.
			expect(output(second, NOTICE)).toMatchObject([
				{ skipped: true, reason: 'duplicate', phone_number: '+44 20 7946 0130' },
			]);
		}),
	);

	it(
		'calls at the next free time of a closed target group, and not again when that is missed days later',
		scenario(async ({ sandbox }) => {
			listenFor(MISSED_CALL_ID);
			const before = await executionIds(MISSED_CALL_ID);
			const opening = sandbox.filters.get(2)?.available_call_times[0] ?? '';
			visitorCalls('+44 20 7946 0140', 2);
			const [first] = await newExecutions(MISSED_CALL_ID, before, 1);
			expectSuccess(first);
			const [second] = sandbox.calls.placed();
			expect(second).toMatchObject({ filter_id: 2, status: 'created' });
			expect(Date.parse(second.scheduled_for ?? '')).toBe(Date.parse(opening));

			// As LiveCall tells of it the day after tomorrow.
			const ended_at = new Date(Date.now() + 2 * 86_400_000).toISOString();
			sandbox.calls.add({
				...second,
				status: 'ended',
				outcome: 'failed',
				recorded: false,
				ended_at,
			});
			expect(await deliver(MISSED_CALL_ID, second.id)).toBe(200);
			const [, again] = await newExecutions(MISSED_CALL_ID, before, 2);
			expectSuccess(again);
			expect(output(again, SECOND_CALL)).toMatchObject([{ skipped: true, reason: 'duplicate' }]);
			expect(sandbox.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
		}),
	);

	it(
		'calls a customer again once, however many calls they miss and however the number is written',
		scenario(async ({ sandbox }) => {
			const before = await executionIds(MISSED_CALL_ID);
			const missed = { status: 'ended' as const, outcome: 'failed', recorded: false };
			const phones = ['+44 20 7946 0150', '+44 (20) 7946-0150', '+442079460150'];
			for (const [index, phone_number] of phones.entries()) {
				const call = sandbox.calls.add({ ...missed, phone_number });
				expect(await deliver(MISSED_CALL_ID, call.id)).toBe(200);
				const executions = await newExecutions(MISSED_CALL_ID, before, index + 1);
				executions.forEach(expectSuccess);
				expect(output(executions[index], SECOND_CALL)).toMatchObject([
					index === 0 ? { filter_id: 1 } : { skipped: true, reason: 'duplicate' },
				]);
			}
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);

	it.each([
		['a callback', { kind: 'callback' }, 1],
		['a text message', { kind: 'external_text' }, 0],
		['a call by the customer', { kind: 'external', direction: 'inbound' }, 0],
	])('where LiveCall says what it was: %s', async (_what, said, calls) => {
		await scenario(async ({ client, n8n, sandbox }) => {
			const copy = await importCopy(MISSED_CALL_ID, 'A call was missed', { verifyCalls: false });
			await client.activateWorkflow(copy);
			const [{ path }] = await activeTriggers(client, copy);
			await client.waitForWebhook(path);
			const call = { id: 7, outcome: 'failed', phone_number: '+44 20 7946 0160', filter_id: 1 };
			const delivered = await fetch(`${n8n.url}/webhook/${path}?token=${TOKEN}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ event: 'call.ended', call: { ...call, ...said } }),
			});
			expect(delivered.status).toBe(200);
			const [execution] = await newExecutions(copy, [], 1);
			expectSuccess(execution);
			expect(sandbox.calls.placed()).toHaveLength(calls);
		})();
	});

	it(
		'leaves a customer alone who was reached',
		scenario(async ({ sandbox }) => {
			const before = await executionIds(MISSED_CALL_ID);
			listenFor(MISSED_CALL_ID);
			visitorCalls('+44 20 7946 0123');
			await poll(async () => (sandbox.webhooks.deliveries().length > 0 ? true : undefined), {
				what: 'The delivery',
				timeoutMs: 20_000,
			});
			await sandbox.webhooks.settled();
			expect(sandbox.webhooks.deliveries()).toMatchObject([{ status: 200 }]);
			expect(await executionIds(MISSED_CALL_ID)).toEqual(before);
		}),
	);
});

describe('choose a time', () => {
	/** The production address of the form. */
	const formOf = (id: string): string => {
		const trigger = example(id).nodes.find((node) => textAt(node, 'type').endsWith('.formTrigger'));
		return `${world.n8n.url}/form/${textAt(trigger, 'webhookId')}`;
	};

	/** The choices that a page offers, as the HTML has them. */
	const choicesOn = (page: string): string[] =>
		[...page.matchAll(/<option value=.(\w[^'"]*).[ >]/g)].map(([, label]) => label);

	it(
		'offers the free times, and has the call placed at the one that was chosen',
		scenario(async ({ sandbox }) => {
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const page = await form.submit({ 'field-0': 'Mary', 'field-1': '+44 20 7946 0191' });
			const choices = choicesOn(page);
			const free = sandbox.filters.get(1)?.available_call_times.slice(0, 12) ?? [];
			expect(choices).toHaveLength(free.length);

			const ending = await form.submit({ 'field-0': choices[3] });
			expect(ending).toContain('We will call you');
			expect(ending).toContain(choices[3]);
			const [call, ...others] = sandbox.calls.placed();
			expect(others).toEqual([]);
			expect(call).toMatchObject({ phone_number: '+44 20 7946 0191', filter_id: 1 });
			expect(Date.parse(call.scheduled_for ?? '')).toBe(Date.parse(free[3]));
		}),
	);

	it(
		'tells the visitor when the time is not free any more, and calls nobody',
		scenario(async ({ sandbox }) => {
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const page = await form.submit({ 'field-0': '', 'field-1': '+44 20 7946 0192' });
			const [chosen] = choicesOn(page);
			sandbox.filters.set(1, { status: 'unavailable', available_call_times: [] });
			const ending = await form.submit({ 'field-0': chosen });
			expect(ending).toContain('Your call is not arranged');
			expect(ending).toContain('choose another time');
			expect(sandbox.calls.placed()).toEqual([]);
		}),
	);

	it(
		'tells the visitor when there is no free time at all',
		scenario(async ({ sandbox }) => {
			sandbox.filters.set(1, { status: 'unavailable', available_call_times: [] });
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const ending = await form.submit({ 'field-0': '', 'field-1': '+44 20 7946 0193' });
			expect(ending).toContain('Nobody is free at present');
			expect(sandbox.calls.placed()).toEqual([]);
		}),
	);

	it(
		'does not say that there will be no call where nobody can know',
		scenario(async ({ sandbox }) => {
			sandbox.faults.next({ kind: 'reset-after' }, { method: 'POST', path: /calls/ });
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const page = await form.submit({ 'field-0': '', 'field-1': '+44 20 7946 0194' });
			const ending = await form.submit({ 'field-0': choicesOn(page)[0] });
			expect(ending).toContain('do not send the form again');
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);
});

describe('call and result', () => {
	const LOOK = 'Look at the call';

	/** Sends the form of the example, or of a copy of it. */
	const ask = async (webhookId: string, phone: string): Promise<void> => {
		const url = `${world.n8n.url}/form/${webhookId}`;
		await poll(async () => (await fetch(url)).ok || undefined, {
			what: 'The form',
			timeoutMs: 30_000,
		});
		const filledIn = new FormData();
		filledIn.set('field-0', phone);
		expect((await fetch(url, { method: 'POST', body: filledIn })).ok).toBe(true);
	};

	/** Publishes a copy that looks more often; gives its id and that of its form. */
	const quickCopy = async (): Promise<{ id: string; webhookId: string }> => {
		const { client } = world;
		const id = await importCopy(RESULT_ID, 'Wait a while', { amount: 0.3 });
		await client.activateWorkflow(id);
		const stored = await client.findWorkflow(id);
		const trigger = listAt(stored, 'nodes').find((node) =>
			textAt(node, 'type').endsWith('.formTrigger'),
		);
		return { id, webhookId: textAt(trigger, 'webhookId') };
	};

	it(
		'lies in the database while it waits, and comes out with the result',
		scenario(async ({ client, sandbox }) => {
			const before = await executionIds(RESULT_ID);
			const form = example(RESULT_ID).nodes.find((node) =>
				textAt(node, 'type').endsWith('.formTrigger'),
			);
			await ask(textAt(form, 'webhookId'), '+44 20 7946 0123');
			await poll(
				async () =>
					(await client.executions(RESULT_ID)).some(
						({ id, status }) => !before.includes(id) && status === 'waiting',
					) || undefined,
				{ what: 'An execution that waits', timeoutMs: 30_000 },
			);
			const id = (await executionIds(RESULT_ID)).find((one) => !before.includes(one)) ?? '';
			const execution = await client.waitForExecution(id, 150_000);
			expectSuccess(execution);
			const [call, ...others] = sandbox.calls.placed();
			expect(others).toEqual([]);
			expect(output(execution, 'The result')).toEqual([
				{
					call_id: String(call.id),
					phone_number: '+44 20 7946 0123',
					outcome: 'successful',
					seconds: Math.round(call.duration ?? -1),
					consultant: consultantOf(call.id),
					ended_at: expect.any(String),
				},
			]);
		}),
		200_000,
	);

	it(
		'looks again while the call goes on, waits for nothing when it was asked for just now',
		scenario(async ({ sandbox }) => {
			const { id, webhookId } = await quickCopy();
			await ask(webhookId, '+44 20 7946 0124');
			const [first] = await newExecutions(id, [], 1);
			expectSuccess(first);
			expect(output(first, 'The result')).toMatchObject([{ outcome: 'successful' }]);
			const looks = listAt(first.data, 'resultData', 'runData', LOOK);
			expect(looks.length).toBeGreaterThan(1);

			await ask(webhookId, '+44 20 7946 0124');
			const [, second] = await newExecutions(id, [], 2);
			expectSuccess(second);
			expect(hasRun(second, LOOK)).toBe(false);
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);

	it(
		'gives up after thirty looks at a call that does not end',
		scenario(async ({ sandbox }) => {
			const { id, webhookId } = await quickCopy();
			const endless = { status: 'started', outcome: null, ended_at: null, duration: null } as const;
			sandbox.faults.decide(({ method }) => {
				if (method === 'GET') {
					for (const call of sandbox.calls.placed()) sandbox.calls.add({ ...call, ...endless });
				}
				return undefined;
			});
			await ask(webhookId, '+44 20 7946 0125');
			const [execution] = await newExecutions(id, [], 1);
			expectSuccess(execution);
			expect(listAt(execution.data, 'resultData', 'runData', LOOK)).toHaveLength(30);
			expect(hasRun(execution, 'Still not over')).toBe(true);
			expect(hasRun(execution, 'The result')).toBe(false);
		}),
	);
});

describe('sync consultants', () => {
	const PLAN = 'What would be done';
	const SETTINGS = 'Settings';

	/** Stores the example with other settings and, if given, another table. */
	const withSettings = async (dryRun: boolean, deleteAtMost: number): Promise<string> => {
		const settings = { dry_run: dryRun, delete_at_most: deleteAtMost };
		return await importCopy(CONSULTANTS_ID, SETTINGS, {
			mode: 'raw',
			jsonOutput: JSON.stringify(settings),
		});
	};

	const runByHand = async (workflowId: string): Promise<Execution> =>
		await finished(await world.client.run(workflowId, 'By hand'));

	const writes = () =>
		world.sandbox.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);

	it(
		'only lists, as it is delivered, what it would do',
		scenario(async ({ sandbox }) => {
			const users = sandbox.users.all();
			const execution = await runByHand(CONSULTANTS_ID);
			expectSuccess(execution);
			expect(output(execution, PLAN).map(({ in_words }) => in_words)).toEqual([
				'Leave Amelia Clarke alone',
				'Rename Jonas Weber to Jonas Weber-Lang',
				'Leave Zofia Nowak alone',
				'Delete Mateo Rossi',
				'Add Ida Lind',
			]);
			expect(writes()).toEqual([]);
			expect(sandbox.users.all()).toEqual(users);
		}),
	);

	it(
		'adds, renames and deletes the right ones, and has nothing left to do after that',
		scenario(async ({ sandbox }) => {
			const workflow = await withSettings(false, 1);
			const first = await runByHand(workflow);
			expectSuccess(first);
			expect(writes().sort()).toEqual(['DELETE', 'PATCH', 'POST']);
			expect(sandbox.users.all()).toEqual([
				{ id: 501, name: 'Amelia Clarke', phone_number: '+442079460101' },
				{ id: 502, name: 'Jonas Weber-Lang', phone_number: '+493023125012' },
				{ id: 503, name: 'Zofia Nowak', phone_number: '+48221234563' },
				{ id: expect.any(Number), name: 'Ida Lind', phone_number: '+46 8 123 456 78' },
			]);
			expect(output(first, 'Create or update').map((user) => user.upsert_result)).toEqual([
				'updated',
				'created',
			]);
			expect(output(first, 'Delete')).toEqual([{ deleted: true }]);

			const users = sandbox.users.all();
			const second = await runByHand(workflow);
			expectSuccess(second);
			expect(writes()).toHaveLength(3);
			expect(sandbox.users.all()).toEqual(users);
		}),
	);

	it(
		'fills an account without users',
		scenario(async ({ sandbox }) => {
			sandbox.users.all().forEach(({ id }) => sandbox.users.remove(id));
			expectSuccess(await runByHand(await withSettings(false, 0)));
			expect(sandbox.users.all().map(({ name }) => name)).toEqual([
				'Amelia Clarke',
				'Jonas Weber-Lang',
				'Zofia Nowak',
				'Ida Lind',
			]);
		}),
	);

	it(
		'stops before anything is changed when too many would have to be deleted',
		scenario(async ({ sandbox }) => {
			const users = sandbox.users.all();
			const execution = await runByHand(await withSettings(false, 0));
			expect(execution.status).toBe('error');
			expect(failureOf(execution)).toMatch(
				/1 people would have to be deleted.+Nothing was changed/,
			);
			expect(writes()).toEqual([]);
			expect(sandbox.users.all()).toEqual(users);
		}),
	);

	it.each([
		['an empty table', 'return [];', undefined],
		['a row without a number', "return [{ name: 'Eve', phone: '' }];", /no phone number.+Eve/],
		[
			'a number that stands there twice',
			"return [{ name: 'Eve', phone: '+44 20 7946 0101' }, { name: 'Ann', phone: '+442079460101' }];",
			/stands in the table twice/,
		],
	])('changes nothing for %s', async (_what, jsCode, complaint) => {
		await scenario(async ({ client, sandbox }) => {
			const file = example(CONSULTANTS_ID);
			const real = { mode: 'raw', jsonOutput: '{ "dry_run": false, "delete_at_most": 99 }' };
			const workflow = await client.createWorkflow({
				...file,
				id: undefined,
				nodes: file.nodes.map((node) =>
					changed(changed(node, SETTINGS, real), 'Your list', { jsCode }),
				),
			});
			const execution = await runByHand(workflow);
			if (complaint === undefined) expectSuccess(execution);
			else expect(failureOf(execution)).toMatch(complaint);
			expect(writes()).toEqual([]);
			expect(sandbox.users.all()).toHaveLength(4);
		})();
	});
});

describe('AI agent callback', () => {
	const TOOL = 'Place_a_call';
	const REVIEW = 'Approve the call';
	const PHONE = '+44 20 7946 0123';

	/** A test that only an n8n runs that knows a person's review of a tool call. */
	const withReview = (test: (world: World) => Promise<void>) =>
		scenario(async (now) => {
			if (majorVersion(now.n8n.version) === 1) {
				const known = await now.client.nodeTypes();
				expect(known.map(({ name }) => name)).not.toContain(
					'@n8n/n8n-nodes-langchain.chatHitlTool',
				);
				return;
			}
			await test(now);
		});

	/** Writes into the chat that the editor has; gives the id of the execution. */
	const write = async (sessionId: string, chatInput: string): Promise<string> => {
		const started = await world.client.request('POST', `/rest/workflows/${AI_AGENT_ID}/run`, {
			triggerToStartFrom: {
				name: 'A chat message',
				data: {
					startTime: Date.now(),
					executionTime: 0,
					executionIndex: 0,
					executionStatus: 'success',
					source: [],
					data: { main: [[{ json: { sessionId, action: 'sendMessage', chatInput } }]] },
				},
			},
		});
		return textAt(started, 'executionId');
	};

	/** Waits until an execution waits in a node; gives what that node has to say in the chat. */
	const waitingIn = async (executionId: string, node: string): Promise<Json> =>
		await poll(
			async () => {
				const { status, data } = await world.client.execution(executionId);
				const stopped = ['error', 'crashed', 'canceled', 'success'].includes(status);
				if (stopped) throw new Error(`The execution has ended: ${status}`);
				if (status !== 'waiting') return undefined;
				const runs = at(data, 'resultData', 'runData', node);
				const last = Array.isArray(runs) ? at(runs.at(-1), 'data') : undefined;
				const [item] = [at(last, 'main', 0, 0), at(last, 'ai_tool', 0, 0)].filter(isJsonObject);
				return item && 'sendMessage' in item ? item.sendMessage : undefined;
			},
			{ what: `Execution ${executionId} waiting in "${node}"`, timeoutMs: 60_000 },
		);

	/**
	 * The answer that is ready for the chat. The execution ends only when a chat window has fetched it, which the
	 * browser test of this example does.
	 */
	const answerOf = async (executionId: string): Promise<string> =>
		String(await waitingIn(executionId, 'Answer in the chat'));

	/** What a person is asked before the phone rings, with the addresses behind the two buttons. */
	const review = async (executionId: string) => {
		const message = await waitingIn(executionId, REVIEW);
		const buttons = listAt(message, 'buttons');
		const press = async (label: string): Promise<void> => {
			const button = buttons.find((one) => textAt(one, 'text') === label);
			const pressed = await fetch(textAt(button, 'link'), {
				headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36' },
			});
			expect(pressed.ok).toBe(true);
		};
		return {
			question: textAt(message, 'text'),
			approve: async () => await press('Call'),
			decline: async () => await press('Do not call'),
		};
	};

	/** What the tool answered the model, as it was told last. */
	const toolAnswer = (): string => {
		const told =
			model
				.conversations()
				.at(-1)
				?.filter(({ role }) => role === 'tool') ?? [];
		return String(told.at(-1)?.content);
	};

	it(
		'asks for the number, then a person, and has the call placed once for each chat',
		withReview(async ({ sandbox }) => {
			const session = randomUUID();
			model.follow([
				{ say: 'At which number?' },
				{ use: TOOL, with: { toolParameters: { phone_number: PHONE, call_at: '' } } },
				{ say: 'The phone rings any moment.' },
				{ use: TOOL, with: { toolParameters: { phone_number: '+44 20 7946 0199', call_at: '' } } },
				{ say: 'Your call is arranged already.' },
			]);
			expect(await answerOf(await write(session, 'Please call me back.'))).toBe('At which number?');
			expect([...model.tools().keys()]).toEqual([TOOL]);

			const second = await write(session, PHONE);
			const asked = await review(second);
			expect(asked.question).toBe(`Shall LiveCall ring ${PHONE} as soon as possible?`);
			expect(sandbox.calls.placed()).toEqual([]);
			await asked.approve();
			expect(await answerOf(second)).toBe('The phone rings any moment.');
			const [call, ...others] = sandbox.calls.placed();
			expect(others).toEqual([]);
			expect(call).toMatchObject({ phone_number: PHONE, filter_id: 1, scheduled_for: null });
			expect(toolAnswer()).toContain(String(call.id));

			const third = await write(session, 'And call my friend too.');
			await (await review(third)).approve();
			expect(await answerOf(third)).toMatch(/already/);
			expect(sandbox.calls.placed()).toHaveLength(1);
			expect(toolAnswer()).toContain('duplicate');
		}),
	);

	it(
		'rings nobody when the person says no',
		withReview(async ({ sandbox }) => {
			model.follow([
				{ use: TOOL, with: { toolParameters: { phone_number: PHONE, call_at: '' } } },
				{ say: 'No call was placed.' },
			]);
			const execution = await write(randomUUID(), `Call ${PHONE}`);
			await (await review(execution)).decline();
			expect(await answerOf(execution)).toBe('No call was placed.');
			expect(sandbox.calls.placed()).toEqual([]);
			expect(sandbox.requests).toEqual([]);
		}),
	);

	it(
		'has the call placed at the time that the person wishes',
		withReview(async ({ sandbox }) => {
			const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
			model.follow([
				{ use: TOOL, with: { toolParameters: { phone_number: PHONE, call_at: tomorrow } } },
				{ say: 'We call you tomorrow.' },
			]);
			const execution = await write(randomUUID(), `Call me tomorrow at ${PHONE}.`);
			const asked = await review(execution);
			expect(asked.question).toContain(tomorrow);
			await asked.approve();
			expect(await answerOf(execution)).toBe('We call you tomorrow.');
			const [call, ...others] = sandbox.calls.placed();
			expect(others).toEqual([]);
			expect(call.phone_number).toBe(PHONE);
			expect(Math.abs(Date.parse(call.scheduled_for ?? '') - Date.parse(tomorrow))).toBeLessThan(
				1000,
			);
		}),
	);

	it.each([
		['too short', '+44 12', /7 to 15 digits/],
		['in a country that is not called', '+1 900 555 0199', /We call \+44 and \+49 only/],
	])('tells the agent that a number is %s, whatever was approved', async (_is, phone, why) => {
		await withReview(async ({ sandbox }) => {
			model.follow([
				{ use: TOOL, with: { toolParameters: { phone_number: phone, call_at: '' } } },
				{ say: 'Which number is right?' },
			]);
			const execution = await write(randomUUID(), `Call ${phone}`);
			await (await review(execution)).approve();
			expect(await answerOf(execution)).toBe('Which number is right?');
			expect(toolAnswer()).toMatch(why);
			expect(sandbox.requests).toEqual([]);
		})();
	});
});
