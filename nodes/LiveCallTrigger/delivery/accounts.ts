import { createHash } from 'crypto';
import type { IWebhookFunctions } from 'n8n-workflow';
import type { Resource } from '../../shared/api/answers';
import type { ApiAccess } from '../../shared/credential';
import type { Result } from '../../shared/result';
import { InFlight } from '../../shared/throttling/inFlight';
import { Limiter } from '../../shared/throttling/limiter';
import { Cache } from './cache';
import type { Rejection } from './rejections';

/** How long LiveCall may take to confirm a call, all requests together, in ms. */
export const VERIFY_WITHIN_MS = 8_000;

/** How many calls LiveCall is asked about at once. */
const MOST_AT_ONCE = 10;

/** An id that was turned away is not asked for during this many ms; its next event may be a real one. */
const TURNED_AWAY_FOR_MS = 5_000;

/** What LiveCall says of the call that a delivery names, or how the delivery is turned away. */
export type Verification = Result<Resource, Rejection>;

/** What all deliveries that use a credential share. */
export interface Account {
	api: ApiAccess;
	limiter: Limiter;
	/** The ids that LiveCall, or whoever answered in its place, did not know a moment ago. */
	turnedAway: Cache<Rejection>;
	/** Deliveries of the same call that come together share one question. */
	questions: InFlight<Verification>;
}

/** Shared by all executions of this n8n process. */
const accounts = new Cache<Account>(1_000);

/**
 * What is shared by all deliveries to trigger nodes with the same credential.
 * @param api what the credential gives: with other content it may be another account's
 */
export function accountOf(functions: IWebhookFunctions, api: ApiAccess): Account {
	const id = functions.getNode().credentials?.liveCallApi?.id ?? '';
	const content = createHash('sha256').update(JSON.stringify(api.credential)).digest('base64');
	return accounts.getOrMake(`${id} ${content}`, () => ({
		api,
		limiter: new Limiter(MOST_AT_ONCE, VERIFY_WITHIN_MS),
		turnedAway: new Cache<Rejection>(1_000, TURNED_AWAY_FOR_MS),
		questions: new InFlight<Verification>(),
	}));
}
