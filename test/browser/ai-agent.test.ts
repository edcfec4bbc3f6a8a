import { readExamples } from '../../dev/launcher/examples';
import { poll } from '../../dev/launcher/poll';
import { CREDENTIAL_TYPE } from '../../dev/launcher/seed';
import { startChatModel, type ChatModel } from '../e2e/helpers/chatModel';
import { AI_AGENT_ID } from '../e2e/helpers/exampleIds';
import { withCredentials } from '../support/workflow';
import { PATIENCE_MS } from './helpers/editor';
import { shareBrowserWorld } from './helpers/world';

const PHONE = '+44 20 7946 0196';
const TOOL = 'Place_a_call';

let model: ChatModel;
let workflowId: string;

const { world, scenario } = shareBrowserWorld(async ({ client, credential }) => {
	model = await startChatModel();
	const openAiApi = await client.createCredential({
		name: 'Scripted model',
		type: 'openAiApi',
		data: { apiKey: 'not-needed', url: model.url },
	});
	const [example] = (await readExamples()).filter(({ id }) => id === AI_AGENT_ID);
	const { name, nodes, connections, settings } = example;
	workflowId = await client.createWorkflow({
		name,
		nodes: withCredentials(nodes, { openAiApi, [CREDENTIAL_TYPE]: credential }),
		connections,
		settings,
	});
});

afterAll(async () => await model?.stop());

/** Opens the example's chat in the editor. */
async function openChat() {
	const editor = await world().openEditor();
	await editor.openCanvas(workflowId, 1);
	const { page } = editor;
	// n8n takes a click by a headless browser on one of the two buttons for a link preview's, and lets it do nothing.
	const agent = await page.evaluate<string>('navigator.userAgent');
	await page.setExtraHTTPHeaders({ 'user-agent': agent.replace('Headless', '') });
	const input = page.getByTestId('chat-input');
	// n8n remembers whether the chat was open, and the button closes an open one.
	await page.getByTestId('workflow-chat-button').waitFor();
	if (!(await input.isVisible())) await page.getByTestId('workflow-chat-button').click();
	return {
		page,
		/** What the chat shows; the panel of a node may show the same words. */
		chat: page.getByTestId('canvas-chat-body'),
		say: async (text: string) => {
			await input.fill(text);
			// What is sent leaves the field. Until the answer before it is complete, the chat takes nothing.
			await poll(
				async () => {
					if ((await input.inputValue()) === '') return true;
					await input.press('Enter');
					return undefined;
				},
				{ what: `"${text}" to be sent`, timeoutMs: PATIENCE_MS },
			);
		},
	};
}

describe('a person who chats with the AI agent', () => {
	it(
		'is asked before the phone rings, and is called',
		scenario(async ({ sandbox, camera }) => {
			model.follow([
				{ say: 'At which number may we call you?' },
				{ use: TOOL, with: { toolParameters: { phone_number: PHONE, call_at: '' } } },
				{ say: 'Thank you. Your phone rings any moment.' },
			]);
			const { page, chat, say } = await openChat();
			await say('Please call me back.');
			await chat.getByText('At which number may we call you?').waitFor();
			await say(PHONE);
			await chat.getByText(`Shall LiveCall ring ${PHONE} as soon as possible?`).waitFor();
			expect(sandbox.calls.placed()).toEqual([]);
			await camera.take(page, 'ai-agent-review', { busy: true });
			await chat.getByRole('button', { name: 'Call', exact: true }).click();
			await chat.getByText('Thank you. Your phone rings any moment.').waitFor();
			expect(sandbox.calls.placed()).toMatchObject([{ phone_number: PHONE, filter_id: 1 }]);
		}),
	);

	it(
		'can say no, and is not called',
		scenario(async ({ sandbox }) => {
			model.follow([
				{ use: TOOL, with: { toolParameters: { phone_number: PHONE, call_at: '' } } },
				{ say: 'No call was placed. What shall I change?' },
			]);
			const { chat, say } = await openChat();
			await say(`Call ${PHONE}`);
			await chat.getByRole('button', { name: 'Do not call' }).click();
			await chat.getByText('No call was placed. What shall I change?').waitFor();
			expect(sandbox.calls.placed()).toEqual([]);
			expect(sandbox.requests).toEqual([]);
		}),
	);

	it(
		'reads that the AI does not answer, and the run ends red',
		scenario(async ({ client }) => {
			model.follow([]);
			const { chat, say } = await openChat();
			await say('Please call me back.');
			await chat.getByText('I cannot answer at the moment.').waitFor();
			await poll(
				async () => (await client.executions(workflowId))[0]?.status === 'error' || undefined,
				{ what: 'The execution to end red', timeoutMs: PATIENCE_MS },
			);
		}),
	);
});
