import { randomUUID } from 'crypto';
import { DateTime } from 'luxon';
import { at, isJsonObject, listAt, textAt, type Json } from '../../../dev/json';
import { poll } from '../../../dev/launcher/poll';
import { majorVersion } from '../../../dev/launcher/runtime';
import { AI_AGENT_ID } from '../helpers/exampleIds';
import { type World } from '../helpers/world';
import { model, scenario, world } from '../helpers/stage';

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
			// n8n's own default zone.
			const zone = 'America/New_York';
			const people = DateTime.fromISO(tomorrow, { zone }).toFormat('cccc, d LLLL yyyy, HH:mm');
			expect(asked.question).toBe(`Shall LiveCall ring ${PHONE} on ${people}, time zone ${zone}?`);
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
		['in a country that is not called', '+1 900 555 0199', /"Phone Number.*\+44/],
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
