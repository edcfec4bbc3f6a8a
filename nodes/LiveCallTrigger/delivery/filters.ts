import type { IDataObject } from 'n8n-workflow';
import { hasEnded, outcomeOf } from '../../shared/call';
import { CALL_EVENTS, eventOfState, isEnd, type CallEvent } from '../../shared/events';
import { isWord } from '../../shared/words';
import { rejections, type Rejection } from './rejections';

/** By how a call ended, it starts the workflow or not. */
export const OUTCOMES = ['any', 'successful', 'unsuccessful'] as const;

/** What a delivery must match to start the workflow. */
export interface Filters {
	events: CallEvent[];
	/** Only these target groups; none for all. */
	filterIds: string[];
	outcome: (typeof OUTCOMES)[number];
}

/** What is believed of a delivery. */
export interface Believed {
	/** Whether the call is as LiveCall told it, and not as the delivery says. */
	verified: boolean;
	call: IDataObject;
}

/**
 * The event that starts the workflow: the one that is named, else what the call says. Without verification it may say
 * nothing: then it is the first event that the trigger listens to and its outcome filter lets pass.
 * @param named the event that the delivery names
 */
export function eventOf(
	{ verified, call }: Believed,
	named: CallEvent | undefined,
	{ events, outcome }: Filters,
): CallEvent {
	if (named) return named;
	if (verified || 'status' in call || 'ended_at' in call) return eventOfState(call);
	// Only a call that has ended has an outcome.
	const mustBeEnd = outcome !== 'any' || outcomeOf(call) !== '';
	const mayBe = CALL_EVENTS.filter((event) => isEnd(event) || !mustBeEnd);
	return mayBe.find((event) => events.includes(event)) ?? 'call.ended';
}

/**
 * Why a delivery does not start the workflow. Without verification a filter lets pass what says nothing about it.
 * @returns how it is answered, or `undefined` when it does
 */
export function mismatch(
	{ verified, call }: Believed,
	event: CallEvent,
	{ events, filterIds, outcome }: Filters,
): Rejection | undefined {
	if (!events.includes(event)) return rejections.otherEvent;
	const filterId = asText(call.filter_id);
	const isSilent = filterId === '' && !verified;
	if (filterIds.length > 0 && !isSilent && !filterIds.includes(filterId)) {
		return rejections.otherFilter;
	}
	if (outcome === 'any') return undefined;
	if (!isEnd(event)) return rejections.otherOutcome;
	// An end is not judged by its outcome before LiveCall says both.
	if (verified && !hasEnded(call)) return rejections.notEnded;
	if (outcomeOf(call) === '') return verified ? rejections.noOutcome : undefined;
	// `successful` is the only outcome that LiveCall documents (help centre, calls): any other one is not.
	const isSuccessful = isWord(outcomeOf(call), 'successful');
	return isSuccessful === (outcome === 'successful') ? undefined : rejections.otherOutcome;
}

function asText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
