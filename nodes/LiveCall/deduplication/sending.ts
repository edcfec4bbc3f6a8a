import type { IDataObject } from 'n8n-workflow';
import type { Reply } from '../../shared/api/outcome';
import { hints } from '../../shared/errors/messages';
import type { Claim } from './claim';
import type { Claimed } from './claims';
import { keyEntries, type DeduplicationKey } from './keys';
import type { SentEntry } from './ledger';
import { placedEntry, sentEntry } from './record';
import type { AskingItem, Guards, Request, Work } from './request';

/** The steps of one request: it is claimed, sent, and written down in the ledger and on record. */
export class Sending {
	/** Which request for the subject it is, counted from 1. */
	readonly turn: number;
	/** How often a person has had it sent again. */
	readonly redials: number;
	/** The key to claim. */
	readonly key: DeduplicationKey | undefined;
	/** `undefined` if there is nothing to claim. */
	private readonly toClaim: Claim | undefined;
	/** Says on record that LiveCall has answered; `undefined` if the request is not on record. */
	private readonly placedEntry: string | undefined;
	private mayBeDone = false;

	/**
	 * @param instead the earlier request that this one is sent in place of. Its key is claimed already, and stays so whatever
	 *   becomes of this request: the earlier one may have been carried out
	 */
	constructor(
		private readonly guards: Guards,
		private readonly item: AskingItem,
		private readonly request: Request,
		private readonly instead?: SentEntry,
	) {
		const { lineage, ledger } = guards;
		const { asked, wording, key, isOffRecord = false } = request;
		const { subject } = asked;
		this.turn = instead?.turn ?? ledger.nextTurn(subject);
		this.redials = instead ? instead.redials + 1 : 0;
		this.key = instead || isOffRecord ? undefined : key;
		const keys = this.key ? keyEntries(this.key, subject, Date.now()) : [];
		// What may be done again is not on record.
		if (lineage !== undefined && wording && !isOffRecord) {
			this.placedEntry = placedEntry(lineage, subject, this.turn);
			this.toClaim = { request: sentEntry(lineage, subject, this.turn, this.redials), keys };
		} else if (this.key) this.toClaim = { keys };
	}

	/** Claims the request and its key in n8n's store. */
	async claim(): Promise<Claimed> {
		const { claims, ledger, isRetry } = this.guards;
		if (!this.toClaim) return { as: 'won' };
		// The record is an extra: a store that has failed in this run does not hold up each call anew. A Retry depends on it.
		if (claims.failed && !this.key && !isRetry) return claims.failed;
		const { toRecord } = ledger;
		const claimed = await claims.claim(this.toClaim, toRecord);
		if (claimed.as !== 'unusable' && claimed.as !== 'canceled') ledger.recorded(toRecord);
		if (claims.wereUnlocked) this.item.hint(hints.unlocked);
		if ('isKept' in claimed) this.staysClaimed();
		return claimed;
	}

	/**
	 * Whether it is on record that LiveCall has answered the request.
	 * @returns `undefined` if the record cannot be read
	 */
	async isPlacedOnRecord(): Promise<boolean | undefined> {
		if (this.placedEntry === undefined) return false;
		return await this.guards.claims.has(this.placedEntry).catch(() => undefined);
	}

	/**
	 * Notes that an execution of which there is no ledger may have sent the same.
	 * @param mayRedial whether this execution may send it again on a person's word
	 */
	sentElsewhere(mayRedial: boolean): SentEntry {
		return this.guards.ledger.sentElsewhere(this.item.index, this.request.asked, this, mayRedial);
	}

	/** Works without a claim. @throws what the work throws */
	async work(work: Work): Promise<IDataObject> {
		return await work(async (send) => await this.send(send));
	}

	/** Works, and gives the claim back if LiveCall certainly did not act. @throws what the work throws */
	async workWithClaim(work: Work): Promise<IDataObject> {
		const { claims } = this.guards;
		const { toClaim } = this;
		try {
			return await this.work(work);
		} finally {
			const isSettled = this.mayBeDone || !toClaim || (await claims.giveBack(toClaim));
			if (!isSettled) this.staysClaimed();
		}
	}

	/** What the store may keep of a claim although nothing was sent: the key, or else the request. Empty if nothing is claimed. */
	get doubt(): string {
		return this.key?.text ?? this.toClaim?.request ?? '';
	}

	/** Says that the store keeps what was claimed: whoever runs this item again finds it there, though nobody was called. */
	staysClaimed(): void {
		this.item.hint(this.key ? hints.keyKept : hints.recordKept);
		this.guards.ledger.setDoubtful(this.doubt, true);
	}

	private async send<T extends IDataObject>(
		send: (mayBeDone: boolean) => Promise<Reply<T>>,
	): Promise<Reply<T>> {
		const { guards, item, request, turn, instead } = this;
		const { ledger } = guards;
		const { asked, wording } = request;
		ledger.sent(item.index, asked, turn, instead);
		this.mayBeDone = true;
		// What a Retry sends again on a person's word is judged by itself: what the first one did stays in the ledger.
		const reply = await send(instead !== undefined && !wording);
		if (reply.ok) {
			ledger.placed(item.index, asked, turn, reply.value);
			if (this.placedEntry !== undefined) ledger.recordLater(this.placedEntry);
		} else if (reply.error.certainty !== 'unknown') {
			ledger.refused(item.index, asked, turn, instead);
			this.mayBeDone = false;
		}
		return reply;
	}
}
