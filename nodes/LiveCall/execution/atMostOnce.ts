import type { IDataObject } from 'n8n-workflow';
import type { ApiRequest } from '../../shared/api/endpoints';
import { exclusively } from '../../shared/throttling/exclusive';
import { mayAlreadyHave, RECORDED_EARLIER, SENT_EARLIER } from '../../shared/errors/explain';
import { messages, hints } from '../../shared/errors/messages';
import type { AtMostOnceWording, Topic } from '../../shared/errors/topics';
import type { Claim, Claimed } from '../deduplication/claims';
import { redialsOf, type Asked, type Entry } from '../deduplication/ledger';
import { recordClaim } from '../deduplication/record';
import type { Item } from './item';

/**
 * A request of an item that LiveCall must not act on twice. The order is what keeps it: first what an earlier try knows
 * (`answer`, `refuseUnknown`), then the claim, which holds in other executions, too, then the ledger, then the request.
 */
export class AtMostOnce {
	private earlier: Entry | undefined;
	private outcome: 'notSent' | 'sent' | 'refused' | 'done' = 'notSent';

	/**
	 * @param asked what tells the request from others of this item
	 * @param once what LiveCall does, in words; `undefined` where doing it again does no harm
	 * @param sendAgain whether the person has said that a request of unknown outcome may be sent once more; it counts in
	 *   another execution than the one that sent it, where the person has had time to look
	 */
	constructor(
		private readonly item: Item,
		private readonly asked: Asked,
		private readonly once: AtMostOnceWording | undefined,
		private readonly sendAgain = false,
	) {
		this.earlier = item.run.ledger.find(item.index, asked);
	}

	/** What LiveCall answered to an earlier try; `undefined` where there was none, or none with an answer. */
	get answer(): IDataObject | undefined {
		return this.earlier?.state === 'placed' ? this.earlier.answer : undefined;
	}

	/** What LiveCall answered when an agent asked for the same before; `undefined` where the node is no agent's tool. */
	get answerToAgent(): IDataObject | undefined {
		const { run } = this.item;
		return run.isTool ? run.ledger.placedBefore(this.asked)?.answer : undefined;
	}

	/** Whether an earlier try was sent, and nobody knows what became of it. */
	get wasLeftUnknown(): boolean {
		return this.earlier?.state === 'sent';
	}

	/** Whether this try was sent, and nobody knows what became of it. */
	get isLeftUnknown(): boolean {
		return this.outcome === 'sent';
	}

	/**
	 * Ends the item where an earlier try may have had LiveCall act, and the request is not to be sent again.
	 * @throws NodeOperationError that says so
	 */
	refuseUnknown(sendAgain = this.sendAgain): void {
		const { earlier } = this;
		if (earlier?.state !== 'sent' || !this.once) return;
		if (sendAgain && !this.item.run.ledger.isOfThisExecution(earlier)) return;
		throw this.item.wrong(mayAlreadyHave(this.once, SENT_EARLIER));
	}

	/**
	 * Works while nobody else has the same key. It stays claimed where LiveCall may have acted, and is given back where it
	 * certainly did not.
	 * @param key the claim of a deduplication key
	 * @param work decides what to ask for, and sends it
	 * @returns what the work gives; `undefined` where the key was claimed before
	 * @throws NodeOperationError when nothing could be claimed; what the work throws
	 */
	async claimed<T>(key: Claim, work: () => Promise<T>): Promise<T | undefined> {
		if (this.wasLeftUnknown) {
			// Its key is claimed already, and stays so, whatever becomes of this request: the earlier one may have been carried
			// out. What is sent again on a person's word goes on record all the same.
			return await this.recorded(work);
		}
		// Of two items of a run with one key, the second waits for what becomes of the first.
		const { run } = this.item;
		return await exclusively(`${run.key}:${key.name}`, async () => {
			const claimed = await this.claim(key);
			const isDoubtful = run.ledger.isDoubtful(key.name);
			if (claimed.as === 'unusable') {
				const mayBeRecorded = claimed.mayBeRecorded || isDoubtful;
				run.ledger.setDoubtful(key.name, mayBeRecorded);
				throw this.item.wrong(messages.keyNotClaimed({ ...claimed, mayBeRecorded }));
			}
			if (claimed.as === 'taken') {
				if (isDoubtful) throw this.item.wrong(messages.keyDoubtful());
				return undefined;
			}
			run.ledger.setDoubtful(key.name, false);
			// The key is free where LiveCall has refused what was sent again, and that another retry must not send, too.
			const redials = run.ledger.redials(this.asked.customer, 'all');
			const workOnRecord = async () =>
				redials > 0 ? await this.recorded(work, redials) : await work();
			return await this.givingBack(key, workOnRecord, () => {
				run.hints.add(hints.keyKept, this.item.index);
				// What runs this item again finds the key taken, though nobody was called for it.
				run.ledger.setDoubtful(key.name, true);
			});
		});
	}

	/**
	 * Sends the request, and writes down what came of it.
	 * @param again whether an earlier try that LiveCall may have acted on counts for the outcome of this one
	 * @throws NodeApiError when there is no usable answer
	 */
	async send<T extends IDataObject>(
		request: ApiRequest<T>,
		topic: Topic,
		again = false,
	): Promise<T> {
		const { index, run } = this.item;
		// Checks this item's options, and throws where one is wrong: before that, nothing may be written down as sent.
		const { client } = this.item;
		run.ledger.sent(index, this.asked, this.earlier);
		this.outcome = 'sent';
		const reply = await client.send(request, { again });
		if (reply.ok) {
			run.ledger.placed(index, this.asked, reply.value);
			this.outcome = 'done';
		} else if (reply.error.certainty !== 'unknown') {
			run.ledger.refused(index, this.earlier);
			this.outcome = 'refused';
		}
		return this.item.expect(reply, topic);
	}

	/**
	 * Works while the request is on record for this execution and all that retry it, where n8n can tell them. It stays on
	 * record where LiveCall may have acted.
	 * @param work as for {@link claimed}
	 * @param least how often it was sent again before, at least
	 * @throws NodeOperationError when another of these executions has it on record; what the work throws
	 */
	async recorded<T>(work: () => Promise<T>, least = 0): Promise<T> {
		const { lineage, key: runKey } = this.item.run;
		const { once, asked } = this;
		if (lineage === undefined || !once) return await work();
		// Of two items of a run for one customer, the second waits for what becomes of the first.
		return await exclusively(
			`record:${runKey}:${asked.customer}`,
			async () => await this.onRecord(lineage, once, work, least),
		);
	}

	private async onRecord<T>(
		lineage: string,
		once: AtMostOnceWording,
		work: () => Promise<T>,
		least: number,
	): Promise<T> {
		const { index, run } = this.item;
		const { customer } = this.asked;
		const before = Math.max(least, run.ledger.redials(customer, 'earlier'));
		const redials = this.wasLeftUnknown ? redialsOf(this.earlier) + 1 : before;
		const place = { runIndex: run.index, itemIndex: index, customer, redials };
		// Only in a retry can there be something in the record of which the ledger does not know.
		const isNews = run.isRetry && (redials > before || !run.ledger.knows(customer));
		const record = recordClaim(lineage, place, isNews);
		const claimed = await this.claimRecord(record);
		if (claimed.as === 'taken') {
			// A person has had time to look at what another execution left unknown, but not at what one has sent again.
			const mayRedial = this.sendAgain && redials === 0;
			this.earlier = run.ledger.sentElsewhere(index, this.asked, redials, mayRedial);
			if (mayRedial) return await this.onRecord(lineage, once, work, 0);
			// Nobody knows what became of it, so a key that was claimed for it stays claimed.
			this.outcome = 'sent';
			throw this.item.wrong(mayAlreadyHave(once, RECORDED_EARLIER));
		}
		if (claimed.as === 'unusable') {
			// What the execution that is retried has sent may be on record.
			if (run.isRetry) throw this.item.wrong(messages.recordUnreadable(claimed.reason));
			run.hints.add(hints.notOnRecord, index);
			if (!claimed.mayBeRecorded) return await work();
		}
		return await this.givingBack(record, work, () => run.hints.add(hints.recordKept, index));
	}

	/** Whether this try certainly has not had LiveCall act. */
	private get isUndone(): boolean {
		return this.outcome === 'notSent' || this.outcome === 'refused';
	}

	/** The record is an extra: a store that has failed in this run does not hold up each call anew. A retry depends on it. */
	private async claimRecord(record: Claim): Promise<Exclude<Claimed, { as: 'canceled' }>> {
		const { claims, isRetry } = this.item.run;
		return (isRetry ? undefined : claims.failed) ?? (await this.claim(record));
	}

	private async claim(claim: Claim): Promise<Exclude<Claimed, { as: 'canceled' }>> {
		const { index, run } = this.item;
		const claimed = await run.claims.claim(claim);
		if (run.claims.wereUnlocked) run.hints.add(hints.unlocked, index);
		if (claimed.as === 'canceled') throw this.item.wrong(messages.canceledWhileWaiting());
		return claimed;
	}

	/**
	 * Works, and gives the claim back where LiveCall certainly did not act.
	 * @param kept is called where the claim cannot be given back
	 */
	private async givingBack<T>(claim: Claim, work: () => Promise<T>, kept: () => void): Promise<T> {
		try {
			return await work();
		} finally {
			if (this.isUndone && !(await this.item.run.claims.giveBack(claim))) kept();
		}
	}
}
