import type { IDataObject } from 'n8n-workflow';
import type { Reply } from '../../shared/api/outcome';
import { hints } from '../../shared/errors/messages';
import type { Claim } from './claim';
import type { Claimed } from './claims';
import { keyEntries, type DeduplicationKey } from './keys';
import type { SentEntry } from './ledger';
import { placedEntry, sentEntry } from './record';
import type { Guards, Outcome, Request, Work } from './request';

/** The steps of one request: it is claimed, sent, and written down in the ledger and on record. */
export class Sending {
	/** Which request for the subject it is, counted from 1. */
	readonly turn: number;
	/** How often a person has had it sent again. */
	readonly redials: number;
	/** The key to claim. */
	readonly key: DeduplicationKey | undefined;
	private readonly toClaim: Claim;
	private progress: 'notSent' | 'sent' | 'refused' | 'done' = 'notSent';

	/**
	 * @param instead the earlier request that this one is sent in place of. Its key is claimed already, and stays so whatever
	 *   becomes of this request: the earlier one may have been carried out
	 */
	constructor(
		private readonly guards: Guards,
		private readonly request: Request,
		private readonly instead?: SentEntry,
	) {
		const { lineage, ledger } = guards;
		const { subject } = request.asked;
		const { isOffRecord = false } = request;
		this.turn = instead?.turn ?? ledger.nextTurn(subject);
		this.redials = instead ? instead.redials + 1 : 0;
		this.key = instead || isOffRecord ? undefined : request.key;
		this.toClaim = {
			request:
				lineage === undefined || isOffRecord
					? undefined
					: sentEntry(lineage, { subject, turn: this.turn }, this.redials),
			keys: this.key ? keyEntries(this.key, subject, Date.now()) : [],
		};
	}

	/** Claims the request and its key in n8n's store. */
	async claim(): Promise<Claimed> {
		const { claims, ledger, isRetry } = this.guards;
		if (this.claimsNothing) return { as: 'won' };
		// The record is an extra: a store that has failed in this run does not hold up each call anew. A Retry depends on it.
		if (claims.failed && !this.key && !isRetry) return claims.failed;
		const { toRecord } = ledger;
		const claimed = await claims.claim(this.toClaim, toRecord);
		if (claimed.as !== 'unusable' && claimed.as !== 'canceled') ledger.recorded(toRecord);
		if (claims.wereUnlocked) this.request.hint(hints.unlocked);
		return claimed;
	}

	/**
	 * Whether it is on record that LiveCall has answered the request.
	 * @returns `undefined` if the record cannot be read
	 */
	async isPlacedOnRecord(): Promise<boolean | undefined> {
		const { claims, lineage } = this.guards;
		if (lineage === undefined) return false;
		return await claims.has(this.placedEntry(lineage)).catch(() => undefined);
	}

	/** Works without a claim. @throws what the work throws */
	async work(work: Work): Promise<Outcome> {
		return { as: 'done', answer: await work(async (send) => await this.send(send)) };
	}

	/** Works, and gives the claim back if LiveCall certainly did not act. @throws what the work throws */
	async workWithClaim(work: Work): Promise<Outcome> {
		const { claims, ledger } = this.guards;
		const { key } = this;
		try {
			return await this.work(work);
		} finally {
			const mayBeDone = this.progress === 'sent' || this.progress === 'done';
			const isFree = mayBeDone || this.claimsNothing || (await claims.giveBack(this.toClaim));
			if (!isFree) this.request.hint(key ? hints.keyKept : hints.recordKept);
			// What runs this item again finds the key taken, though nobody was called for it.
			if (!isFree && key) ledger.setDoubtful(key.text, true);
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
		// What a Retry sends again on a person's word is judged by itself: what the first one did stays in the ledger.
		const reply = await send(instead !== undefined && !wording);
		if (reply.ok) {
			ledger.placed(itemIndex, asked, turn, reply.value);
			// What may be done again is not on record.
			const isOnRecord = lineage !== undefined && wording !== undefined && !isOffRecord;
			if (isOnRecord) ledger.recordLater(this.placedEntry(lineage));
			this.progress = 'done';
		} else if (reply.error.certainty !== 'unknown') {
			ledger.refused(itemIndex, asked, turn, instead);
			this.progress = 'refused';
		}
		return reply;
	}

	private placedEntry(lineage: string): string {
		return placedEntry(lineage, { subject: this.request.asked.subject, turn: this.turn });
	}

	private get claimsNothing(): boolean {
		return this.toClaim.request === undefined && this.toClaim.keys.length === 0;
	}
}
