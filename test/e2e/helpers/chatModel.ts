import express, { type Request, type Response } from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { at, isJsonObject, listAt, parseJson, type Json, type JsonObject } from '../../../dev/json';
import { LOOPBACK } from '../../../dev/listen';

/** What the model does when it is asked: it says something, or it wants one of its tools to be used. */
type Turn = { say: string } | { use: string; with: JsonObject };

/** A chat model that follows a script. It speaks as much of OpenAI's interface as n8n's agent needs. */
export interface ChatModel {
	/** What belongs into the credential as its base URL. */
	url: string;
	/** Sets what it does when it is asked from now on, and forgets what it was asked before. */
	follow(script: Turn[]): void;
	/** The conversations that it was sent, each with all messages so far. */
	conversations(): JsonObject[][];
	/** The tools that it was offered last, by name. */
	tools(): Map<string, JsonObject>;
	stop(): Promise<void>;
}

/**
 * Starts the model on a free port of the loopback address. Asked more often than its script goes, or for a
 * tool that it was not offered, it answers 400 with the reason.
 */
export async function startChatModel(): Promise<ChatModel> {
	let script: Turn[] = [];
	let asked: Json[] = [];

	const app = express();
	app.use(express.text({ type: () => true, limit: '1mb' }));
	app.post('/v1/chat/completions', (request: Request, response: Response) => {
		const body = parseJson(String(request.body));
		asked.push(body);
		const turn = script.shift();
		const lacking = whatIsLacking(turn, toolsOf(body));
		if (turn === undefined || lacking !== undefined) {
			response.status(400).json({ error: { message: lacking, type: 'invalid_request_error' } });
			return;
		}
		response.json(completion(turn, asked.length));
	});

	const server = createServer(app).listen(0, LOOPBACK);
	await once(server, 'listening');
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	return {
		url: `http://${LOOPBACK}:${port}/v1`,
		follow: (turns) => {
			script = [...turns];
			asked = [];
		},
		conversations: () => asked.map((body) => listAt(body, 'messages').filter(isJsonObject)),
		tools: () => toolsOf(asked.at(-1)),
		stop: async () => {
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}

function whatIsLacking(turn: Turn | undefined, tools: Map<string, JsonObject>): string | undefined {
	if (turn === undefined) return 'The script is at its end';
	if ('say' in turn || tools.has(turn.use)) return undefined;
	return `The script wants the tool ${turn.use}, and there are ${[...tools.keys()].join(', ')}`;
}

function toolsOf(body: Json | undefined): Map<string, JsonObject> {
	const offered = at(body, 'tools');
	const tools = (Array.isArray(offered) ? offered : [])
		.map((tool) => at(tool, 'function'))
		.filter(isJsonObject);
	return new Map(tools.map((tool) => [String(tool.name), tool]));
}

function completion(turn: Turn, count: number): JsonObject {
	const message: JsonObject =
		'say' in turn
			? { content: turn.say }
			: {
					content: null,
					tool_calls: [
						{
							id: `use-${count}`,
							type: 'function',
							function: { name: turn.use, arguments: JSON.stringify(turn.with) },
						},
					],
				};
	return {
		id: `completion-${count}`,
		object: 'chat.completion',
		created: 1,
		model: 'scripted',
		choices: [
			{
				index: 0,
				finish_reason: 'say' in turn ? 'stop' : 'tool_calls',
				message: { role: 'assistant', ...message },
			},
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
