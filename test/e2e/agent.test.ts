import { at, type Json, type JsonObject } from '../../dev/json';
import type { CredentialReference } from '../../dev/launcher/rest';
import { CREDENTIAL_TYPE } from '../../dev/launcher/seed';
import { link, node, NODE_TYPE, start, START_NAME } from '../support/workflow';
import { startChatModel, type ChatModel } from './helpers/chatModel';
import { accessTo, shareWorld } from './helpers/world';

const PHONE = '+44 20 7946 0123';
const OTHER_PHONE = '+44 20 7946 0124';
const TESTER = '+49 30 5550100';
const TOOL = 'Place_a_callback';

const { world, scenario } = shareWorld();
let model: ChatModel;
let openAi: CredentialReference;
let credentialForTrials: CredentialReference;

beforeAll(async () => {
	model = await startChatModel();
	const { client, sandbox } = world();
	openAi = await client.createCredential({
		name: 'Model',
		type: 'openAiApi',
		data: { apiKey: 'not-needed', url: model.url },
	});
	credentialForTrials = await client.createCredential(
		accessTo(sandbox, { testPhoneNumber: TESTER }, 'LiveCall with a test phone'),
	);
});

afterAll(async () => await model?.stop());

const fromModel = (key: string): string => `={{ $fromAI('${key}', '', 'string') }}`;

/** Has an agent run whose tool leaves number, time and consultant to the model; gives what the tool told it. */
async function chat(access: CredentialReference, ...wanted: JsonObject[]): Promise<Json[]> {
	const { client } = world();
	model.follow([...wanted.map((given) => ({ use: TOOL, with: given })), { say: 'Goodbye.' }]);
	const workflowId = await client.createWorkflow({
		name: 'An agent that arranges callbacks',
		nodes: [
			start(),
			node('AI Agent', '@n8n/n8n-nodes-langchain.agent', 2.2, {
				promptType: 'define',
				text: 'Please call me back.',
				options: {},
			}),
			{
				...node('Chat Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
					model: { __rl: true, mode: 'id', value: 'scripted' },
					options: {},
				}),
				credentials: { openAiApi: { ...openAi } },
			},
			{
				...node('Place a callback', `${NODE_TYPE}Tool`, 1, {
					filterId: { __rl: true, mode: 'id', value: '1' },
					phoneNumber: fromModel('phone_number'),
					additionalFields: {
						scheduledFor: fromModel('call_at'),
						userId: { __rl: true, mode: 'id', value: fromModel('consultant') },
					},
				}),
				credentials: { [CREDENTIAL_TYPE]: { ...access } },
				// Otherwise n8n 2.41 gives the model an empty text for a tool that fails.
				onError: 'continueRegularOutput',
			},
		],
		connections: {
			...link(START_NAME, 'AI Agent'),
			...link('Chat Model', 'AI Agent', 'ai_languageModel'),
			...link('Place a callback', 'AI Agent', 'ai_tool'),
		},
		settings: { executionOrder: 'v1' },
	});
	const execution = await client.waitForExecution(await client.run(workflowId, START_NAME));
	expect(execution.status).toBe('success');
	return (model.conversations().at(-1) ?? [])
		.filter((message) => at(message, 'role') === 'tool')
		.map((message) => at(message, 'content') ?? null);
}

const asked = (): unknown[] =>
	world()
		.sandbox.requests.filter(({ method }) => method === 'POST')
		.map(({ json }) => json);

describe('an agent', () => {
	it.each(['', 'null', 'None', ' '])(
		'has the customer called at once, by anybody, where it leaves out the rest: %j',
		async (nothing) =>
			await scenario(async () => {
				const [told] = await chat(world().credential, {
					phone_number: PHONE,
					call_at: nothing,
					consultant: nothing,
				});
				expect(asked()).toEqual([{ call: { filter_id: '1', phone_number: PHONE } }]);
				expect(told).toContain(PHONE);
			})(),
	);

	it(
		'has the customer called at the time and by the consultant that it names',
		scenario(async () => {
			await chat(world().credential, {
				phone_number: PHONE,
				call_at: '2035-01-05T10:00:00+01:00',
				consultant: '502',
			});
			expect(asked()).toEqual([
				{
					call: {
						filter_id: '1',
						phone_number: PHONE,
						scheduled_for: '2035-01-05T10:00:00+01:00',
						user_id: '502',
					},
				},
			]);
		}),
	);

	it(
		'is told what is wrong with a number, and nobody is called',
		scenario(async () => {
			const [told] = await chat(world().credential, {
				phone_number: '',
				call_at: '',
				consultant: '',
			});
			expect(asked()).toEqual([]);
			expect(told).toContain('needs a phone number');
		}),
	);

	it(
		'rings the tester once while it is tried, whomever it wants to call',
		scenario(async () => {
			const told = await chat(
				credentialForTrials,
				{ phone_number: PHONE, call_at: '', consultant: '' },
				{ phone_number: OTHER_PHONE, call_at: '', consultant: '' },
			);
			expect(asked()).toEqual([{ call: { filter_id: '1', phone_number: TESTER } }]);
			expect(told[0]).toContain('"test":true');
			expect(told[1]).toContain('"reason":"test"');
		}),
	);
});
