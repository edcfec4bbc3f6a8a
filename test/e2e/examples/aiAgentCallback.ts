import { randomUUID } from 'crypto';
import { DateTime } from 'luxon';
import { majorVersion } from '../../../dev/launcher/runtime';
import { type World } from '../helpers/world';
import { model, scenario } from '../helpers/stage';
import { answerOf, review, toolAnswer, write } from '../helpers/agentChat';

describe('AI agent callback', () => {
	const TOOL = 'Place_a_call';
	const PHONE = '+44 20 7946 0123';
	const REFUSED =
		' It will be refused, whatever you choose: the number has none of the country codes that are called.';

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
			expect(toolAnswer()).toContain('stands for another customer, too, and no call was placed');
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

	it(
		'says so in the chat when the model does not answer',
		withReview(async () => {
			model.follow([]);
			const execution = await write(randomUUID(), 'Please call me back.');
			expect(await answerOf(execution, 'Apologize in the chat')).toMatch(/^I cannot answer/);
		}),
	);

	it.each([
		[PHONE, true],
		['0044 20 7946 0123', true],
		['+1 900 555 0199', false],
		['020 7946 0123', false],
	])('tells agent and person which countries are called: %s', async (phone, isCalled) => {
		await withReview(async () => {
			model.follow([
				{ use: TOOL, with: { toolParameters: { phone_number: phone, call_at: '' } } },
				{ say: 'So be it.' },
			]);
			const execution = await write(randomUUID(), `Call ${phone}`);
			const asked = await review(execution);
			expect(asked.question).toBe(
				`Shall LiveCall ring ${phone} as soon as possible?${isCalled ? '' : REFUSED}`,
			);
			expect(String(model.conversations()[0]?.[0]?.content)).toContain('country codes: +44, +49.');
			await asked.decline();
			await answerOf(execution);
		})();
	});

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
