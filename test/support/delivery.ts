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
}

/** What a delivery was answered. */
export interface Answer {
	status: number;
	body: string;
}

/**
 * A LiveCall Trigger behind a real HTTP server that does what n8n does around `webhook()` (n8n 2.41, `bodyParser` and
 * `executeWebhook`): reads the body by its type, gives each delivery a copy of the stored static data, writes it back
 * when it has changed, and starts a workflow with what comes out. Its own answer waits until the data is written.
 */
export class TriggerHost {
	/** The items of the workflows that were started, in order. */
	readonly started: IDataObject[] = [];
	/** The same as n8n has them. */
	readonly items: INodeExecutionData[] = [];
	/** How often the static data was written. */
	writes = 0;
	/** How long the database takes to write the static data, in milliseconds. */
	writeMs = 0;
	/** What the node has written into n8n's log. */
	readonly warnings: string[] = [];
	settings: TriggerSettings;
	private staticData: IDataObject | undefined;
	private lastWrite: Promise<void> = Promise.resolve();
	private url = '';
	private close: () => void = () => undefined;

	private constructor(settings: TriggerSettings) {
		this.settings = settings;
	}

	static async start(settings: TriggerSettings): Promise<TriggerHost> {
		const host = new TriggerHost(settings);
		const app = express();
		app.use(express.raw({ type: () => true }));
		app.post('/', async (request, response) => await host.handle(request, response));
		const server = app.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const address: AddressInfo | string | null = server.address();
		if (typeof address !== 'object' || !address) throw new Error('The server has no port');
		host.url = `http://127.0.0.1:${address.port}/`;
		host.close = () => {
			server.close();
			server.closeAllConnections();
		};
		return host;
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
		this.writes = 0;
		this.writeMs = 0;
		this.staticData = settings.staticData;
	}

	/**
	 * Delivers what LiveCall would.
	 * @param body sent as it is when it is text, as JSON otherwise
	 * @param query such as `?token=…`
	 */
	async deliver(
		body: unknown,
		{ query = '', contentType = 'application/json' } = {},
	): Promise<Answer> {
		const response = await fetch(this.url + query, {
			method: 'POST',
			headers: { 'Content-Type': contentType },
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});
		return { status: response.status, body: await response.text() };
	}

	/** Waits until the database has written all that it was given. */
	async written(): Promise<void> {
		await this.lastWrite;
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
			workflowId = 'workflow',
		} = this.settings;
		const node: INode = {
			id: 'trigger',
			name: 'LiveCall Trigger',
			type: `${PACKAGE}.liveCallTrigger`,
			typeVersion: 1,
			position: [0, 0],
			parameters,
			webhookId: 'b2f6f0e2',
			credentials: { liveCallApi: { id: 'credential', name: 'LiveCall' } },
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
		readBody(request);
		const additionalData = await additionalDataFor(credential, 'execution', mode, workflow);
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
		const result = await type.webhook?.call(context);
		// Where n8n 2.41 is to answer, it starts the workflow first: it builds it once more, around the same static data.
		if (result?.workflowData && !result.noWebhookResponse) build();
		const items = (result?.workflowData ?? []).flat();
		this.items.push(...items);
		this.started.push(...items.map(({ json }) => json));
		if (workflow.staticData.__dataChanged) {
			await this.write(JSON.parse(JSON.stringify(workflow.staticData)));
		}
		if (!result?.noWebhookResponse) response.status(200).send(webhookDescription.responseData);
	}
}

/** As n8n's `bodyParser`: JSON, forms and text only; anything else is left to `rawBody`. */
function readBody(request: express.Request): void {
	const raw: unknown = request.body;
	const bytes = Buffer.isBuffer(raw) ? raw : Buffer.alloc(0);
	const type = (request.headers['content-type'] ?? '').split(';')[0];
	const text = bytes.toString('utf8');
	request.rawBody = bytes;
	request.body = {};
	if (type === 'application/json' && text !== '') request.body = JSON.parse(text);
	if (type === 'application/x-www-form-urlencoded') request.body = parse(text);
	if (type === 'text/plain') request.body = text;
}
