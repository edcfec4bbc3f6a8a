import type { IDataObject } from 'n8n-workflow';
import type { Reply } from '../../shared/api/outcome';
import type { Explanation } from '../../shared/errors/messages';
import type { AtMostOnceWording } from '../../shared/errors/topics';
import type { Result } from '../../shared/result';
import type { Claims } from './claims';
import type { DeduplicationKey } from './keys';
import type { Asked, Ledger } from './ledger';

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

/** The item that asks. */
export interface AskingItem {
	/** Its place in the input, counted from 0. */
	readonly index: number;
	/** Says something to whoever looks at the output. */
	hint(text: string): void;
	/** The error with which the item ends. */
	wrong(why: Explanation): Error;
}

/** A request that LiveCall must not act on twice. */
export interface Request {
	/** What tells the request from others of this item. */
	asked: Asked;
	/** What LiveCall does, in words; left out if doing it again does no harm: what is unknown is then sent again. */
	wording?: AtMostOnceWording;
	/** The item's deduplication key, if it has one. */
	key?: DeduplicationKey;
	/** Whether a person wants a request of unknown outcome sent again; it counts in a Retry, after the person could look. */
	redialUnknown?: boolean;
	/** Whether n8n's store is left alone: for a call that rings nobody but the person who tries the workflow. */
	isOffRecord?: boolean;
	/** Whether an agent that asks again gets another call. */
	allowsRepeats?: boolean;
	/** Whether what is unknown of another item with the same subject holds for this one. */
	isForAllItems?: boolean;
	/** Finds out whether LiveCall has done it; the answer counts more than what is unknown here. */
	find?: () => Promise<Result<IDataObject | undefined, Error>>;
	/** What comes out for a request that was placed, by an execution whose ledger is lost. */
	standIn?: () => Promise<IDataObject>;
}

/** Sends the request; the only way to do it, and only the work of {@link atMostOnce} is given it. */
type SendOnce = <T extends IDataObject>(
	send: (mayBeDone: boolean) => Promise<Reply<T>>,
) => Promise<Reply<T>>;

/** Decides what to ask for, and sends it. */
export type Work = (send: SendOnce) => Promise<IDataObject>;
