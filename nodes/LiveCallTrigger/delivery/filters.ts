import type { IDataObject } from 'n8n-workflow';
import { hasEnded } from '../../shared/call';
import { turnedAway, type TurnedAway } from './answers';
import type { CallEvent } from './payload';

export type OutcomeFilter = 'any' | 'successful' | 'unsuccessful';

/** What a delivery must match to start the workflow. */
export interface Filters {
	events: string[];
	/** Only these target groups; empty for all. */
	filterIds: string[];
	outcome: OutcomeFilter;
}

/**
 * Why a delivery does not start the workflow.
 * @returns how it is answered, or `undefined` when it does
 */
export function mismatch(
	event: CallEvent,
	call: IDataObject,
	{ events, filterIds, outcome }: Filters,
): TurnedAway | undefined {
	if (!events.includes(event)) return turnedAway.otherEvent;
	if (filterIds.length > 0 && !filterIds.includes(String(call.filter_id ?? ''))) {
		return turnedAway.otherFilter;
	}
	return outcome === 'any' || outcomeOf(call) === outcome ? undefined : turnedAway.otherOutcome;
}

/** `successful` is the only outcome that LiveCall documents: any other one of an ended call is not. */
function outcomeOf(call: IDataObject): OutcomeFilter | undefined {
	if (!hasEnded(call)) return undefined;
	return call.outcome === 'successful' ? 'successful' : 'unsuccessful';
}
