import { at, isJsonObject, tryParseJson } from '../json';
import { isSuccess } from './answers';
import type { CallRecord } from './calls';
import type { WebhookEvent } from './types';

const ANSWER_WITHIN_MS = 10_000;
/** How much of an answer is shown, in characters. */
const MOST_SHOWN = 200;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * How a delivery carries the call. The real payload is not documented, so each subscription chooses:
 * `call` is `{"event", "call": {…}}`, `jsonapi` is `{"data": {"id", "type", "attributes"}}`, `call_id` is
 * `{"event", "call_id"}`, and `form` is `event=…&call[id]=…` as a form.
 */
type PayloadForm = 'call' | 'jsonapi' | 'call_id' | 'form';

/** Every form that a delivery can have. */
export const PAYLOAD_FORMS: readonly PayloadForm[] = ['call', 'jsonapi', 'call_id', 'form'];

/** Every event that can be subscribed to. */
export const WEBHOOK_EVENTS: readonly WebhookEvent[] = ['call.created', 'call.ended'];

/** Where an event is delivered to. */
interface Subscription {
	id: number;
	event: WebhookEvent;
	url: string;
	form: PayloadForm;
	/** The n8n workflow behind the address, by name. Left out for what a person has entered. */
	workflow?: string;
}

/** One attempt to deliver an event. */
export interface Delivery {
	id: number;
	event: WebhookEvent;
	url: string;
	workflow?: string;
	callId: number;
	contentType: string;
	body: string;
	/** The receiver's status; undefined while there is none. */
	status: number | undefined;
	/** The receiver's words, where it had any for people. */
	answer?: string;
	/** Why there was no answer. */
	error?: string;
	/** `failed` is no answer, or one that is not 2xx. */
	state: 'pending' | 'delivered' | 'failed';
	/** When it was sent, in ms on the sandbox's clock. */
	at: number;
}

/** Subscriptions, and what became of each delivery. A failed one is not repeated: redelivery is not documented. */
export class WebhookBook {
	private readonly subscriptions = new Map<number, Subscription>();

	private sent: Delivery[] = [];

	private nextId = 1;

	/** What is under way, each with what breaks it off. */
	private readonly running = new Map<Promise<void>, AbortController>();

	/** Takes the clock (ms) and what to call after every change. */
	constructor(
		private readonly now: () => number,
		private readonly changed: () => void,
	) {}

	/** Subscribes a loopback address to an event; throws for any other address. The default form is `call`. */
	subscribe(
		wanted: Omit<Subscription, 'id' | 'form'> & Partial<Pick<Subscription, 'form'>>,
	): Subscription {
		assertLoopback(wanted.url);
		const { event, url, form = 'call', workflow } = wanted;
		const subscription = { id: this.nextId++, event, url, form, workflow };
		this.subscriptions.set(subscription.id, subscription);
		this.changed();
		return { ...subscription };
	}

	/** Ends a subscription; gives whether there was one. */
	unsubscribe(id: number): boolean {
		const removed = this.subscriptions.delete(id);
		this.changed();
		return removed;
	}

	/** Gives all subscriptions. */
	all(): Subscription[] {
		return [...this.subscriptions.values()].map((subscription) => ({ ...subscription }));
	}

	/** Gives all deliveries in the order in which they were sent, those under way included. */
	deliveries(): Delivery[] {
		return this.sent.map((delivery) => ({ ...delivery }));
	}

	/** Sends an event to everyone who has subscribed to it. */
	announce(event: WebhookEvent, call: CallRecord): void {
		for (const subscription of this.subscriptions.values()) {
			if (subscription.event !== event) continue;
			this.send({
				event,
				url: subscription.url,
				workflow: subscription.workflow,
				callId: call.id,
				...payload(subscription.form, event, call),
			});
		}
	}

	/** Sends a delivery again, as it was. Gives the new one; throws for an unknown id. */
	resend(deliveryId: number): Delivery {
		const delivery = this.sent.find(({ id }) => id === deliveryId);
		if (!delivery) throw new Error(`The sandbox has no delivery ${deliveryId}`);
		const { event, url, workflow, callId, contentType, body } = delivery;
		return this.send({ event, url, workflow, callId, contentType, body });
	}

	/** Resolves once nothing is under way any more. */
	async settled(): Promise<void> {
		while (this.running.size > 0) await Promise.all(this.running.keys());
	}

	/** Breaks off what is under way. */
	abort(): void {
		this.running.forEach((sending) => sending.abort());
	}

	/** Forgets all deliveries and the subscriptions that a person has entered, and breaks off what is under way. */
	clear(): void {
		for (const { id, workflow } of this.subscriptions.values()) {
			if (workflow === undefined) this.subscriptions.delete(id);
		}
		this.sent = [];
		this.abort();
		this.changed();
	}

	private send(
		what: Omit<Delivery, 'id' | 'status' | 'answer' | 'error' | 'state' | 'at'>,
	): Delivery {
		const id = this.nextId++;
		const delivery: Delivery = { ...what, id, status: undefined, state: 'pending', at: this.now() };
		this.sent.push(delivery);
		const sending = new AbortController();
		const done = post(what, sending).then((outcome) => {
			const delivered = outcome.status !== undefined && isSuccess(outcome.status);
			Object.assign(delivery, outcome, { state: delivered ? 'delivered' : 'failed' });
			this.running.delete(done);
			this.changed();
		});
		this.running.set(done, sending);
		this.changed();
		return { ...delivery };
	}
}

/** Makes one POST, which `sending` breaks off. Gives what came of it, and never rejects. */
async function post(
	{ url, contentType, body }: Pick<Delivery, 'url' | 'contentType' | 'body'>,
	sending: AbortController,
): Promise<Pick<Delivery, 'status' | 'answer' | 'error'>> {
	// Not AbortSignal.timeout: Node 20 may lose it as garbage before it fires.
	const giveUp = setTimeout(
		() => sending.abort(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} seconds`)),
		ANSWER_WITHIN_MS,
	);
	try {
		const response = await fetch(url, {
			method: 'POST',
			// A connection of its own, so that nothing stays open once it is answered.
			headers: { 'Content-Type': contentType, Connection: 'close' },
			body,
			redirect: 'manual',
			signal: sending.signal,
		});
		const text = await response.text().catch(() => '');
		return { status: response.status, answer: wordsIn(text) };
	} catch (error) {
		return { status: undefined, error: reasonOf(error) };
	} finally {
		clearTimeout(giveUp);
	}
}

/** Why there was no answer: `fetch` hides it in the cause, which may stand for several addresses that were tried. */
function reasonOf(error: unknown): string {
	// Errors from fetch are not instances of the Error that jest gives to tests.
	if (typeof error !== 'object' || error === null) return String(error);
	if ('cause' in error && error.cause) return reasonOf(error.cause);
	if ('message' in error && error.message) return String(error.message);
	return 'code' in error ? String(error.code) : String(error);
}

/** What an answer says to a person: the `message` in its JSON, or else its text unless that is a page. */
function wordsIn(text: string): string | undefined {
	const message = at(tryParseJson(text), 'message');
	const words = typeof message === 'string' ? message : text.startsWith('<') ? '' : text;
	return words.trim().slice(0, MOST_SHOWN) || undefined;
}

function assertLoopback(address: string): void {
	const url = URL.canParse(address) ? new URL(address) : undefined;
	const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
	if (!url || !isWeb || !LOOPBACK.includes(url.hostname)) {
		throw new Error(
			`The sandbox delivers to this machine only (http://127.0.0.1, localhost or [::1]), not to ${address}`,
		);
	}
}

function payload(
	form: PayloadForm,
	event: WebhookEvent,
	call: CallRecord,
): Pick<Delivery, 'contentType' | 'body'> {
	const json = (value: unknown) => ({
		contentType: 'application/json',
		body: JSON.stringify(value),
	});
	switch (form) {
		case 'call':
			return json({ event, call });
		case 'jsonapi': {
			const { id, ...attributes } = call;
			return json({ data: { id: String(id), type: 'calls', attributes } });
		}
		case 'call_id':
			return json({ event, call_id: call.id });
		case 'form': {
			const fields = new URLSearchParams({ event });
			appendFields(fields, 'call', { ...call });
			return { contentType: 'application/x-www-form-urlencoded', body: fields.toString() };
		}
	}
}

/** Writes nested fields as Rails reads them: `call[custom_fields_data][email]`. Null is an empty field. */
function appendFields(
	fields: URLSearchParams,
	prefix: string,
	values: Record<string, unknown>,
): void {
	for (const [key, value] of Object.entries(values)) {
		const name = `${prefix}[${key}]`;
		if (isJsonObject(value)) appendFields(fields, name, value);
		else fields.append(name, value === null || value === undefined ? '' : String(value));
	}
}
