import { poll } from '../../../dev/launcher/poll';
import { LIST_GROUP } from '../helpers/callListTable';
import { MISSED_CALL_ID } from '../helpers/exampleIds';
import {
	deliver,
	endedInAnOutage,
	executionIds,
	expectSuccess,
	listenFor,
	newExecutions,
	output,
	scenario,
	visitorCalls,
} from '../helpers/stage';

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
			const phones = ['+44 20 7946 0150', '+44 (0)20 7946-0150', '+442079460150'];
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
		['a call that is not over', { status: 'started' }, 0],
		['a talk', { outcome: 'successful' }, 0],
		['a call of which LiveCall does not say yet how it ended', { outcome: null }, 0],
		["the call list's", { filter_id: LIST_GROUP }, 0],
	])(
		'goes by what LiveCall says once it is back, not by the delivery: %s',
		async (_, said, calls) => {
			await scenario(async ({ sandbox }) => {
				const { id } = sandbox.calls.add({ status: 'ended', outcome: 'failed', recorded: false });
				const phone_number = '+44 20 7946 0160';
				const call = {
					id,
					status: 'ended',
					outcome: 'failed',
					phone_number,
					filter_id: 1,
					...said,
				};
				const answer = { kind: 'status', status: 200, body: { call } } as const;
				const isBack = () => sandbox.faults.always(answer, { method: 'GET', path: /calls/ });
				expectSuccess(await endedInAnOutage(MISSED_CALL_ID, id, isBack));
				expect(sandbox.calls.placed()).toHaveLength(calls);
			})();
		},
	);

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
