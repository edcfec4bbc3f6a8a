import { textAt, type JsonObject } from '../../../dev/json';
import { majorVersion } from '../../../dev/launcher/runtime';
import { poll } from '../../../dev/launcher/poll';
import { failureOf, TestN8nClient, type Execution } from '../../support/n8nClient';
import { setAccess } from '../helpers/exampleFaults';
import { CALL_LIST_ID, MISSED_CALL_ID } from '../helpers/exampleIds';
import {
	deliver,
	endedInAnOutage,
	executionIds,
	expectSuccess,
	finished,
	hasRun,
	importCopy,
	joinTrigger,
	newExecutions,
	output,
	scenario,
	world,
} from '../helpers/stage';
import { CALL, fillList, LIST_GROUP, listWorkflow, rowOf, rows } from '../helpers/callListTable';
import { OWNER, type World } from '../helpers/world';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describe('work through a call list', () => {
	/** A test that only an n8n runs whose nodes find and make tables by name: 2.x. */
	const withTables = (test: (world: World) => Promise<void>) =>
		scenario(async (now) => {
			if (majorVersion(now.n8n.version) > 1) await test(now);
		});

	const offer = (times: string[]): void => {
		world.sandbox.filters.set(LIST_GROUP, { status: 'available', available_call_times: times });
	};

	const timesAhead = (count: number): string[] =>
		Array.from({ length: count }, (_, index) =>
			new Date(Date.now() + (index + 1) * 5 * 60_000).toISOString(),
		);

	const freeTimes = (count: number): void => offer(timesAhead(count));

	const run = async (workflowId: string): Promise<Execution> =>
		await finished(await world.client.run(workflowId, 'Every hour'));

	/** Has LiveCall tell the published example how a call has ended. */
	const endCall = async (id: number, ending: JsonObject): Promise<Execution> => {
		const { calls } = world.sandbox;
		const ended_at = new Date().toISOString();
		calls.add({ ...calls.get(id), status: 'ended', recorded: false, ended_at, ...ending });
		const before = await executionIds(CALL_LIST_ID);
		expect(await deliver(CALL_LIST_ID, id)).toBe(200);
		const [execution] = await newExecutions(CALL_LIST_ID, before, 1);
		expectSuccess(execution);
		return execution;
	};

	/** How many calls to a number LiveCall was asked for. */
	const asked = (phone: string): number =>
		world.sandbox.requests.filter(
			({ method, json }) => method === 'POST' && JSON.stringify(json).includes(phone),
		).length;

	/** The id of the call that was placed last and has not ended. */
	const latestCall = (): number => world.sandbox.calls.placed().at(-1)?.id ?? 0;

	it(
		'makes the table by a node, with two leads to try it with',
		withTables(async ({ client }) => {
			await fillList([]);
			const copy = await importCopy(CALL_LIST_ID, {});
			expectSuccess(await finished(await client.run(copy, 'Make the list')));
			expectSuccess(await finished(await client.run(copy, 'Make the list')));
			expect(await rows()).toMatchObject([
				{ lead_id: 'demo-1', phone: '+44 20 7946 0171', attempts: null },
				{ lead_id: 'demo-2', phone: '+44 20 7946 0172', attempts: null },
			]);
		}),
	);

	it(
		'calls the rows that are due, who has waited longest first, as many as there are free times',
		withTables(async ({ sandbox }) => {
			const past = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString();
			await fillList([
				{ lead_id: 'due', phone: '+44 20 7946 0201', attempts: 1, next_try_at: past(1) },
				{ lead_id: 'longer', phone: '+44 20 7946 0202', attempts: 2, next_try_at: past(5) },
				{ lead_id: 'later', phone: '+44 20 7946 0203', attempts: 1, next_try_at: past(-2) },
				{ lead_id: 'never', phone: '+44 20 7946 0204', do_not_call: true, next_try_at: past(9) },
				{ lead_id: 'over', phone: '+44 20 7946 0205', attempts: 4 },
				{ lead_id: 'again', phone: '0044 20 7946 0202', attempts: 0, next_try_at: past(3) },
				{ lead_id: 'last', phone: '+44 20 7946 0206', attempts: 1, next_try_at: past(0.1) },
			]);
			freeTimes(2);
			const workflow = await listWorkflow();
			expectSuccess(await run(workflow));
			expect(sandbox.calls.placed().map(({ phone_number }) => phone_number)).toEqual([
				'+44 20 7946 0202',
				'+44 20 7946 0201',
			]);
			const [first] = sandbox.calls.placed();
			// Both of its rows, which write its number differently.
			for (const lead of ['longer', 'again']) {
				expect(await rowOf(lead)).toMatchObject({
					...{ attempts: 3, next_try_at: null, last_call_id: String(first?.id) },
					last_outcome: expect.stringMatching(/^scheduled for \d+ \w{3}, \d\d:\d\d \S+$/),
				});
			}
			expect(await rowOf('last')).toMatchObject({ attempts: 1, last_outcome: null });
			const free = sandbox.filters.get(LIST_GROUP)?.available_call_times ?? [];
			expect(sandbox.calls.placed().map((call) => Date.parse(call.scheduled_for ?? ''))).toEqual(
				free.map((time) => Date.parse(time)),
			);
		}),
	);

	it(
		'gives no time to a customer that another row waits for, though LiveCall goes on offering it',
		withTables(async ({ sandbox }) => {
			const phones = ['+44 20 7946 0321', '+44 20 7946 0322'];
			await fillList(phones.map((phone) => ({ lead_id: phone, phone })));
			const times = timesAhead(2);
			offer(times.slice(0, 1));
			const workflow = await listWorkflow();
			expectSuccess(await run(workflow));
			expectSuccess(await run(workflow));
			expect(sandbox.calls.placed()).toHaveLength(1);
			// As soon as another is free, the second one gets it.
			offer(times);
			expectSuccess(await run(workflow));
			expect(sandbox.calls.placed().map((call) => Date.parse(call.scheduled_for ?? ''))).toEqual(
				times.map((time) => Date.parse(time)),
			);
		}),
	);

	it(
		'leaves the rows as they are while a person tries it with a test phone',
		withTables(async ({ sandbox }) => {
			await setAccess({ testPhoneNumber: '+44 20 7946 0999' });
			const phones = ['+44 20 7946 0331', '+44 20 7946 0332'];
			await fillList(phones.map((phone) => ({ lead_id: phone, phone })));
			const before = await rows();
			freeTimes(2);
			const workflow = await listWorkflow();
			const tried = await run(workflow);
			await setAccess({});
			expectSuccess(tried);
			expect(await rows()).toEqual(before);
			expectSuccess(await run(workflow));
			expect(sandbox.calls.placed().map(({ phone_number }) => phone_number)).toEqual([
				'+44 20 7946 0999',
				...phones,
			]);
		}),
	);

	it(
		'ends red if somebody is due and the target group has no free time at all, not if it is only closed now',
		withTables(async ({ sandbox }) => {
			const workflow = await listWorkflow();
			await fillList([{ lead_id: 'due', phone: '+44 20 7946 0341' }]);
			offer([]);
			expect(failureOf(await run(workflow))).toContain(
				`Target group ${LIST_GROUP} has no free time at all, so nobody on the list can be called.`,
			);
			offer([new Date(Date.now() + 2 * HOUR_MS).toISOString()]);
			expectSuccess(await run(workflow));
			offer([]);
			await fillList([{ lead_id: 'done', phone: '+44 20 7946 0342', attempts: 4 }]);
			expectSuccess(await run(workflow));
			expect(sandbox.calls.placed()).toEqual([]);
		}),
	);

	it(
		"is called again by itself alone, and not by 'Retry missed calls' beside it",
		withTables(async () => {
			const before = await executionIds(MISSED_CALL_ID);
			const missed = { status: 'ended' as const, outcome: 'failed', recorded: false };
			const [listed, other] = [LIST_GROUP, 1].map((filter_id) =>
				world.sandbox.calls.add({ ...missed, filter_id }),
			);
			for (const { id } of [listed, other]) expect(await deliver(MISSED_CALL_ID, id)).toBe(200);
			(await newExecutions(MISSED_CALL_ID, before, 2)).forEach(expectSuccess);
			expect(world.sandbox.calls.placed()).toMatchObject([{ filter_id: 1 }]);
		}),
	);

	it(
		'gives no free time to numbers that cannot be called, and says why they cannot',
		withTables(async ({ sandbox }) => {
			const bad = { none: '', national: '020 7946 0281', abroad: '+1 900 555 0199' };
			const phone = '+44 20 7946 0282';
			await fillList([
				...Object.entries(bad).map(([lead_id, number]) => ({ lead_id, phone: number })),
				{ lead_id: 'good', phone },
			]);
			freeTimes(1);
			expectSuccess(await run(await listWorkflow()));
			expect(sandbox.calls.placed().map(({ phone_number }) => phone_number)).toEqual([phone]);
			for (const lead of Object.keys(bad)) {
				const row = await rowOf(lead);
				expect(textAt(row, 'last_outcome')).toMatch(/^"Phone Number" needs [^[]*$/);
				expect(Date.parse(textAt(row, 'next_try_at'))).toBeGreaterThan(Date.now() + 0.9 * DAY_MS);
			}
		}),
	);

	it(
		'calls a customer once who stands in two rows, and writes the result into both',
		withTables(async () => {
			const phone = '+44 20 7946 0291';
			await fillList([
				{ lead_id: 'demo-1', phone },
				{ lead_id: 'L-6', phone: '0044 (0)20 79460291' },
			]);
			freeTimes(2);
			const workflow = await listWorkflow();
			const posts = () => world.sandbox.requests.filter(({ method }) => method === 'POST').length;
			expectSuccess(await run(workflow));
			expectSuccess(await run(workflow));
			expect(posts()).toBe(1);
			await endCall(latestCall(), { outcome: 'failed' });
			expectSuccess(await run(workflow));
			expect(posts()).toBe(1);
			for (const row of await rows()) {
				expect(row).toMatchObject({ attempts: 1, last_outcome: 'failed' });
			}
		}),
	);

	it(
		"counts no missed call that is not the list's own, but knows who was reached by another",
		withTables(async ({ sandbox }) => {
			const phone = '+44 20 7946 0301';
			const next_try_at = new Date(Date.now() + HOUR_MS).toISOString();
			const waiting = { attempts: 1, next_try_at, last_outcome: 'failed', last_call_id: '1' };
			await fillList([{ lead_id: 'waiting', phone, ...waiting }]);
			const call = sandbox.calls.add({ phone_number: phone, filter_id: LIST_GROUP });
			await endCall(call.id, { outcome: 'failed' });
			expect(await rowOf('waiting')).toMatchObject(waiting);
			await endCall(sandbox.calls.add({ phone_number: phone, filter_id: 2 }).id, {});
			expect(await rowOf('waiting')).toMatchObject(waiting);
			const reached = sandbox.calls.add({ phone_number: phone, filter_id: LIST_GROUP });
			await endCall(reached.id, { outcome: 'successful', duration: 60 });
			expect(await rowOf('waiting')).toMatchObject({
				...{ attempts: 1, next_try_at: null, last_outcome: 'successful' },
				last_call_id: String(reached.id),
			});
		}),
	);

	it(
		'calls nobody outside of the hours, and tries that row an hour later',
		withTables(async ({ sandbox }) => {
			await fillList([{ lead_id: 'asleep', phone: '+44 20 7946 0211' }]);
			freeTimes(1);
			expectSuccess(await run(await listWorkflow({}, false)));
			expect(sandbox.calls.placed()).toEqual([]);
			const row = await rowOf('asleep');
			expect(row).toMatchObject({ attempts: null, last_outcome: 'outside_hours' });
			expect(Date.parse(textAt(row, 'next_try_at'))).toBeGreaterThan(Date.now() + 0.9 * HOUR_MS);
		}),
	);

	it(
		'writes the outcome back: two hours, a day, three days, then never; a short talk is no success',
		withTables(async () => {
			const phone = '+44 20 7946 0221';
			await fillList([{ lead_id: 'hard', phone }]);
			freeTimes(1);
			const workflow = await listWorkflow();
			const endings: Array<[JsonObject, string, number | undefined]> = [
				[{ outcome: 'failed' }, 'failed', 2 * HOUR_MS],
				[{ outcome: 'successful', duration: 0.4 }, 'too short', DAY_MS],
				[{ outcome: 'failed' }, 'failed', 3 * DAY_MS],
				[{ outcome: 'failed' }, 'failed', undefined],
			];
			for (const [index, [ending, outcome, wait]] of endings.entries()) {
				expectSuccess(await run(workflow));
				const id = latestCall();
				await endCall(id, ending);
				const row = (await rowOf('hard')) ?? {};
				expect(row).toMatchObject({
					attempts: index + 1,
					last_outcome: outcome,
					last_call_id: String(id),
				});
				const ended = Date.parse(world.sandbox.calls.get(id)?.ended_at ?? '');
				const next = row.next_try_at;
				expect(typeof next === 'string' ? Date.parse(next) - ended : undefined).toBe(wait);
				// The time passes.
				if (wait !== undefined) {
					const past = new Date(Date.now() - HOUR_MS).toISOString();
					const { lead_id, attempts, last_outcome, last_call_id } = row;
					const kept = { lead_id, phone, attempts, last_outcome, last_call_id };
					await fillList([{ ...kept, next_try_at: past }]);
				}
			}
			expectSuccess(await run(workflow));
			expect(asked(phone)).toBe(4);
		}),
	);

	it(
		'has a run to retry for a call that ended while LiveCall could not be asked, and then notes its result',
		withTables(async ({ sandbox }) => {
			const phones = ['+44 20 7946 0341', '+44 20 7946 0342'];
			await fillList(phones.map((phone) => ({ lead_id: phone, phone })));
			freeTimes(2);
			expectSuccess(await run(await listWorkflow()));
			const [over, underWay] = sandbox.calls.placed();
			const ended_at = new Date().toISOString();
			sandbox.calls.add({ ...over, status: 'ended', outcome: 'failed', recorded: false, ended_at });
			// Of both it is said that they are over; of the second that is not true.
			expectSuccess(await endedInAnOutage(CALL_LIST_ID, Number(over?.id)));
			expectSuccess(await endedInAnOutage(CALL_LIST_ID, Number(underWay?.id)));
			expect(await rows()).toMatchObject([
				{ attempts: 1, last_outcome: 'failed' },
				{ attempts: 1, last_outcome: expect.stringMatching(/^scheduled for/) },
			]);
		}),
	);

	it(
		'is done with who was talked to, however often LiveCall tells of it',
		withTables(async ({ sandbox }) => {
			const phone = '+44 20 7946 0231';
			await fillList([{ lead_id: 'easy', phone: '0044 20 79460231' }]);
			freeTimes(1);
			const workflow = await listWorkflow();
			expectSuccess(await run(workflow));
			const [call] = sandbox.calls.placed();
			sandbox.calls.add({ ...call, phone_number: phone });
			await endCall(call?.id ?? 0, { outcome: 'failed' });
			const first = await rowOf('easy');
			expect(first).toMatchObject({ attempts: 1, last_outcome: 'failed' });
			// A workflow that has not been told before gets the same delivery.
			const again = await endCallIn(call?.id ?? 0);
			expect(output(again, 'Whose call was it?')).toEqual([]);
			expect(await rowOf('easy')).toEqual(first);
			expect(sandbox.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
		}),
	);

	it(
		'rings nobody twice when two runs take the same rows at once',
		withTables(async ({ client, sandbox }) => {
			const phones = ['+44 20 7946 0241', '+44 20 7946 0242', '+44 20 7946 0243'];
			await fillList(phones.map((phone, index) => ({ lead_id: `both-${index}`, phone })));
			freeTimes(3);
			const workflow = await listWorkflow();
			sandbox.faults.always({ kind: 'latency', ms: 400 }, { method: 'POST' });
			const ids = await Promise.all([
				client.run(workflow, 'Every hour'),
				client.run(workflow, 'Every hour'),
			]);
			const executions = await Promise.all(ids.map(finished));
			executions.forEach(expectSuccess);
			// Both have taken all three.
			for (const execution of executions) {
				expect(output(execution, 'Who is due')).toHaveLength(3);
			}
			for (const phone of phones) expect(asked(phone)).toBe(1);
			for (const row of await rows()) {
				expect(row).toMatchObject({
					attempts: 1,
					last_outcome: expect.stringMatching(/^scheduled/),
				});
				expect(row.last_call_id).not.toBeNull();
			}
		}),
	);

	it(
		'rings nobody twice after a run that ended between the call and its note',
		withTables(async () => {
			const phone = '+44 20 7946 0251';
			await fillList([{ lead_id: 'crashed', phone }]);
			freeTimes(1);
			const workflow = await listWorkflow();
			expectSuccess(await run(workflow));
			// As the table stands when n8n dies before the note is written.
			await fillList([{ lead_id: 'crashed', phone }]);
			const second = await run(workflow);
			expectSuccess(second);
			expect(output(second, CALL)).toMatchObject([{ skipped: true, reason: 'duplicate' }]);
			expect(asked(phone)).toBe(1);
			expect(await rowOf('crashed')).toMatchObject({ last_outcome: 'placed by another run' });
			expect(hasRun(await run(workflow), CALL)).toBe(false);
			await endCall(latestCall(), { outcome: 'failed' });
			expect(await rowOf('crashed')).toMatchObject({ attempts: 1, last_outcome: 'failed' });
		}),
	);

	it(
		'waits for the end of a call of which LiveCall did not answer whether it is placed',
		withTables(async ({ sandbox }) => {
			await fillList([{ lead_id: 'unknown', phone: '+44 20 7946 0311' }]);
			freeTimes(1);
			sandbox.faults.next({ kind: 'reset-after' }, { method: 'POST' });
			expectSuccess(await run(await listWorkflow()));
			expect(await rowOf('unknown')).toMatchObject({ last_outcome: 'placed, perhaps' });
			await endCall(latestCall(), { outcome: 'failed' });
			expect(await rowOf('unknown')).toMatchObject({ attempts: 1, last_outcome: 'failed' });
		}),
	);

	it(
		'counts a try that was not written down before its call ended',
		withTables(async () => {
			const phone = '+44 20 7946 0261';
			await fillList([{ lead_id: 'early', phone }]);
			freeTimes(1);
			const workflow = await listWorkflow();
			expectSuccess(await run(workflow));
			await fillList([{ lead_id: 'early', phone }]);
			await endCall(latestCall(), { outcome: 'failed' });
			expect(await rowOf('early')).toMatchObject({ attempts: 1, last_outcome: 'failed' });
			const later = await run(workflow);
			expect(hasRun(later, CALL)).toBe(false);
			expect(asked(phone)).toBe(1);
		}),
	);

	it(
		'rings nobody twice after n8n was killed between the call and its note',
		withTables(async ({ client, n8n, prepared, sandbox }) => {
			const phone = '+44 20 7946 0271';
			await fillList([{ lead_id: 'killed', phone }]);
			freeTimes(1);
			const workflow = await listWorkflow();
			sandbox.faults.next({ kind: 'hang-after' }, { method: 'POST' });
			await client.run(workflow, 'Every hour');
			await poll(async () => asked(phone) === 1 || undefined, {
				what: 'The call',
				timeoutMs: 20_000,
			});
			process.kill(-n8n.pid, 'SIGKILL');
			await n8n.ended;

			const restarted = await prepared.start();
			try {
				world.n8n = restarted;
				world.client = await TestN8nClient.logIn(restarted.url, OWNER);
				expect(await rowOf('killed')).toMatchObject({ attempts: null, last_outcome: null });
				const second = await run(workflow);
				expectSuccess(second);
				expect(output(second, CALL)).toMatchObject([{ skipped: true, reason: 'duplicate' }]);
				expect(asked(phone)).toBe(1);
				expect(await rowOf('killed')).toMatchObject({ last_outcome: 'placed by another run' });
			} finally {
				await restarted.stop();
			}
		}),
	);

	/** Tells a fresh copy of the workflow of a call that has ended. */
	async function endCallIn(callId: number): Promise<Execution> {
		const copy = await importCopy(CALL_LIST_ID, {});
		await world.client.activateWorkflow(copy);
		await joinTrigger(copy);
		expect(await deliver(copy, callId)).toBe(200);
		const [execution] = await newExecutions(copy, [], 1);
		expectSuccess(execution);
		return execution;
	}
});
