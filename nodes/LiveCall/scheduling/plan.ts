import { DateTime } from 'luxon';
import type { Filter } from '../../shared/api/endpoints';
import { freeTimesAfter, isAvailableAt, type FreeTime } from '../../shared/api/freeTimes';
import {
	earliestWithin,
	endOfSpread,
	isWithin,
	onlyZoneOf,
	type CallingHours,
} from './callingHours';

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
	/** What to do if the call would ring outside of them. */
	outsideHours: (typeof OUTSIDE_HOURS)[number];
}

/** What follows from the preferences: the call to place, or why there is none. */
export type Plan =
	| { filterId: string; /** ISO 8601 with an offset; `undefined` for at once. */ at?: string }
	| { none: 'nobodyReachable'; filter: Filter; at: number }
	| { none: 'outsideHours'; at: number }
	| { none: 'noTimeToCome' }
	/** From this moment on, the hours hold at none. */
	| { none: 'noHoursToCome'; at: number };

/** Gives a target group as it is at present. */
type Ask = (filterId: string) => Promise<Filter>;

/** A moment in ms since 1970, and the text in which LiveCall is told of it, unless it is now. */
interface Moment {
	at: number;
	text?: string;
}

/**
 * Decides when a call takes place and which target group gets it. What counts is the moment at which it would ring:
 * that moment has to lie in the calling hours, and at that moment somebody has to be there. A call that is moved into
 * the hours is judged at their opening, and may ring a little later.
 * @param now in ms since 1970
 * @param ask only called if it matters who can be reached
 * @param random gives numbers from 0 to less than 1, for calls that are spread
 * @throws what `ask` throws
 */
export async function planCall(
	preferences: CallPreferences,
	now: number,
	ask: Ask,
	random: () => number = Math.random,
): Promise<Plan> {
	const { filterIds, scheduledFor, whenUnavailable, callingHours, outsideHours } = preferences;
	const wanted: Moment = scheduledFor
		? { at: Date.parse(scheduledFor), text: scheduledFor }
		: { at: now };
	const opening = callingHours ? earliestWithin(callingHours, wanted.at) : wanted.at;
	if (opening === undefined) return { none: 'noHoursToCome', at: wanted.at };
	const isOutside = opening !== wanted.at;
	const isMoved = isOutside && outsideHours === 'schedule';
	const spreadUntil = isMoved && callingHours ? endOfSpread(callingHours, opening) : opening;
	// The hours move the call anyway, so it goes to the first free time in them.
	if (whenUnavailable === 'schedule' && isMoved)
		return await freeTime(preferences, ask, random, { after: wanted.at, spreadUntil });

	// "Schedule" does not move a time that the person chose: the call is placed for it, whoever is there then.
	const ifNobody =
		whenUnavailable === 'schedule' && scheduledFor !== undefined ? 'place' : whenUnavailable;
	// Nobody need be asked about a moment that is not allowed.
	if (ifNobody !== 'schedule' && isOutside && !isMoved)
		return { none: 'outsideHours', at: wanted.at };

	const judgedAt = isMoved ? opening : wanted.at;
	const moment = isMoved
		? momentOf(opening + wholeSeconds(random() * (spreadUntil - opening)), callingHours)
		: wanted;
	// Also if the call is placed anyway: the first group that is available gets it.
	if (ifNobody !== 'place' || filterIds.length > 1) {
		for (const filterId of filterIds) {
			if (isAvailableAt(await ask(filterId), judgedAt, now))
				return callAt(preferences, filterId, moment);
		}
	}
	if (ifNobody === 'place') return callAt(preferences, filterIds[0], moment);
	if (ifNobody === 'schedule')
		return await freeTime(preferences, ask, random, { after: now, spreadUntil: now });
	return { none: 'nobodyReachable', filter: await ask(filterIds[0]), at: judgedAt };
}

function isAllowed(callingHours: CallingHours | undefined, at: number): boolean {
	return callingHours === undefined || isWithin(callingHours, at);
}

/** A moment that the hours have chosen, by the customer's clock if there is only one. */
function momentOf(at: number, callingHours: CallingHours | undefined): Moment {
	const zone = onlyZoneOf(callingHours) ?? 'UTC';
	const time = DateTime.fromMillis(at, { zone });
	return { at, text: time.toISO({ suppressMilliseconds: true }) ?? new Date(at).toISOString() };
}

/** @param ms in ms */
function wholeSeconds(ms: number): number {
	return Math.floor(ms / 1000) * 1000;
}

function callAt({ callingHours }: CallPreferences, filterId: string, { at, text }: Moment): Plan {
	return isAllowed(callingHours, at) ? { filterId, at: text } : { none: 'outsideHours', at };
}

/**
 * The first free time of any of the target groups; if the call may be moved, one that lies in the hours.
 * @param spreadUntil of the free times from that one to this moment, one is taken at random
 */
async function freeTime(
	preferences: CallPreferences,
	ask: Ask,
	random: () => number,
	{ after, spreadUntil }: { after: number; spreadUntil: number },
): Promise<Plan> {
	const { filterIds, callingHours, outsideHours } = preferences;
	const groupsTimes = new Map<number, FreeTime & { filterId: string }>();
	for (const filterId of filterIds) {
		for (const time of freeTimesAfter(await ask(filterId), after)) {
			// Of two groups that are free at the same time, the first gets the call.
			if (!groupsTimes.has(time.at)) groupsTimes.set(time.at, { ...time, filterId });
		}
	}
	const times = [...groupsTimes.values()].sort((one, other) => one.at - other.at);
	const first = times.find(({ at }) => outsideHours !== 'schedule' || isAllowed(callingHours, at));
	if (!first) return { none: 'noTimeToCome' };
	const choices = times.filter(({ at }) => first.at <= at && at < spreadUntil);
	const chosen = choices[Math.floor(random() * choices.length)] ?? first;
	return callAt(preferences, chosen.filterId, chosen);
}
