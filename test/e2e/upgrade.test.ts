import { REPOSITORY } from '../../dev/launcher/folders';
import { at, isJsonObject, textAt, type JsonObject } from '../../dev/json';
import { poll } from '../../dev/launcher/poll';
import { readExamples } from '../../dev/launcher/examples';
import { seedNew, activeTriggers } from '../../dev/launcher/seed';
import { failureOf, itemsOf, type Execution } from '../support/n8nClient';
import { runStored } from './helpers/runs';
import { expectPlayableWav } from './helpers/wav';
import { inWorld, startWorld, WORLD_TIMEOUT_MS, type World } from './helpers/world';

/**
 * Workflows as people saved them with a released version. They are never changed: what is in them has
 * to keep working. The operations' parameters are as the editor saves them, without those that have
 * their default value.
 */
const SAVED = `${REPOSITORY}/test/fixtures/0.1.0`;

/** The saved workflow with a node for every operation, one after the other. */
const EVERY_OPERATION_ID = 'liveCallEveryOp';

/** The saved examples: one started by a lead, one by LiveCall's webhook. */
const CALLBACK_ID = 'liveCallCallback';
const AFTER_THE_CALL_ID = 'liveCallFollowUp';

const TOKEN = 'token-of-the-webhook';

let world: World;

const scenario = (test: (world: World) => Promise<void>) => inWorld(() => world, test);

beforeAll(async () => {
	const examples = await readExamples(SAVED);
	world = await startWorld(async ({ prepared, sandbox }) => {
		const { apiKey, apiUrl } = sandbox;
		const access = { apiKey, baseUrl: apiUrl, webhookToken: TOKEN };
		await seedNew(prepared, { examples, access });
	});
}, WORLD_TIMEOUT_MS);

afterAll(async () => await world?.stop(), WORLD_TIMEOUT_MS);

jest.setTimeout(120_000);

/** The `json` of the items that a node put out. */
function outputOf(execution: Execution, node: string): JsonObject[] {
	return itemsOf(execution, node)
		.map((item) => at(item, 'json'))
		.filter(isJsonObject);
}

describe('a workflow saved with 0.1.0', () => {
	it(
		'of every operation still does what it did',
		scenario(async ({ client, sandbox }) => {
			const users = sandbox.users.all();
			const execution = await runStored(client, EVERY_OPERATION_ID);
			expect({ status: execution.status, failure: failureOf(execution) }).toEqual({
				status: 'success',
				failure: undefined,
			});
			const [call] = sandbox.calls.placed();
			expect(sandbox.calls.placed()).toHaveLength(1);
			expect(call).toMatchObject({
				phone_number: '+44 20 7946 0123',
				filter_id: 1,
				user_id: 502,
				status: 'ended',
			});
			expect(outputOf(execution, 'Place a call')).toEqual([
				expect.objectContaining({ id: call.id, user_id: 502 }),
			]);
			const [ended] = outputOf(execution, 'Wait for its end');
			expect(ended).toMatchObject({ id: call.id, status: 'ended', outcome: 'successful' });
			expect(ended).not.toHaveProperty('created_at');
			expect(outputOf(execution, 'Read the call')).toEqual([call]);
			const recording = { id: expect.any(Number), call_id: call.id };
			expect(outputOf(execution, 'Link to the recording')).toEqual([
				{ ...recording, url: expect.stringContaining(sandbox.recordingsUrl) },
			]);
			expect(outputOf(execution, 'Fetch the recording')).toEqual([recording]);
			const [file] = itemsOf(execution, 'Fetch the recording');
			expect(textAt(file, 'binary', 'sound', 'fileName')).toBe(`talk-${call.id}.wav`);
			expectPlayableWav(await client.fileOf(file, 'sound'));
			expect(outputOf(execution, 'Who is there')).toEqual([
				expect.objectContaining({ id: 1, is_available: true }),
			]);

			const [added] = outputOf(execution, 'Add a user');
			expect(added).toMatchObject({ name: 'Ida Lind', phone_number: '+46 8 123 456 78' });
			expect(outputOf(execution, 'Read the user')).toEqual([added]);
			expect(outputOf(execution, 'Change the user')).toEqual([{ ...added, name: 'Ida Berg' }]);
			expect(outputOf(execution, 'Add or change the user')).toEqual([
				expect.objectContaining({ id: added.id, name: 'Ida Dahl', upsert_result: 'updated' }),
			]);
			expect(outputOf(execution, 'Find users')).toEqual([
				expect.objectContaining({ id: added.id, name: 'Ida Dahl' }),
			]);
			expect(outputOf(execution, 'Delete the user')).toEqual([{ deleted: true }]);
			expect(sandbox.users.all()).toEqual(users);
		}),
	);

	it(
		'calls a customer back, and follows up when the call has ended',
		scenario(async ({ client, sandbox, n8n }) => {
			sandbox.reset();
			for (const id of [CALLBACK_ID, AFTER_THE_CALL_ID]) await client.activateWorkflow(id);
			const [{ path }] = await activeTriggers(client, AFTER_THE_CALL_ID);
			await client.waitForWebhook(path);
			await client.waitForWebhook('callback');
			const url = `${n8n.url}/webhook/${path}?token=${TOKEN}`;
			sandbox.webhooks.subscribe({ event: 'call.ended', url });

			const answer = await fetch(`${n8n.url}/webhook/callback`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ name: 'Mary', phone: '+44 20 7946 0123' }),
			});
			expect(answer.status).toBe(200);
			const [call] = sandbox.calls.placed();
			expect(await answer.json()).toMatchObject({ status: 'calling', call_id: call.id });

			const followUp = await poll(async () => (await client.executions(AFTER_THE_CALL_ID))[0]?.id, {
				what: 'The execution that follows the call',
				timeoutMs: 30_000,
			});
			const execution = await client.waitForExecution(followUp);
			expect(execution.status).toBe('success');
			const [item] = itemsOf(execution, 'Call with recording');
			expect(item.json).toMatchObject({ id: call.id, verified: true, outcome: 'successful' });
			expectPlayableWav(await client.fileOf(item, 'data'));
		}),
	);
});
