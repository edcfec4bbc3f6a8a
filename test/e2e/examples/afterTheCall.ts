import { at, listAt, objectAt, textAt, type Json, type JsonObject } from '../../../dev/json';
import { majorVersion } from '../../../dev/launcher/runtime';
import { tablesOf } from '../../../dev/launcher/examples';
import { ensureTable } from '../../../dev/launcher/seed';
import { itemsOf, type Execution } from '../../support/n8nClient';
import { AFTER_THE_CALL_ID } from '../helpers/exampleIds';
import { startMailbox, type Mailbox } from '../helpers/mailbox';
import { expectPlayableWav } from '../helpers/wav';
import {
	consultantOf,
	deliver,
	examples,
	executionIds,
	expectSuccess,
	finished,
	importCopy,
	listenFor,
	newExecutions,
	output,
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
		'has a run to retry for each call of which LiveCall told while it could not be asked',
		scenario(async ({ client, sandbox }) => {
			const tableId = (await ensureTable(client, tablesOf(examples)[0])).id;
			const copy = await importCopy(AFTER_THE_CALL_ID, {
				[TABLE_NODE]: { dataTableId: { __rl: true, mode: 'id', value: tableId } },
			});
			const call = sandbox.calls.add({
				status: 'ended',
				created_at: '2030-01-31T14:30:00.000+00:00',
				started_at: '2030-01-31T14:30:42.400+00:00',
			});
			await client.activateWorkflow(copy);
			await joinTrigger(copy);
			sandbox.faults.always({ kind: 'status', status: 503 }, { path: /calls/ });
			expect(await deliver(copy, call.id)).toBe(200);
			const [gap] = await newExecutions(copy, [], 1);
			expect(gap.status).toBe('error');
			expect(await linesAbout(call.id)).toEqual([]);
			sandbox.faults.clear();
			expectSuccess(await finished(await client.retryExecution(gap.id, copy, false)));
			expect(await linesAbout(call.id)).toMatchObject([{ seconds_to_answer: 42 }]);
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

	describe('tells a colleague by e-mail', () => {
		let mailbox: Mailbox;

		beforeAll(async () => {
			mailbox = await startMailbox();
		});

		afterAll(async () => await mailbox.stop());

		beforeEach(() => mailbox.mails.splice(0));

		/** Stores the example with both e-mail nodes switched on. */
		const withEmail = async (changes: Record<string, JsonObject> = {}): Promise<string> => {
			const { id, name } = await world.client.createCredential({
				name: 'Mail',
				type: 'smtp',
				data: mailbox.credential,
			});
			return await importCopy(AFTER_THE_CALL_ID, changes, (node) =>
				textAt(node, 'type') === 'n8n-nodes-base.emailSend'
					? { ...objectAt(node), disabled: false, credentials: { smtp: { id, name } } }
					: node,
			);
		};

		it(
			'the number, the consultant and the seconds to the answer of a missed call, and of no other',
			scenario(async ({ sandbox }) => {
				const call = {
					status: 'ended' as const,
					phone_number: '+44 20 7946 0167',
					user_id: 501,
					created_at: '2030-01-31T14:30:00.000+00:00',
					started_at: '2030-01-31T14:30:42.400+00:00',
				};
				const copy = await withEmail();
				const missed = sandbox.calls.add({ ...call, outcome: 'failed', recorded: false });
				expectSuccess(await runTrigger(copy, missed.id));
				expect(mailbox.mails).toEqual([
					expect.stringMatching(
						/Subject: Missed call: \+44 20 7946 0167[^]*was not reached \(failed\)\.[^]*Consultant: Amelia Clarke[^]*Seconds to the answer: 42/,
					),
				]);
				const scheduled_for = '2030-01-31T14:30:10.000+00:00';
				const talk = sandbox.calls.add({ ...call, scheduled_for });
				expect(await deliver(copy, talk.id)).toBe(200);
				const [latest] = (await newExecutions(copy, [], 2)).slice(-1);
				expect(output(latest, 'One line')).toMatchObject([{ seconds_to_answer: 32 }]);
				expect(mailbox.mails).toHaveLength(1);
			}),
		);

		it(
			'a line for each consultant in the evening, from the table',
			scenario(async ({ client, n8n }) => {
				if (majorVersion(n8n.version) === 1) return;
				const { path } = await ensureTable(client, tablesOf(examples)[0]);
				const ended_at = new Date().toISOString();
				const line = { consultant: 'Ida Lind', seconds: 120, ended_at };
				await client.request('POST', `${path}/insert`, {
					data: [
						{ ...line, call_id: 'evening-1', seconds_to_answer: 10 },
						{ ...line, call_id: 'evening-2', seconds_to_answer: 30 },
						{ ...line, call_id: 'evening-3', consultant: 'Nobody else' },
						// Written down late: it is in the sum of no day before.
						{ ...line, call_id: 'evening-4', ended_at: '2020-01-01T00:00:00.000Z' },
					],
					returnType: 'all',
				});
				const execution = await finished(await client.run(await withEmail(), 'Every evening'));
				expectSuccess(execution);
				expect(mailbox.mails).toHaveLength(1);
				expect(mailbox.mails[0]).toContain(
					'Ida Lind: 3 calls, 6 minutes, answered after 20 seconds',
				);
				expect(mailbox.mails[0]).toMatch(/Nobody else: 1 call, 2 minutes$/m);

				const condition = { keyName: 'createdAt', condition: 'gte' };
				const tomorrow = '={{ $now.plus({ days: 1 }).toISO() }}';
				const filters = { conditions: [{ ...condition, keyValue: tomorrow }] };
				const later = await withEmail({ 'Calls of the last day': { filters } });
				expectSuccess(await finished(await client.run(later, 'Every evening')));
				expect(mailbox.mails).toHaveLength(1);
			}),
		);
	});

	/** Activates a copy and has it told of a call; gives the execution that this starts. */
	async function runTrigger(workflowId: string, callId: number): Promise<Execution> {
		await world.client.activateWorkflow(workflowId);
		await joinTrigger(workflowId);
		expect(await deliver(workflowId, callId)).toBe(200);
		const [execution] = await newExecutions(workflowId, [], 1);
		return execution;
	}
});
