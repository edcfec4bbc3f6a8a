import express, {
	Router,
	type NextFunction,
	type Request,
	type RequestHandler,
	type Response,
} from 'express';
import type { EventEmitter } from 'node:events';
import path from 'node:path';

import { isJsonObject } from '../json';
import type { CallBook } from './calls';
import type { FaultPlan, FaultSwitch } from './faults';
import type { FilterBook } from './filters';
import type { N8nOnPage } from './types';
import type { UserBook } from './users';
import { checkCall, toId } from './validation';
import { PAYLOAD_FORMS, WEBHOOK_EVENTS, type WebhookBook } from './webhooks';

/**
 * The page, and the routes behind it. They are the sandbox's own and no part of LiveCall, so they need no API key;
 * they answer to this machine only. Bodies are JSON.
 */
export function controlRoutes(context: ControlContext): Router {
	const { calls, filters, users, webhooks, faults } = context;
	const router = Router();
	const control = Router();
	router.get('/', allowThisMachine, (_request, response) => {
		response.sendFile(path.join(PAGE_FOLDER, 'index.html'));
	});
	router.use('/sandbox', allowThisMachine, control);

	control.use('/page', express.static(PAGE_FOLDER, { index: false }));
	control.use(express.json());

	// Everything that the page shows; `events` sends it at once and after every change.
	control.get('/state', (_request, response) => {
		response.json(snapshot(context));
	});
	control.get('/events', (_request, response) => streamState(context, response));

	control.post('/widget', (request, response) => {
		const fields = bodyOf(request);
		const checked = checkCall(fields, filters, users);
		const name = textOf(fields.name);
		if ('errors' in checked || !name) {
			const errors = {
				...('errors' in checked && checked.errors),
				...(!name && { name: ["can't be blank"] }),
			};
			response.status(422).json({ errors });
			return;
		}
		const [first_name = '', ...rest] = name.split(/\s+/);
		const custom_fields_data = { first_name, last_name: rest.join(' ') };
		const call = calls.place({ ...checked.value, custom_fields_data }, 'widget');
		response.status(201).json({ call });
	});
	control.post(
		'/calls/:id/step',
		withId((id) => calls.get(id) && { status: 200, body: { call: calls.step(id) } }),
	);
	control.get('/calls/:id/recording', (request, response) => {
		const recording = calls.recordingOf(toId(request.params.id) ?? 0);
		if (recording) response.redirect(302, context.recordingLink(recording.id));
		else response.status(404).json({ error: 'This call has no recording, or not yet' });
	});

	control.post('/webhooks', (request, response) => {
		const fields = bodyOf(request);
		const event = WEBHOOK_EVENTS.find((known) => known === fields.event);
		const form = PAYLOAD_FORMS.find((known) => known === (fields.form ?? 'call'));
		if (!event || !form) {
			response.status(422).json({
				error: `event must be one of ${WEBHOOK_EVENTS.join(', ')}; form one of ${PAYLOAD_FORMS.join(', ')}`,
			});
			return;
		}
		try {
			const webhook = webhooks.subscribe({ event, url: textOf(fields.url), form });
			response.status(201).json({ webhook });
		} catch (error) {
			response.status(422).json({ error: error instanceof Error ? error.message : String(error) });
		}
	});
	control.delete(
		'/webhooks/:id',
		withId((id) => (webhooks.unsubscribe(id) ? { status: 204 } : undefined)),
	);
	control.post(
		'/deliveries/:id/resend',
		withId((id) =>
			webhooks.deliveries().some((delivery) => delivery.id === id)
				? { status: 202, body: { delivery: webhooks.resend(id) } }
				: undefined,
		),
	);

	// `down`: 503 to every request; `busy`: 429 with Retry-After.
	control.put('/faults/:name', (request, response) => {
		const name = FAULT_SWITCHES.find((known) => known === request.params.name);
		const { on } = bodyOf(request);
		if (!name || typeof on !== 'boolean') {
			response.status(422).json({ error: 'Send {"on": true} or {"on": false} to down or busy' });
			return;
		}
		faults.switch(name, on);
		response.json(faults.switches());
	});
	control.post('/reset', (_request, response) => {
		context.reset();
		response.status(204).end();
	});

	control.use((_request, response) => {
		response.status(404).json({ error: 'The sandbox has no such control route' });
	});
	return router;
}

/** What the page and its routes work on. */
interface ControlContext {
	apiKey: string;
	/** Gives the n8n that the page leads to, if there is one. */
	n8n: () => N8nOnPage | undefined;
	calls: CallBook;
	users: UserBook;
	filters: FilterBook;
	webhooks: WebhookBook;
	faults: FaultPlan;
	/** Emits `change` whenever something that the page shows has changed. */
	changes: EventEmitter;
	/** Gives a fresh link for a recording's id. */
	recordingLink: (recordingId: number) => string;
	/** Puts the whole sandbox back to its beginning. */
	reset: () => void;
}

const PAGE_FOLDER = path.join(__dirname, 'page');
const FAULT_SWITCHES: readonly FaultSwitch[] = ['down', 'busy'];
const MOST_SHOWN = 50;
const BUNDLE_CHANGES_MS = 30;

function snapshot(context: ControlContext) {
	const { apiKey, n8n, calls, users, filters, webhooks, faults } = context;
	return {
		apiKey,
		n8n: n8n(),
		users: users.all(),
		filters: filters.all(),
		calls: calls
			.all()
			.slice(-MOST_SHOWN)
			.reverse()
			.map((call) => ({
				...call,
				recording_ready: calls.recordingOf(call.id) !== undefined,
				user_name: users.get(call.user_id ?? 0)?.name,
				filter_name: filters.get(call.filter_id ?? 0)?.name,
			})),
		webhooks: webhooks.all(),
		deliveries: webhooks.deliveries().slice(-MOST_SHOWN).reverse(),
		faults: faults.switches(),
	};
}

function streamState(context: ControlContext, response: Response): void {
	response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
	let timer: NodeJS.Timeout | undefined;
	const send = () => {
		timer = undefined;
		response.write(`event: state\ndata: ${JSON.stringify(snapshot(context))}\n\n`);
	};
	// One call that ends is several changes; the page needs to hear of them once.
	const soon = () => {
		timer ??= setTimeout(send, BUNDLE_CHANGES_MS);
	};
	context.changes.on('change', soon);
	response.on('close', () => {
		context.changes.off('change', soon);
		clearTimeout(timer);
	});
	send();
}

/**
 * The server listens on loopback only; this also turns away pages of other origins that a browser on this machine
 * has open, and names that someone else lets point to it.
 */
function allowThisMachine(request: Request, response: Response, next: NextFunction): void {
	const host = request.headers.host ?? '';
	const { origin } = request.headers;
	const isLocal = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
	if (isLocal && (origin === undefined || origin === `http://${host}`)) return next();
	response.status(403).json({ error: 'The sandbox answers to its own page on this machine only' });
}

function withId(
	run: (id: number) => { status: number; body?: unknown } | undefined,
): RequestHandler<{ id: string }> {
	return (request, response) => {
		const result = run(toId(request.params.id) ?? 0);
		if (!result) response.status(404).json({ error: `There is no ${request.params.id} here` });
		else if (result.body === undefined) response.status(result.status).end();
		else response.status(result.status).json(result.body);
	};
}

function bodyOf(request: Request): Record<string, unknown> {
	const body: unknown = request.body;
	return isJsonObject(body) ? body : {};
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
