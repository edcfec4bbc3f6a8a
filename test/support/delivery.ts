import express from 'express';
import { WebhookContext } from 'n8n-core';
import {
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type IWebhookData,
	type IWebhookResponseData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parse } from 'node:querystring';
import { setTimeout as delay } from 'node:timers/promises';
import { additionalDataFor, loadPackage, PACKAGE } from './engine';

export interface TriggerSettings {
	parameters?: INodeParameters;
	credential: ICredentialDataDecryptedObject;
	/** `manual` while a person listens in the editor. */
	mode?: WorkflowExecuteMode;
	workflowId?: string;
	/** What n8n has stored of the workflow's nodes before. */
	staticData?: IDataObject;
	/** Set where n8n cannot decrypt the credential. */
	credentialIsBroken?: boolean;
}

let triggers = 0;

/** What a delivery was answered. */
export interface Answer {
	status: number;
	body: string;
	/** In seconds. */
	retryAfter: string | null;
}

/** How a delivery is sent. */
export interface DeliveryOptions {
	/** Such as `?token=…`. */
	query?: string;
	/** Empty for none. */
	contentType?: string;
	headers?: Record<string, string>;
}

/**
 * A LiveCall Trigger behind a real HTTP server that does what n8n does around `webhook()` (n8n 2.41, `bodyParser` and
 * `executeWebhook`): reads the body by its type, gives each delivery a copy of the stored static data, starts a workflow
 * with what comes out, writes the static data where it is marked as changed, and answers then.
 */
export class TriggerHost {
	/** The items of the workflows that were started, in order. */
	readonly started: IDataObject[] = [];
	/** The same as n8n has them. */
	readonly items: INodeExecutionData[] = [];
	/** How often the static data was written. */
	writes = 0;
	/** How long the database takes to write the static data, in ms. */
	writeMs = 0;
	/** How long n8n takes to start the workflow, in ms. */
	startMs = 5;
	/** Whether n8n answers before it starts the workflow, as n8n 1.123 does. */
	answersFirst = false;
	/** How often n8n has read the credential. */
	credentialReads = 0;
	/** What has left `webhook()`: n8n starts an execution for each. */
	readonly errors: unknown[] = [];
	/** What the node has written into n8n's log. */
	readonly warnings: string[] = [];
	private staticData: IDataObject | undefined;
	private lastWrite: Promise<void> = Promise.resolve();
	private lastStart: Promise<void> = Promise.resolve();
	private url = '';
	/** Tells apart what the process remembers of one trigger and of another. */
	private number = ++triggers;
	private close: () => void = () => undefined;

	constructor(public settings: TriggerSettings = { credential: {} }) {}

	async start(): Promise<this> {
		await loadPackage();
		const app = express();
		app.use(express.raw({ type: () => true, limit: '16mb' }));
		app.post('/', async (request, response) => await this.handle(request, response));
		const server = app.listen(0, '127.0.0.1', 2_000);
		await once(server, 'listening');
		const address: AddressInfo | string | null = server.address();
		if (typeof address !== 'object' || !address) throw new Error('The server has no port');
		this.url = `http://127.0.0.1:${address.port}/`;
		this.close = () => {
			server.close();
			server.closeAllConnections();
		};
		return this;
	}

	/** The static data as n8n has stored it, as text. */
	get stored(): string {
		return JSON.stringify(this.staticData ?? {});
	}

	stop(): void {
		this.close();
	}

	/** Begins anew, as a workflow that was never started. */
	reset(settings: TriggerSettings): void {
		this.settings = settings;
		this.started.length = 0;
		this.items.length = 0;
		this.warnings.length = 0;
		this.errors.length = 0;
		this.writes = 0;
		this.writeMs = 0;
		this.startMs = 5;
		this.answersFirst = false;
		this.credentialReads = 0;
		this.number = ++triggers;
		this.staticData = settings.staticData;
	}

	/**
	 * Delivers what LiveCall would.
	 * @param body sent as it is when it is text or bytes, as JSON otherwise
	 */
	async deliver(
		body: unknown,
		{ query = '', contentType = 'application/json', headers = {} }: DeliveryOptions = {},
	): Promise<Answer> {
		const bytes = Buffer.isBuffer(body) ? body : Buffer.from(asText(body));
		const typed = contentType === '' ? headers : { 'Content-Type': contentType, ...headers };
		const response = await fetch(this.url + query, {
			method: 'POST',
			// A connection that is used again may be closed by the server at that very moment.
			headers: { ...typed, Connection: 'close' },
			body: bytes,
		});
		return {
			status: response.status,
			body: await response.text(),
			retryAfter: response.headers.get('retry-after'),
		};
	}

	/** Waits until the database has written all that it was given. */
	async written(): Promise<void> {
		await this.lastWrite;
	}

	/** Waits until the latest workflow has started. */
	async workflowStarted(): Promise<void> {
		await this.lastStart;
	}

	private async write(staticData: IDataObject): Promise<void> {
		const write = async () => {
			if (this.writeMs > 0) await delay(this.writeMs);
			this.writes++;
			this.staticData = staticData;
		};
		this.lastWrite = write();
		await this.lastWrite;
	}

	private async handle(request: express.Request, response: express.Response): Promise<void> {
		const { nodeTypes } = await loadPackage();
		const {
			parameters = {},
			credential,
			mode = 'webhook',
			workflowId = `workflow-${this.number}`,
			credentialIsBroken = false,
		} = this.settings;
		const node: INode = {
			id: 'trigger',
			name: 'LiveCall Trigger',
			type: `${PACKAGE}.liveCallTrigger`,
			typeVersion: 1,
			position: [0, 0],
			parameters,
			webhookId: 'b2f6f0e2',
			credentials: { liveCallApi: { id: `credential-${this.number}`, name: 'LiveCall' } },
		};
		const staticData: IDataObject | undefined =
			this.staticData && JSON.parse(JSON.stringify(this.staticData));
		const build = () =>
			new Workflow({
				id: workflowId,
				nodes: [node],
				connections: {},
				active: true,
				nodeTypes,
				staticData,
			});
		const workflow = build();
		if (!readBody(request)) {
			response.status(422).json({ message: 'Failed to parse request body' });
			return;
		}
		const additionalData = await additionalDataFor(credential, 'execution', mode, workflow);
		const { credentialsHelper } = additionalData;
		const decrypt = credentialsHelper.getDecrypted.bind(credentialsHelper);
		credentialsHelper.getDecrypted = async (...about) => {
			this.credentialReads++;
			if (credentialIsBroken) throw new Error('Credentials could not be decrypted');
			return await decrypt(...about);
		};
		additionalData.httpRequest = request;
		additionalData.httpResponse = response;
		const type = nodeTypes.getByNameAndVersion(node.type);
		const [webhookDescription] = type.description.webhooks ?? [];
		const webhookData: IWebhookData = {
			httpMethod: 'POST',
			node: node.name,
			path: 'webhook',
			webhookDescription,
			workflowId: workflow.id,
			workflowExecuteAdditionalData: additionalData,
		};
		const context = new WebhookContext(
			workflow,
			workflow.nodes[node.name],
			additionalData,
			mode,
			webhookData,
			[],
			null,
		);
		jest.spyOn(context.logger, 'warn').mockImplementation((warning) => {
			this.warnings.push(warning);
		});
		let result: IWebhookResponseData | undefined;
		try {
			result = await type.webhook?.call(context);
		} catch (error) {
			this.errors.push(error);
			response
				.status(500)
				.json({ message: 'Workflow Webhook Error: Workflow could not be started!' });
			return;
		}
		const answer = async () => {
			if (workflow.staticData.__dataChanged) {
				await this.write(JSON.parse(JSON.stringify(workflow.staticData)));
			}
			if (!result?.noWebhookResponse) response.status(200).send(webhookDescription.responseData);
		};
		if (this.answersFirst) await answer();
		if (result?.workflowData) await this.startWorkflow(result.workflowData.flat(), build);
		if (!this.answersFirst) await answer();
	}

	/** n8n builds the workflow once more, around the same static data, before it does anything that takes time. */
	private async startWorkflow(items: INodeExecutionData[], build: () => Workflow): Promise<void> {
		build();
		this.items.push(...items);
		this.started.push(...items.map(({ json }) => json));
		this.lastStart = delay(this.startMs);
		await this.lastStart;
	}
}

/** What is sent for a body: text as it is, anything else as JSON. */
export function asText(body: unknown): string {
	return typeof body === 'string' ? body : JSON.stringify(body);
}

/**
 * As n8n's `bodyParser`: JSON, forms and text only; anything else is left to `rawBody`.
 * @returns whether it could be read; n8n answers 422 by itself where not
 */
function readBody(request: express.Request): boolean {
	const raw: unknown = request.body;
	const bytes = Buffer.isBuffer(raw) ? raw : Buffer.alloc(0);
	const type = (request.headers['content-type'] ?? '').split(';')[0];
	const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
	request.rawBody = bytes;
	request.body = {};
	if (text === '') return true;
	try {
		if (type === 'application/json') request.body = JSON.parse(text);
	} catch {
		return false;
	}
	if (type === 'application/x-www-form-urlencoded') request.body = parse(text);
	if (type === 'text/plain') request.body = text;
	return true;
}
