import type { IDataObject } from 'n8n-workflow';
import type { Failure, Reply } from '../../shared/api/outcome';
import { mayAlreadyHave, RECORDED_EARLIER, SENT_EARLIER } from '../../shared/errors/explain';
import { hints, messages, type Explanation } from '../../shared/errors/messages';
import type { AtMostOnceWording } from '../../shared/errors/topics';
import { exclusively } from '../../shared/throttling/exclusive';
import type { Claim } from './claim';
import type { Claimed, Claims } from './claims';
import { decideByLedger, decideByStore, type StoreDecision } from './decision';
import { keyEntries, type DeduplicationKey } from './keys';
import type { Asked, Entry, Ledger, SentEntry } from './ledger';
import { placedEntry, sentEntry } from './record';

/** What guards the requests of a run: all its items share it. */
export interface Guards {
	ledger: Ledger;
	claims: Claims;
	/** What the execution has in common with all that retry it; `undefined` if n8n gives nothing of that kind. */
	lineage: string | undefined;
	/** Whether the execution retries one that has failed. */
	isRetry: boolean;
	/** Whether an AI agent runs the node. */
	isTool: boolean;
	/** Tells the execution and its node from all others. */
	nodeKey: string;
}

/** A request that LiveCall must not act on twice. */
export interface Request {
	/** Which item asks, counted from 0. */
	itemIndex: number;
	/** What tells the request from others of this item. */
	asked: Asked;
	/** What LiveCall does, in words; left out if doing it again does no harm: what is unknown is then sent again. */
	wording?: AtMostOnceWording;
	/** The item's deduplication key, if it has one. */
	key?: DeduplicationKey;
	/** Whether a person wants a request of unknown outcome sent again; it counts in a Retry, after the person could look. */
	redialUnknown: boolean;
	/** Whether n8n's store is left alone: for a call that rings nobody but the person who tries the workflow. */
	isOffRecord?: boolean;
	/** Whether an agent that asks again gets another call. */
	allowsRepeats?: boolean;
	/** Whether what is unknown of another item with the same subject holds for this one. */
	isForAllItems?: boolean;
	/** Finds out whether LiveCall has done it; the answer counts more than what is unknown here. */
	find?: () => Promise<Reply<IDataObject | undefined>>;
	/** What comes out for a request that was placed, by an execution whose ledger is lost. */
	standIn?: () => Promise<IDataObject>;
	/** Says something to whoever looks at the output. */
	hint: (text: string) => void;
}

/** Sends the request; the only way to do it, and only the work of {@link atMostOnce} is given it. */
export type SendOnce = <T extends IDataObject>(
	send: (mayBeDone: boolean) => Promise<Reply<T>>,
) => Promise<Reply<T>>;

/** Decides what to ask for, and sends it. */
export type Work = (send: SendOnce) => Promise<IDataObject>;

/**
 * How a request ended:
 * - `done`: the work was done, with what it gives
 * - `doneBefore`: an earlier try had it done, or an agent asked for the same
 * - `found`: LiveCall has done it, as `find` tells
 * - `duplicate`: the key was called before, and nobody is called now
 * - `notFound`: `find` could not tell; `refused`: the item fails
 */
export type Outcome =
	| { as: 'done' | 'doneBefore' | 'found' | 'duplicate'; answer: IDataObject }
	| { as: 'notFound'; failure: Failure }
	| { as: 'refused'; why: Explanation };

/**
 * Has LiveCall do something at most once: over all tries of the execution, all that retry it, and all executions for a
 * key. First the ledger decides, then n8n's store, in which the request is claimed before it is sent.
 * @param work decides what to ask for, and sends it
 * @throws what the work throws
 */
export async function atMostOnce(guards: Guards, request: Request, work: Work): Promise<Outcome> {
	// Of two items for one customer, the second waits for what becomes of the first; an agent may ask twice at once.
	return await exclusively(
		`${guards.nodeKey}:${request.asked.subject}`,
		async () => await new Attempt(guards, request).make(work),
	);
}

/** One request of one item, from the first look at the ledger to the answer. */
class Attempt {
	private progress: 'notSent' | 'sent' | 'refused' | 'done' = 'notSent';
	private turn: number;
	/** The earlier request that this one is sent in place of. */
	private instead: SentEntry | undefined;

	constructor(
		private readonly guards: Guards,
		private readonly request: Request,
	) {
		this.turn = guards.ledger.nextTurn(request.asked.subject);
	}

	async make(work: Work): Promise<Outcome> {
		const { itemIndex, asked, wording, isForAllItems, find, allowsRepeats = false } = this.request;
		const { ledger, isTool } = this.guards;
		const entry = ledger.find(itemIndex, asked, isForAllItems);
		if (entry?.state === 'placed') {
			return { as: 'doneBefore', answer: entry.answer };
		}
		if (!wording) {
			this.instead = entry;
			return await this.work(work);
		}
		if (find) {
			const reply = await find();
			if (reply.ok && reply.value) return { as: 'found', answer: reply.value };
			// Without the list it stays unknown what became of an earlier request, and that must be said first.
			if (!reply.ok && !entry) return { as: 'notFound', failure: reply.error };
			if (!reply.ok) return this.refuse(wording, SENT_EARLIER);
		}
		const decision = decideByLedger({ entry: this.inWords(entry), mayRedial: this.mayRedial });
		if (decision === 'refuse') return this.refuse(wording, SENT_EARLIER);
		if (decision === 'redial' && entry) return await this.redial(wording, entry, work);
		const repeated = isTool && !allowsRepeats ? ledger.placedBefore(asked) : undefined;
		if (repeated) return { as: 'doneBefore', answer: repeatedly(repeated.answer) };
		return await this.claimAndWork(wording, 0, work);
	}

	/** Whether a person has had time to look, and wants what is unknown sent again. */
	private get mayRedial(): boolean {
		return this.request.redialUnknown && this.guards.isRetry;
	}

	private inWords(entry: Entry | undefined) {
		if (!entry) return 'none';
		if (entry.state === 'placed') return 'placed';
		return this.guards.ledger.isOfThisExecution(entry) ? 'sentByThisExecution' : 'sentByAnother';
	}

	/** Its key is claimed already, and stays so, whatever becomes of this request: the earlier one may have been carried out. */
	private async redial(
		wording: AtMostOnceWording,
		instead: SentEntry,
		work: Work,
	): Promise<Outcome> {
		this.instead = instead;
		this.turn = instead.turn;
		return await this.claimAndWork(wording, instead.redials + 1, work);
	}

	private async claimAndWork(
		wording: AtMostOnceWording,
		redials: number,
		work: Work,
	): Promise<Outcome> {
		const { request, guards } = this;
		const key = this.instead ? undefined : request.key;
		const { subject } = request.asked;
		const { lineage } = guards;
		const claim: Claim = {
			request:
				lineage === undefined || request.isOffRecord
					? undefined
					: sentEntry(lineage, { subject, turn: this.turn }, redials),
			keys: key && !request.isOffRecord ? keyEntries(key, subject, Date.now()) : [],
		};
		const claimAndDecide = async () => await this.claimed(wording, claim, key, redials, work);
		// Of two items of a run with one key, the second waits for what becomes of the first.
		return key
			? await exclusively(`${guards.nodeKey}:key:${key.text}`, claimAndDecide)
			: await claimAndDecide();
	}

	private async claimed(
		wording: AtMostOnceWording,
		claim: Claim,
		key: DeduplicationKey | undefined,
		redials: number,
		work: Work,
	): Promise<Outcome> {
		const { ledger, isRetry } = this.guards;
		const { request } = this;
		const claimed = await this.claim(claim, key);
		const isDoubtful = key !== undefined && ledger.isDoubtful(key.text);
		const mayBeRecorded = claimed.as === 'unusable' && (claimed.mayBeRecorded || isDoubtful);
		const isPlaced = claimed.as === 'onRecord' ? await this.isPlacedOnRecord() : false;
		const decision: StoreDecision =
			isPlaced === undefined
				? 'refuseUnreadable'
				: decideByStore({
						claimed: claimed.as,
						mayBeRecorded,
						isPlaced,
						mayRedial: this.mayRedial && redials === 0,
						hasKey: key !== undefined,
						isKeyDoubtful: isDoubtful,
						isRetry,
					});
		const reason = claimed.as === 'unusable' ? claimed.reason : 'it gave no answer';
		switch (decision) {
			case 'send':
				if (claimed.as === 'unusable') request.hint(hints.notOnRecord);
				else if (key) ledger.setDoubtful(key.text, false);
				return await this.work(work, claim, key);
			case 'sendOffRecord':
				request.hint(hints.notOnRecord);
				return await this.work(work);
			case 'redial':
				return await this.redial(wording, this.sentElsewhere(redials, true), work);
			case 'takeAsPlaced':
				return await this.takeAsPlaced();
			case 'skip':
				return {
					as: 'duplicate',
					answer: { skipped: true, reason: 'duplicate', deduplication_key: key?.shown },
				};
			case 'cancel':
				return { as: 'refused', why: messages.canceledWhileWaiting() };
			case 'refuseUnknown':
				this.sentElsewhere(redials, false);
				return this.refuse(wording, RECORDED_EARLIER);
			case 'refuseDoubtfulKey':
				return { as: 'refused', why: messages.keyDoubtful() };
			case 'refuseOtherCustomer':
				return { as: 'refused', why: messages.keyOfAnother(key?.shown ?? '') };
			case 'refuseUnclaimedKey':
				if (key) ledger.setDoubtful(key.text, mayBeRecorded);
				return { as: 'refused', why: messages.keyNotClaimed({ reason, mayBeRecorded }) };
			case 'refuseUnreadable':
				return { as: 'refused', why: messages.recordUnreadable(reason) };
		}
	}

	/** The record is an extra: a store that has failed in this run does not hold up each call anew. A Retry depends on it. */
	private async claim(claim: Claim, key: DeduplicationKey | undefined): Promise<Claimed> {
		const { claims, ledger, isRetry } = this.guards;
		if (claim.request === undefined && !key) return { as: 'won' };
		if (claims.failed && !key && !isRetry) return claims.failed;
		const toRecord = ledger.toRecord;
		const claimed = await claims.claim(claim, toRecord);
		if (claimed.as !== 'unusable' && claimed.as !== 'canceled') ledger.recorded(toRecord);
		if (claims.wereUnlocked) this.request.hint(hints.unlocked);
		return claimed;
	}

	/** @returns `undefined` if the record cannot be read */
	private async isPlacedOnRecord(): Promise<boolean | undefined> {
		const { claims, lineage } = this.guards;
		if (lineage === undefined) return false;
		const { subject } = this.request.asked;
		return await claims
			.has(placedEntry(lineage, { subject, turn: this.turn }))
			.catch(() => undefined);
	}

	private sentElsewhere(redials: number, mayRedial: boolean): SentEntry {
		const { itemIndex, asked } = this.request;
		const { turn } = this;
		return this.guards.ledger.sentElsewhere(itemIndex, asked, { turn, redials }, mayRedial);
	}

	private async takeAsPlaced(): Promise<Outcome> {
		const { itemIndex, asked, standIn, hint } = this.request;
		const answer = repeatedly((await standIn?.()) ?? {});
		this.guards.ledger.placed(itemIndex, asked, this.turn, answer);
		hint(hints.placedEarlier);
		return { as: 'doneBefore', answer };
	}

	private refuse(wording: AtMostOnceWording, happened: string): Outcome {
		const why = mayAlreadyHave(wording, happened);
		return { as: 'refused', why: { ...why, isLeftUnknownEarlier: true } };
	}

	/** Works, and gives the claim back if LiveCall certainly did not act. */
	private async work(work: Work, claim?: Claim, key?: DeduplicationKey): Promise<Outcome> {
		try {
			return { as: 'done', answer: await work(async (send) => await this.send(send)) };
		} finally {
			const isUndone = this.progress === 'notSent' || this.progress === 'refused';
			const isClaimed = claim && (claim.request !== undefined || claim.keys.length > 0);
			if (isUndone && isClaimed && !(await this.guards.claims.giveBack(claim))) {
				this.request.hint(key ? hints.keyKept : hints.recordKept);
				// What runs this item again finds the key taken, though nobody was called for it.
				if (key) this.guards.ledger.setDoubtful(key.text, true);
			}
		}
	}

	private async send<T extends IDataObject>(
		send: (mayBeDone: boolean) => Promise<Reply<T>>,
	): Promise<Reply<T>> {
		const { itemIndex, asked, wording, isOffRecord } = this.request;
		const { ledger, lineage } = this.guards;
		const { turn, instead } = this;
		ledger.sent(itemIndex, asked, turn, instead);
		this.progress = 'sent';
		// What a Retry sends again on a person's word is told by itself: what the first one did stays in the ledger.
		const reply = await send(instead !== undefined && !wording);
		if (reply.ok) {
			ledger.placed(itemIndex, asked, turn, reply.value);
			if (lineage !== undefined && !isOffRecord)
				ledger.recordLater(placedEntry(lineage, { subject: asked.subject, turn }));
			this.progress = 'done';
		} else if (reply.error.certainty !== 'unknown') {
			ledger.refused(itemIndex, asked, turn, instead);
			this.progress = 'refused';
		}
		return reply;
	}
}

/** An answer that an agent, or whoever retries after a crash, is given again. */
function repeatedly(answer: IDataObject): IDataObject {
	return { ...answer, already_placed: true };
}
