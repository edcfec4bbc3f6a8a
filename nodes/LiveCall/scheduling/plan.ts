import { DateTime } from 'luxon';
import type { Filter } from '../../shared/api/endpoints';
import { earliestWithin, isWithin, type CallingHours } from './callingHours';
import { freeTimesAfter, isAvailableAt } from '../../shared/api/freeTimes';

export const WHEN_UNAVAILABLE = ['place', 'schedule', 'skip', 'fail'] as const;
export const OUTSIDE_HOURS = ['schedule', 'skip', 'fail'] as const;

/** When a call is to take place and who is to take it, as a person wants it. */
export interface CallPreferences {
	/** The target group, then those that are asked while nobody of it can be reached, in this order. */
	filterIds: [string, ...string[]];
	/** ISO 8601 with an offset; `undefined` for at once. */
	scheduledFor: string | undefined;
	/** What to do while nobody can be reached. */
	whenUnavailable: (typeof WHEN_UNAVAILABLE)[number];
	/** When the customer may be rung; `undefined` for at any time. */
	callingHours: CallingHours | undefined;
	/** What to do where the call would ring outside of them. */
	outsideHours: (typeof OUTSIDE_HOURS)[number];
}

/** What follows from the preferences: the call to place, or why there is none. */
export type Plan =
	| { filterId: string; /** ISO 8601 with an offset; `undefined` for at once. */ at?: string }
	| { none: 'nobodyReachable'; filter: Filter; at: number }
	| { none: 'outsideHours'; at: number }
	| { none: 'noTimeToCome' };

/** A moment in ms since 1970, and the text in which LiveCall is told of it, unless it is now. */
interface Moment {
	at: number;
	text?: string;
}

/**
 * Settles when a call takes place and which target group gets it. What counts is the moment at which it would ring:
 * that moment has to lie in the calling hours, and at that moment somebody has to be there.
 * @param now in ms since 1970
 * @param ask gives a target group as it is at present; only called where that matters
 * @throws what `ask` throws
 */
export async function planCall(
	preferences: CallPreferences,
	now: number,
	ask: (filterId: string) => Promise<Filter>,
): Promise<Plan> {
	const { filterIds, scheduledFor, whenUnavailable, callingHours } = preferences;
	const wanted: Moment = scheduledFor
		? { at: Date.parse(scheduledFor), text: scheduledFor }
		: { at: now };
	const moment = movedIntoHours(preferences, wanted);
	// The hours move the call anyway, so it goes to the first free time in them.
	if (whenUnavailable === 'schedule' && moment !== wanted)
		return await earliestFreeTime(preferences, wanted.at, ask);

	// "Schedule" does not move a time that the person chose: the call is placed for it, whoever is there then.
	const ifNobody =
		whenUnavailable === 'schedule' && scheduledFor !== undefined ? 'place' : whenUnavailable;
	// Nobody need be asked about a moment that is not allowed.
	if (ifNobody !== 'schedule' && !isAllowed(callingHours, moment.at))
		return { none: 'outsideHours', at: moment.at };

	// Also where the call is placed anyway: the first group that is available gets it.
	if (ifNobody !== 'place' || filterIds.length > 1) {
		for (const filterId of filterIds) {
			if (isAvailableAt(await ask(filterId), moment.at, now))
				return callAt(preferences, filterId, moment);
		}
	}
	if (ifNobody === 'place') return callAt(preferences, filterIds[0], moment);
	if (ifNobody === 'schedule') return await earliestFreeTime(preferences, now, ask);
	return { none: 'nobodyReachable', filter: await ask(filterIds[0]), at: moment.at };
}

function isAllowed(callingHours: CallingHours | undefined, at: number): boolean {
	return callingHours === undefined || isWithin(callingHours, at);
}

/** The moment itself where it lies in the hours, or is not to be moved. */
function movedIntoHours({ callingHours, outsideHours }: CallPreferences, moment: Moment): Moment {
	if (callingHours === undefined || outsideHours !== 'schedule') return moment;
	const at = earliestWithin(callingHours, moment.at);
	if (at === moment.at) return moment;
	const inZone = DateTime.fromMillis(at, { zone: callingHours.zone });
	return { at, text: inZone.toISO({ suppressMilliseconds: true }) ?? new Date(at).toISOString() };
}

function callAt({ callingHours }: CallPreferences, filterId: string, { at, text }: Moment): Plan {
	return isAllowed(callingHours, at) ? { filterId, at: text } : { none: 'outsideHours', at };
}

/** The first free time of any of the target groups; where the call may be moved, one that lies in the hours. */
async function earliestFreeTime(
	preferences: CallPreferences,
	after: number,
	ask: (filterId: string) => Promise<Filter>,
): Promise<Plan> {
	const { callingHours, outsideHours } = preferences;
	let earliest: { filterId: string; moment: Moment & { text: string } } | undefined;
	for (const filterId of preferences.filterIds) {
		const moment = freeTimesAfter(await ask(filterId), after).find(
			({ at }) => outsideHours !== 'schedule' || isAllowed(callingHours, at),
		);
		if (moment && (!earliest || moment.at < earliest.moment.at)) earliest = { filterId, moment };
	}
	return earliest
		? callAt(preferences, earliest.filterId, earliest.moment)
		: { none: 'noTimeToCome' };
}
