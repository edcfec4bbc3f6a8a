import { randomUUID } from 'node:crypto';

import {
	at,
	isJsonObject,
	listAt,
	parseJson,
	textAt,
	tryParseJson,
	type Json,
	type JsonObject,
} from '../json';
import { poll } from './poll';

/** The person who owns an n8n instance, as the launcher sets it up. */
export interface Owner {
	email: string;
	password: string;
	firstName: string;
	lastName: string;
}

/** A workflow as it stands in an exported file. */
export interface WorkflowDefinition {
	/** Fixed id; n8n gives one where it is left out. */
	id?: string;
	name: string;
	nodes: Json[];
	connections: JsonObject;
	settings?: JsonObject;
}

/** A credential with its fields in the clear. */
export interface CredentialDefinition {
	name: string;
	/** Such as "liveCallApi". */
	type: string;
	data: JsonObject;
}

/** A stored credential, as a node refers to it. */
export interface CredentialReference {
	id: string;
	name: string;
}

/** One row of the list of executions. */
export interface ExecutionSummary {
	id: string;
	/** Such as "running", "success", "error" or "canceled". */
	status: string;
	/** Such as "manual", "webhook" or "retry". */
	mode: string;
	/** The execution that this one is a retry of. */
	retryOf?: string;
}

/** n8n refused a request. */
export class N8nRequestError extends Error {
	constructor(
		request: string,
		readonly status: number,
		readonly answer: string,
	) {
		super(`n8n answered ${request} with ${status}: ${answer.slice(0, 500)}`);
	}
}

/**
 * Settings of n8n are read by anybody: a sign of life that also tells whether it needs an owner. Gives undefined
 * while it is not listening, or shows a page that says that it is starting.
 */
export async function readSettings(url: string): Promise<Json | undefined> {
	const text = await fetch(`${url}/rest/settings`)
		.then(async (response) => (response.ok ? await response.text() : ''))
		.catch(() => '');
	return at(tryParseJson(text), 'data');
}

/**
 * A logged-in user of a running n8n 1.123 or 2.x, working through the requests that its editor
 * sends. Every method throws N8nRequestError when n8n refuses.
 */
export class N8nClient {
	/** n8n ties the session to the browser that logged in. */
	private readonly browserId = randomUUID();

	private cookie = '';

	/** Made by `logIn`. */
	constructor(
		/** n8n's address without a trailing slash. */
		readonly url: string,
	) {}

	/**
	 * Logs in.
	 * @param url n8n's address without a trailing slash.
	 */
	static async logIn<C extends N8nClient>(
		this: new (url: string) => C,
		url: string,
		owner: Owner,
	): Promise<C> {
		const client = new this(url);
		const response = await client.send('POST', '/rest/login', {
			emailOrLdapLoginId: owner.email,
			password: owner.password,
		});
		client.cookie = response.headers
			.getSetCookie()
			.map((cookie) => cookie.split(';')[0])
			.join('; ');
		return client;
	}

	/** Sends a request to n8n's internal interface and gives the `data` of its answer. */
	async request(method: string, path: string, body?: object): Promise<Json> {
		const response = await this.send(method, path, body);
		const text = await response.text();
		return text === '' ? null : (at(parseJson(text), 'data') ?? null);
	}

	/** Like `request`, with undefined for what does not exist (or is not this user's). */
	private async find(path: string): Promise<Json | undefined> {
		return await this.request('GET', path).catch(async (error: unknown) => {
			if (error instanceof N8nRequestError && [403, 404].includes(error.status)) return undefined;
			return await Promise.reject(error);
		});
	}

	/** Says whether a credential with this id exists. */
	async hasCredential(id: string): Promise<boolean> {
		return (await this.find(`/rest/credentials/${encodeURIComponent(id)}`)) !== undefined;
	}

	/** Stores a new credential. */
	async createCredential(credential: CredentialDefinition): Promise<CredentialReference> {
		const stored = await this.request('POST', '/rest/credentials', credential);
		return { id: textAt(stored, 'id'), name: textAt(stored, 'name') };
	}

	/** Replaces a stored credential's name and fields. */
	async updateCredential(id: string, credential: CredentialDefinition): Promise<void> {
		await this.request('PATCH', `/rest/credentials/${encodeURIComponent(id)}`, {
			id,
			...credential,
		});
	}

	/** Gives a stored workflow, or undefined where there is none with this id. */
	async findWorkflow(id: string): Promise<JsonObject | undefined> {
		const workflow = await this.find(`/rest/workflows/${encodeURIComponent(id)}`);
		return isJsonObject(workflow) ? workflow : undefined;
	}

	/** Stores a new workflow, not yet active, and gives its id. */
	async createWorkflow(workflow: WorkflowDefinition): Promise<string> {
		const stored = await this.request('POST', '/rest/workflows', {
			settings: {},
			...workflow,
			active: false,
		});
		return textAt(stored, 'id');
	}

	/** Activates (2.x: publishes) a workflow as it is stored. Its webhooks may take a moment more. */
	async activateWorkflow(id: string): Promise<void> {
		const workflow = await this.findWorkflow(id);
		const path = `/rest/workflows/${encodeURIComponent(id)}`;
		const versionId = textAt(workflow, 'versionId');
		await this.request('POST', `${path}/activate`, { versionId, name: '', description: '' });
	}

	/**
	 * Waits until n8n answers POST requests to a production webhook. A GET asks, which n8n refuses
	 * for such a path with words that tell whether it knows it; so nothing is started.
	 * @param path what follows `/webhook/` in the address.
	 * @param timeoutMs how long to wait at most, in milliseconds.
	 */
	async waitForWebhook(path: string, timeoutMs = 60_000): Promise<void> {
		await poll(
			async () => {
				const response = await fetch(`${this.url}/webhook/${path}`);
				const text = await response.text();
				return text.includes('Did you mean to make a POST request') ? true : undefined;
			},
			{ what: `The production webhook "${path}" in n8n`, timeoutMs },
		);
	}

	/** Gives a workflow's latest executions, newest first, at most 100. */
	async executions(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const page = await this.request('GET', `/rest/executions?filter=${filter}&limit=100`);
		return listAt(page, 'results').map(summary);
	}

	/** Sends a request, once more where n8n's database was not ready. */
	protected async send(method: string, path: string, body?: object): Promise<Response> {
		return await poll(
			async () => {
				const response = await fetch(`${this.url}${path}`, {
					method,
					headers: {
						'content-type': 'application/json',
						'browser-id': this.browserId,
						...(this.cookie === '' ? {} : { cookie: this.cookie }),
					},
					body: body === undefined ? undefined : JSON.stringify(body),
				});
				if (response.ok) return response;
				const answer = await response.text();
				// An n8n that was too busy to ask its database for a sign of life turns every request away until it has.
				if (response.status === 503 && answer.includes('Database is not ready')) return undefined;
				throw new N8nRequestError(`${method} ${path}`, response.status, answer);
			},
			{ what: `n8n's database, for ${method} ${path}`, timeoutMs: 30_000 },
		);
	}
}

/** Reads a row of the list of executions. */
export function summary(execution: Json): ExecutionSummary {
	const retryOf = at(execution, 'retryOf');
	return {
		id: String(at(execution, 'id')),
		status: textAt(execution, 'status'),
		mode: textAt(execution, 'mode'),
		retryOf: retryOf === null || retryOf === undefined ? undefined : String(retryOf),
	};
}
