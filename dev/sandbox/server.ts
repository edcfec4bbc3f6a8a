import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { EventEmitter } from 'node:events';

import { answerApi } from './api';
import { CallBook } from './calls';
import { controlRoutes } from './control';
import { exchange, type Act, type ExchangeContext } from './exchange';
import { FaultPlan } from './faults';
import { FilterBook } from './filters';
import { answerRecordings, RecordingLinks } from './recordings';
import { startAll } from '../startAll';
import { listen } from '../listen';
import type { N8nOnPage, SandboxOptions, SeenRequest } from './types';
import { UserBook } from './users';
import { WebhookBook } from './webhooks';

/** A running LiveCall look-alike. */
export interface Sandbox {
	/** `http://127.0.0.1:<port>/v1` */
	apiUrl: string;
	/** `http://127.0.0.1:<port>/` */
	pageUrl: string;
	/** `http://127.0.0.1:<another port>` */
	recordingsUrl: string;
	apiKey: string;
	/** Every request to the API and the recordings host, in order of arrival; the page's own are not among them. */
	requests: SeenRequest[];
	calls: CallBook;
	users: UserBook;
	filters: FilterBook;
	webhooks: WebhookBook;
	faults: FaultPlan;
	/** Has the page lead to an n8n and its examples. */
	showN8n(n8n: N8nOnPage): void;
	/**
	 * Forgets requests, faults, calls, and webhooks other than those of a named workflow, and goes back to the example
	 * users and target groups.
	 */
	reset(): void;
	/** Closes both servers and all their connections. Does no harm a second time. */
	stop(): Promise<void>;
}

/** Starts a sandbox on loopback. Rejects with `EADDRINUSE` where a port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const now = options.now ?? Date.now;
	const seeded = options.seed ?? true;
	const apiKey = options.apiKey ?? 'sandbox-api-key';
	const requests: SeenRequest[] = [];
	const changes = new EventEmitter().setMaxListeners(0);
	const changed = () => void changes.emit('change');

	const users = new UserBook(seeded, changed);
	const filters = new FilterBook(seeded, now, changed);
	const webhooks = new WebhookBook(now, changed);
	const faults = new FaultPlan(now, changed);
	const calls = new CallBook({
		now,
		stageMs: options.stageMs ?? 1500,
		userIds: () => users.all().map(({ id }) => id),
		announce: (event, call) => webhooks.announce(event, call),
		changed,
	});
	const setPace = () => {
		faults.limit(options.requestsPerSecond);
		if (options.latencyMs)
			faults.always({ kind: 'latency', ms: options.latencyMs }, { host: 'api' });
	};
	setPace();
	let n8n: N8nOnPage | undefined;
	const showN8n = (shown: N8nOnPage) => {
		n8n = shown;
		changed();
	};
	const reset = () => {
		requests.length = 0;
		faults.clear();
		setPace();
		webhooks.clear();
		calls.clear();
		users.reset();
		filters.reset();
	};

	const links = new RecordingLinks(options.linkLifetimeMs ?? 60_000, now);
	const context = { now, faults, requests };
	return await startAll(async (undo) => {
		const recordings = await listen(
			host(express(), { ...context, host: 'recordings' }, (request) =>
				answerRecordings(calls, links, request),
			),
			options.recordingsPort ?? 0,
		);
		undo(recordings.close);
		const recordingLink = (id: number) => links.make(recordings.origin, id);

		const app = express();
		const parts = { calls, users, filters, webhooks, faults, changes, recordingLink, reset };
		app.use(controlRoutes({ ...parts, apiKey, n8n: () => n8n }));
		const { undocumentedAnswers = {} } = options;
		const apiContext = { apiKey, calls, users, filters, undocumentedAnswers, recordingLink };
		const api = await listen(
			host(app, { ...context, host: 'api' }, (request) => answerApi(apiContext, request)),
			options.port ?? 0,
		);
		undo(api.close);
		undo(async () => {
			calls.halt();
			webhooks.abort();
		});
		return {
			apiUrl: `${api.origin}/v1`,
			pageUrl: `${api.origin}/`,
			recordingsUrl: recordings.origin,
			apiKey,
			...{ requests, calls, users, filters, webhooks, faults, showN8n, reset },
		};
	});
}

/** Lets an app answer everything that it has no other route for. */
function host(app: Express, context: ExchangeContext, act: Act): Express {
	app.disable('x-powered-by');
	app.use(express.raw({ type: () => true, limit: '1mb' }));
	app.use(async (request: Request, response: Response) => {
		await exchange(context, request, response, act);
	});
	// Express knows an error handler by its four parameters.
	app.use((error: Error, _request: Request, response: Response, next: NextFunction) => {
		if (response.headersSent) return next(error);
		const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
		response.status(status).json({ status, error: error.message });
	});
	return app;
}
