import { at, isJsonObject, listAt, textAt, type Json } from '../../../dev/json';
import { poll } from '../../../dev/launcher/poll';
import { AI_AGENT_ID } from './exampleIds';
import { model, world } from './stage';

/** The node in which a person is asked. */
const REVIEW = 'Approve the call';

/** Writes into the chat that the editor has; gives the id of the execution. */
export const write = async (sessionId: string, chatInput: string): Promise<string> => {
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
export const answerOf = async (executionId: string, node = 'Answer in the chat'): Promise<string> =>
	String(await waitingIn(executionId, node));

/** What a person is asked before the phone rings, with the addresses behind the two buttons. */
export const review = async (executionId: string) => {
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
export const toolAnswer = (): string => {
	const told =
		model
			.conversations()
			.at(-1)
			?.filter(({ role }) => role === 'tool') ?? [];
	return String(told.at(-1)?.content);
};
