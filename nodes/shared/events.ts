import type { IDataObject } from 'n8n-workflow';
import { hasEnded } from './call';

/** What the trigger has to know of an event. */
interface EventFacts {
	/** In workflows and in what the trigger puts out. */
	value: string;
	/** In the panel, and below the node. */
	name: string;
	description: string;
	/** The word with which payloads name it, in small letters; see {@link eventNamed}. */
	word: string;
	/** Whether the call is over with it: only then is there an outcome. */
	isEnd: boolean;
}

/** The events that LiveCall tells of (help centre, webhooks), in the order in which they happen to a call. */
export const EVENTS = [
	{
		value: 'call.created',
		name: 'Call Created',
		description: 'A call was asked for',
		word: 'created',
		isEnd: false,
	},
	{
		value: 'call.ended',
		name: 'Call Ended',
		description: 'A call is over',
		word: 'ended',
		isEnd: true,
	},
] as const satisfies readonly EventFacts[];

export type CallEvent = (typeof EVENTS)[number]['value'];

export const CALL_EVENTS: CallEvent[] = EVENTS.map(({ value }) => value);

/** Whether the call is over with an event. */
export function isEnd(event: CallEvent): boolean {
	return EVENTS.some(({ value, isEnd: endsCall }) => value === event && endsCall);
}

/**
 * The event that a text names: `call.ended`, `call_ended`, `CallEnded`, `Call ended`, `ended`, but not `suspended`.
 * LiveCall does not document how it names them.
 */
export function eventNamed(text: string): CallEvent | undefined {
	const names = (word: string) => new RegExp(`(?:^|call|[^a-z])${word}$`, 'i').test(text.trim());
	return EVENTS.find(({ word }) => names(word))?.value;
}

/** The event that the state of a call tells of, for a delivery that names none. */
export function eventOfState(call: IDataObject): CallEvent {
	return hasEnded(call) ? 'call.ended' : 'call.created';
}
