import { listAt, textAt } from '../../../dev/json';
import { poll } from '../../../dev/launcher/poll';
import { failureOf } from '../../support/n8nClient';
import { RESULT_ID } from '../helpers/exampleIds';
import {
	consultantOf,
	example,
	executionIds,
	expectSuccess,
	hasRun,
	importCopy,
	newExecutions,
	output,
	scenario,
	world,
} from '../helpers/stage';
import { askByForm } from '../helpers/form';

describe('call and result', () => {
	const LOOK = 'Look at the call';

	const ask = async (webhookId: string, phone: string): Promise<string> =>
		await askByForm(`${world.n8n.url}/form/${webhookId}`, phone);

	/** Publishes a copy that looks more often; gives its id and that of its form. */
	const quickCopy = async (): Promise<{ id: string; webhookId: string }> => {
		const { client } = world;
		const id = await importCopy(RESULT_ID, { 'Wait a while': { amount: 0.3 } });
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
			const read = await ask(webhookId, '+44 20 7946 0124');
			expect(read).toContain('<p>Thank you. We are calling you now at +44 20 7946 0124.</p>');
			const [first] = await newExecutions(id, [], 1);
			expectSuccess(first);
			expect(output(first, 'The result')).toMatchObject([{ outcome: 'successful' }]);
			const looks = listAt(first.data, 'resultData', 'runData', LOOK);
			expect(looks.length).toBeGreaterThan(1);

			// The call may be over, and missed.
			expect(await ask(webhookId, '0044 20 7946 0124')).toMatch(
				/<h1>You have asked for a call already.*It counts once\. If we missed each other/s,
			);
			const [, second] = await newExecutions(id, [], 2);
			expectSuccess(second);
			expect(hasRun(second, LOOK)).toBe(false);
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);

	it(
		'schedules one call for whoever asks again while the target group is closed',
		scenario(async ({ sandbox }) => {
			const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
			sandbox.filters.set(1, { status: 'unavailable', available_call_times: [tomorrow] });
			const { webhookId } = await quickCopy();
			expect(await ask(webhookId, '+44 20 7946 0125')).toMatch(/We will call you at .+ on /);
			expect(await ask(webhookId, '+44 20 7946 0125')).toMatch(
				/<h1>You have asked for a call already.*It counts once\. If we do not call at the time that you were told/s,
			);
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);

	it.each([
		['abc', /"abc" is not a phone number.+with its country code/],
		['+44 12', /"\+44 12" is not a phone number.+with its country code/],
		['+1 900 555 0199', /<p>We call numbers that begin with \+44 or \+49 only\.<\/p>/],
	])('says why it does not call the number %s', async (phone, why) => {
		await scenario(async ({ sandbox }) => {
			const { id, webhookId } = await quickCopy();
			const page = await ask(webhookId, phone);
			expect(page).toMatch(why);
			expect(page).toContain('<h1>No call was placed</h1>');
			expectSuccess((await newExecutions(id, [], 1))[0]);
			expect(sandbox.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
		})();
	});

	it(
		'ends red behind its answer when the target group is gone',
		scenario(async ({ sandbox }) => {
			const { id, webhookId } = await quickCopy();
			sandbox.faults.always({ kind: 'status', status: 404 }, { path: /filters/ });
			expect(await ask(webhookId, '+44 20 7946 0126')).toContain('could not be arranged');
			const [execution] = await newExecutions(id, [], 1);
			expect(failureOf(execution)).toMatch(/^\+44 20 7946 0126: .+target group "1"/);
			expect(sandbox.calls.placed()).toEqual([]);
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
