import type { IDataObject } from 'n8n-workflow';
import { mayAlreadyHave, RECORDED_EARLIER, SENT_EARLIER } from '../../shared/errors/explain';
import { hints, messages, type Explanation } from '../../shared/errors/messages';
import type { AtMostOnceWording } from '../../shared/errors/topics';
import { exclusively } from '../../shared/throttling/exclusive';
import { decideByLedger, decideByStore, type LedgerFacts, type StoreDecision } from './decision';
import type { SentEntry } from './ledger';
import type { Guards, Outcome, Request, Work } from './request';
import { Sending } from './sending';

/**
 * Has LiveCall do something at most once: over all tries of the execution, all that retry it, and all executions for a
 * key. First the ledger decides, then n8n's store, in which the request is claimed before it is sent.
 * @param work decides what to ask for, and sends it
 * @throws what the work throws
 */
export async function atMostOnce(guards: Guards, request: Request, work: Work): Promise<Outcome> {
	const { itemIndex, asked, wording, isForAllItems } = request;
	// Of two items for one customer, the second waits for what becomes of the first; an agent may ask twice at once.
	return await exclusively(`${guards.nodeKey}:${asked.subject}`, async () => {
		const entry = guards.ledger.find(itemIndex, asked, isForAllItems);
		if (entry?.state === 'placed') return { as: 'doneBefore', answer: entry.answer };
		return wording
			? await new Door(guards, request, wording, work).ask(entry)
			: await new Sending(guards, request, entry).work(work);
	});
}

/** What a request has to pass that does harm if it is carried out twice. */
class Door {
	constructor(
		private readonly guards: Guards,
		private readonly request: Request,
		private readonly wording: AtMostOnceWording,
		private readonly work: Work,
	) {}

	/**
	 * Asks LiveCall if it can tell, then the ledger, then n8n's store.
	 * @param entry an earlier request for the same, of which nobody knows the outcome
	 */
	async ask(entry: SentEntry | undefined): Promise<Outcome> {
		const { asked, allowsRepeats = false } = this.request;
		const { ledger, isTool } = this.guards;
		const found = await this.find(entry);
		if (found) return found;
		const facts = { entry: this.inWords(entry), mayRedial: this.mayRedial };
		if (decideByLedger(facts) === 'refuse') return this.refuse(SENT_EARLIER);
		const repeated = isTool && !allowsRepeats && !entry ? ledger.placedBefore(asked) : undefined;
		if (repeated) return { as: 'doneBefore', answer: repeatedly(repeated.answer) };
		return await this.claimAndSend(entry);
	}

	/** @returns `undefined` if LiveCall has not done it, or nothing can find that out */
	private async find(entry: SentEntry | undefined): Promise<Outcome | undefined> {
		const reply = await this.request.find?.();
		if (!reply) return undefined;
		if (reply.ok) return reply.value && { as: 'found', answer: reply.value };
		// Without the list it stays unknown what became of an earlier request, and that must be said first.
		return entry ? this.refuse(SENT_EARLIER) : { as: 'notFound', failure: reply.error };
	}

	private inWords(entry: SentEntry | undefined): LedgerFacts['entry'] {
		if (!entry) return 'none';
		return this.guards.ledger.isOfThisExecution(entry) ? 'sentByThisExecution' : 'sentByAnother';
	}

	/** Whether a person has had time to look, and wants what is unknown sent again. */
	private get mayRedial(): boolean {
		return this.request.redialUnknown && this.guards.isRetry;
	}

	/** @param instead the earlier request that this one is sent in place of */
	private async claimAndSend(instead: SentEntry | undefined): Promise<Outcome> {
		const sending = new Sending(this.guards, this.request, instead);
		const { key } = sending;
		const claim = async () => await this.askStore(sending);
		// Of two items of a run with one key, the second waits for what becomes of the first.
		return key ? await exclusively(`${this.guards.nodeKey}:key:${key.text}`, claim) : await claim();
	}

	private async askStore(sending: Sending): Promise<Outcome> {
		const { ledger, isRetry } = this.guards;
		const { key } = sending;
		const claimed = await sending.claim();
		const isKeyDoubtful = key !== undefined && ledger.isDoubtful(key.text);
		const mayBeRecorded = claimed.as === 'unusable' && (claimed.mayBeRecorded || isKeyDoubtful);
		const reason = claimed.as === 'unusable' ? claimed.reason : 'it gave no answer';
		const isPlaced = claimed.as === 'onRecord' ? await sending.isPlacedOnRecord() : false;
		if (isPlaced === undefined) return refused(messages.recordUnreadable(reason));
		const decision = decideByStore({
			claimed: claimed.as,
			mayBeRecorded,
			isPlaced,
			mayRedial: this.mayRedial && sending.redials === 0,
			hasKey: key !== undefined,
			isKeyDoubtful,
			isRetry,
		});
		if (claimed.as === 'unusable' && decision.startsWith('send')) {
			this.request.hint(hints.notOnRecord);
		}
		return await this.follow(decision, sending, { reason, mayBeRecorded });
	}

	/** @param failure what n8n's store says if it is unusable */
	private async follow(
		decision: StoreDecision,
		sending: Sending,
		failure: { reason: string; mayBeRecorded: boolean },
	): Promise<Outcome> {
		const { ledger } = this.guards;
		const { key } = sending;
		switch (decision) {
			case 'send':
				if (key) ledger.setDoubtful(key.text, false);
				return await sending.workWithClaim(this.work);
			case 'sendOffRecord':
				return await sending.work(this.work);
			case 'redial':
				return await this.claimAndSend(this.sentElsewhere(sending, true));
			case 'takeAsPlaced':
				return await this.takeAsPlaced(sending);
			case 'skip':
				return {
					as: 'duplicate',
					answer: { skipped: true, reason: 'duplicate', deduplication_key: key?.shown },
				};
			case 'cancel':
				return refused(messages.canceledWhileWaiting());
			case 'refuseUnknown':
				this.sentElsewhere(sending, false);
				return this.refuse(RECORDED_EARLIER);
			case 'refuseDoubtfulKey':
				return refused(messages.keyDoubtful());
			case 'refuseOtherCustomer':
				return refused(messages.keyOfAnother(key?.shown ?? ''));
			case 'refuseUnclaimedKey':
				if (key) ledger.setDoubtful(key.text, failure.mayBeRecorded);
				return refused(messages.keyNotClaimed(failure));
			case 'refuseUnreadable':
				return refused(messages.recordUnreadable(failure.reason));
		}
	}

	/** Notes that an execution of which there is no ledger may have sent the same. */
	private sentElsewhere({ turn, redials }: Sending, mayRedial: boolean): SentEntry {
		const { itemIndex, asked } = this.request;
		return this.guards.ledger.sentElsewhere(itemIndex, asked, { turn, redials }, mayRedial);
	}

	private async takeAsPlaced({ turn }: Sending): Promise<Outcome> {
		const { itemIndex, asked, standIn, hint } = this.request;
		const answer = repeatedly((await standIn?.()) ?? {});
		this.guards.ledger.placed(itemIndex, asked, turn, answer);
		hint(hints.placedEarlier);
		return { as: 'doneBefore', answer };
	}

	/** @param happened why nobody knows whether LiveCall has done it */
	private refuse(happened: string): Outcome {
		return refused({ ...mayAlreadyHave(this.wording, happened), isLeftUnknownEarlier: true });
	}
}

function refused(why: Explanation): Outcome {
	return { as: 'refused', why };
}

/** An answer that an agent, or whoever retries after a crash, is given again. */
function repeatedly(answer: IDataObject): IDataObject {
	return { ...answer, already_placed: true };
}
