import type { IDataObject } from 'n8n-workflow';
import { hasEnded } from '../../shared/call';
import { rejections, type Rejection } from './rejections';
import type { CallEvent } from './payload';

/** What a delivery must match to start the workflow. */
export interface Filters {
	events: CallEvent[];
	/** Only these target groups; `undefined` for all. */
	filterIds: string[] | undefined;
	outcome: 'any' | 'successful' | 'unsuccessful';
}

/** What is believed of a delivery. */
export interface Believed {
	/** Whether the call is as LiveCall told it, and not as the delivery says. */
	verified: boolean;
	call: IDataObject;
	/** The event that the delivery names. */
	named: CallEvent | undefined;
}

/**
 * The event that starts the workflow: the one that is named, else what the state of the call says. Without
 * verification there may be neither: then it is the one that the trigger listens to.
 */
export function eventOf({ verified, call, named }: Believed, { events }: Filters): CallEvent {
	if (named) return named;
	if (hasEnded(call)) return 'call.ended';
	const saysMore = verified || 'status' in call || 'ended_at' in call;
	return saysMore ? 'call.created' : (events[0] ?? 'call.created');
}

/**
 * Why a delivery does not start the workflow. Without verification a filter lets pass what says nothing about it.
 * @returns how it is answered, or `undefined` when it does
 */
export function mismatch(
	believed: Believed,
	event: CallEvent,
	{ events, filterIds, outcome }: Filters,
): Rejection | undefined {
	const { verified, call } = believed;
	if (!events.includes(event)) return rejections.otherEvent;
	const filterId = asText(call.filter_id);
	if (filterIds && !(filterId === '' && !verified) && !filterIds.includes(filterId)) {
		return rejections.otherFilter;
	}
	if (outcome === 'any') return undefined;
	// A named end cannot be judged by its outcome before LiveCall says that the call has ended.
	if (verified && event === 'call.ended' && !hasEnded(call)) return rejections.notEnded;
	return outcomeOf(believed, event, outcome) === outcome ? undefined : rejections.otherOutcome;
}

/**
 * How a call ended. `successful` is the only outcome that LiveCall documents: any other one of an ended call is not.
 * @param wanted what is taken for it where an unverified delivery does not say it
 * @returns `undefined` when the call has not ended
 */
function outcomeOf(
	{ verified, call }: Believed,
	event: CallEvent,
	wanted: Filters['outcome'],
): Filters['outcome'] | undefined {
	const isOver = verified ? hasEnded(call) : event === 'call.ended' || hasEnded(call);
	if (!isOver) return undefined;
	const outcome = asText(call.outcome);
	if (!verified && outcome === '') return wanted;
	return outcome === 'successful' ? 'successful' : 'unsuccessful';
}

function asText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
