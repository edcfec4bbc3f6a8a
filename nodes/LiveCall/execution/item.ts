import type { IDataObject, NodeApiError } from 'n8n-workflow';
import { LiveCallClient, type RepeatingClient } from '../../shared/api/client';
import type { ApiRequest, RepeatableRequest } from '../../shared/api/endpoints';
import type { Failure, Reply } from '../../shared/api/outcome';
import { wait } from '../../shared/throttling/wait';
import { apiError } from '../../shared/errors/nodeErrors';
import { messages } from '../../shared/errors/messages';
import type { Topic } from '../../shared/errors/topics';
import { atMostOnce } from '../deduplication/atMostOnce';
import type { AskingItem, Request } from '../deduplication/request';
import { maxConcurrency, maxRetries, requestTimeout } from '../fields/requestOptions';
import { Parameters } from './parameters';

/** Sends a request that LiveCall must not act on twice. */
export type SendTo = <T extends IDataObject>(request: ApiRequest<T>, topic: Topic) => Promise<T>;

/** One input item of a run: its checked parameters, and its way to LiveCall. */
export class Item extends Parameters implements AskingItem {
	private ownClient: LiveCallClient | undefined;

	/** An error about what LiveCall answered for this item. */
	failed(failure: Failure, topic: Topic): NodeApiError {
		return apiError(this.run.functions.getNode(), failure, topic, this.place);
	}

	/**
	 * Asks LiveCall.
	 * @param topic what the request is about, for the error
	 * @throws NodeApiError when there is no usable answer
	 */
	async ask<T>(request: RepeatableRequest<T>, topic: Topic): Promise<T> {
		return this.expect(await this.client.send(request), topic);
	}

	/**
	 * Has LiveCall do something at most once; see {@link atMostOnce}.
	 * @param work decides what to ask for, and sends it with the function that it is given
	 * @throws NodeOperationError if it may have been done before; NodeApiError if there is no usable answer
	 */
	async atMostOnce(
		request: Request,
		work: (send: SendTo) => Promise<IDataObject>,
	): Promise<IDataObject> {
		return await atMostOnce(
			this.run.guards,
			this,
			request,
			async (sendOnce) =>
				await work(async (apiRequest, topic) => {
					// Checks this item's options, and throws if one is wrong: before that, nothing may be written down as sent.
					const client = this.connected();
					const reply = await sendOnce(async (again) => await client.send(apiRequest, { again }));
					return this.expect(reply, topic);
				}),
		);
	}

	/** Says something to whoever looks at the output. */
	hint(text: string): void {
		this.run.hints.add(text, this.index);
	}

	/** The value of a reply. @throws NodeApiError when there is none */
	expect<T>(reply: Reply<T>, topic: Topic): T {
		if (reply.ok) return reply.value;
		throw this.failed(reply.error, topic);
	}

	/**
	 * Waits between two looks at LiveCall.
	 * @param ms how long, in ms
	 * @throws NodeOperationError when the execution is canceled meanwhile
	 */
	async pause(ms: number): Promise<void> {
		if (await wait(ms, this.run.signal)) return;
		throw this.wrong(messages.canceledWhileWaiting());
	}

	/**
	 * This item's way to LiveCall, but for what must happen at most once: that is sent by {@link atMostOnce} alone. The item's
	 * options are checked on first use, and so before any request.
	 * @throws NodeOperationError when an option or the credential is wrong
	 */
	get client(): RepeatingClient {
		return this.connected();
	}

	private connected(): LiveCallClient {
		if (this.ownClient) return this.ownClient;
		this.readAdded('options', 'maxConcurrency', maxConcurrency.check);
		const { api } = this.run;
		if (!api) throw this.wrong(messages.wrongBaseUrl());
		this.ownClient = new LiveCallClient(this.run.functions, {
			api,
			timeoutMs: this.timeoutMs,
			maxRetries: this.maxRetries,
			pace: this.run.pace,
			signal: this.run.signal,
		});
		return this.ownClient;
	}

	/** How often a request is sent again if that is safe. */
	get maxRetries(): number {
		return this.option('maxRetries', maxRetries.check, maxRetries.byDefault);
	}

	/** How long one request may take, in ms. */
	get timeoutMs(): number {
		return this.option('requestTimeout', requestTimeout.check, requestTimeout.byDefault) * 1000;
	}
}
