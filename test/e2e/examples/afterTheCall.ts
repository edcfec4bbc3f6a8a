import { at, listAt, objectAt, textAt, type Json } from '../../../dev/json';
import { majorVersion } from '../../../dev/launcher/runtime';
import { tablesOf } from '../../../dev/launcher/examples';
import { ensureTable } from '../../../dev/launcher/seed';
import { itemsOf, type Execution } from '../../support/n8nClient';
import { AFTER_THE_CALL_ID } from '../helpers/exampleIds';
import { expectPlayableWav } from '../helpers/wav';
import {
	consultantOf,
	deliver,
	examples,
	executionIds,
	expectSuccess,
	importCopy,
	listenFor,
	newExecutions,
	scenario,
	visitorCalls,
	world,
	joinTrigger,
} from '../helpers/stage';

/** Nodes that stand for whatever the person uses, and that a stored copy may change. */
const TABLE_NODE = 'Write it into the table';

const ONE_LINE = 'One line';

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
			const copy = await importCopy(AFTER_THE_CALL_ID, {
				[TABLE_NODE]: {
					dataTableId: {
						__rl: true,
						mode: 'id',
						value: (await ensureTable(client, tablesOf(examples)[0])).id,
					},
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
			const copy = await importCopy(AFTER_THE_CALL_ID, {
				[TABLE_NODE]: { dataTableId: { __rl: true, mode: 'name', value: 'No such table' } },
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
			const copy = await importCopy(AFTER_THE_CALL_ID, {});
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
		await world.client.activateWorkflow(workflowId);
		await joinTrigger(workflowId);
		expect(await deliver(workflowId, callId)).toBe(200);
		const [execution] = await newExecutions(workflowId, [], 1);
		return execution;
	}
});
