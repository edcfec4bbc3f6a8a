import type { IDataObject } from 'n8n-workflow';
import { mayAlreadyHave, RECORDED_EARLIER, SENT_EARLIER } from '../../shared/errors/explain';
import { hints, messages } from '../../shared/errors/messages';
import type { AtMostOnceWording } from '../../shared/errors/topics';
import { exclusively } from '../../shared/throttling/exclusive';
import { decideByStore, type StoreDecision } from './decision';
import type { SentEntry } from './ledger';
import type { AskingItem, Guards, Request, Work } from './request';
import { Sending } from './sending';

/**
 * Has LiveCall do something at most once: over all tries of the execution, all that retry it, and all executions for a
 * key. First the ledger decides, then n8n's store, in which the request is claimed before it is sent.
 * @param work decides what to ask for, and sends it
 * @returns what the work gives, or what an earlier request has given
 * @throws what the work throws; the item's error if it may have been done before, or nobody can tell
 */
export async function atMostOnce(
	guards: Guards,
	item: AskingItem,
	request: Request,
	work: Work,
): Promise<IDataObject> {
	const { asked, wording, isForAllItems } = request;
	// Of two items for one customer, the second waits for what becomes of the first; an agent may ask twice at once.
	return await exclusively(`${guards.nodeKey}:${asked.subject}`, async () => {
		const entry = guards.ledger.find(item.index, asked, isForAllItems);
		if (entry?.state === 'placed') return entry.answer;
		return wording
			? await new Door(guards, item, request, wording, work).ask(entry)
			: await new Sending(guards, item, request, entry).work(work);
	});
}

/** What a request has to pass that does harm if it is carried out twice. */
class Door {
	constructor(
		private readonly guards: Guards,
		private readonly item: AskingItem,
		private readonly request: Request,
		private readonly wording: AtMostOnceWording,
		private readonly work: Work,
	) {}

	/**
	 * Asks LiveCall if it can tell, then the ledger, then n8n's store.
	 * @param entry an earlier request for the same, of which nobody knows the outcome
	 */
	async ask(entry: SentEntry | undefined): Promise<IDataObject> {
		const { asked, allowsRepeats = false, find } = this.request;
		const { ledger, isTool } = this.guards;
		const found = await find?.();
		if (found?.ok && found.value) return found.value;
		// Without the list it stays unknown what became of an earlier request, and that must be said first.
		if (found?.ok === false) throw entry ? this.leftUnknown(SENT_EARLIER) : found.error;
		// A request of this execution is never sent again: no person has had time to look.
		const mayBeSent = !entry || (this.mayRedial && !ledger.isOfThisExecution(entry));
		if (!mayBeSent) throw this.leftUnknown(SENT_EARLIER);
		const repeated = isTool && !allowsRepeats && !entry ? ledger.placedBefore(asked) : undefined;
		if (repeated) return repeatedly(repeated.answer);
		return await this.claimAndSend(entry);
	}

	/** Whether a person has had time to look, and wants what is unknown sent again. */
	private get mayRedial(): boolean {
		return this.request.redialUnknown === true && this.guards.isRetry;
	}

	/** @param instead the earlier request that this one is sent in place of */
	private async claimAndSend(instead: SentEntry | undefined): Promise<IDataObject> {
		const sending = new Sending(this.guards, this.item, this.request, instead);
		const { key } = sending;
		const claim = async () => await this.askStore(sending);
		// Of two items of a run with one key, the second waits for what becomes of the first.
		return key ? await exclusively(`${this.guards.nodeKey}:key:${key.text}`, claim) : await claim();
	}

	private async askStore(sending: Sending): Promise<IDataObject> {
		const { ledger, isRetry } = this.guards;
		const { key } = sending;
		const isDoubtful = ledger.isDoubtful(sending.doubt);
		const isKeyDoubtful = key !== undefined && isDoubtful;
		const claimed = await sending.claim();
		const isPlaced = claimed.as === 'onRecord' ? await sending.isPlacedOnRecord() : false;
		if (isPlaced === undefined) {
			throw this.item.wrong(messages.recordUnreadable('it gave no answer'));
		}
		const { reason, mayBeRecorded } =
			claimed.as === 'unusable' ? claimed : { reason: '', mayBeRecorded: false };
		const decision = decideByStore({
			claimed: claimed.as,
			mayBeRecorded,
			isPlaced,
			mayRedial: this.mayRedial && sending.redials === 0,
			hasKey: key !== undefined,
			isKeyDoubtful,
			isRetry,
		});
		if (claimed.as === 'unusable' && decision.startsWith('send')) this.item.hint(hints.notOnRecord);
		const failure = { reason, mayBeRecorded: mayBeRecorded || isDoubtful };
		return await this.follow(decision, sending, failure);
	}

	/** @param failure what n8n's store says if it is unusable, and whether it may have written the claim down */
	private async follow(
		decision: StoreDecision,
		sending: Sending,
		failure: { reason: string; mayBeRecorded: boolean },
	): Promise<IDataObject> {
		const { guards, item } = this;
		const { key } = sending;
		switch (decision) {
			case 'send':
				guards.ledger.setDoubtful(sending.doubt, false);
				return await sending.workWithClaim(this.work);
			case 'sendOffRecord':
				return await sending.work(this.work);
			case 'redial':
				return await this.claimAndSend(sending.sentElsewhere(true));
			case 'takeAsPlaced':
				return await this.takeAsPlaced(sending);
			case 'skip':
				return key?.skipped ?? {};
			case 'cancel':
				throw item.wrong(messages.canceledWhileWaiting());
			case 'refuseUnknown':
				sending.sentElsewhere(false);
				throw this.leftUnknown(RECORDED_EARLIER);
			case 'refuseDoubtfulKey':
				throw item.wrong(messages.keyDoubtful());
			case 'refuseOtherCustomer':
				throw item.wrong(messages.keyOfAnother(key?.shown ?? ''));
			case 'refuseUnclaimedKey':
				guards.ledger.setDoubtful(sending.doubt, failure.mayBeRecorded);
				throw item.wrong(messages.keyNotClaimed(failure));
			case 'refuseUnreadable':
				if (failure.mayBeRecorded) sending.staysClaimed();
				throw item.wrong(messages.recordUnreadable(failure.reason));
		}
	}

	private async takeAsPlaced({ turn }: Sending): Promise<IDataObject> {
		const { asked, standIn } = this.request;
		const answer = repeatedly((await standIn?.()) ?? {});
		this.guards.ledger.placed(this.item.index, asked, turn, answer);
		this.item.hint(hints.placedEarlier);
		return answer;
	}

	/** @param happened why nobody knows whether LiveCall has done it */
	private leftUnknown(happened: string): Error {
		return this.item.wrong({
			...mayAlreadyHave(this.wording, happened),
			isLeftUnknownEarlier: true,
		});
	}
}

/** An answer that an agent, or whoever retries after a crash, is given again. */
function repeatedly(answer: IDataObject): IDataObject {
	return { ...answer, already_placed: true };
}
