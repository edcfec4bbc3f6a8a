import type { IDataObject } from 'n8n-workflow';
import type { LiveCallClient } from '../../shared/api/client';
import { getFilter, type Filter } from '../../shared/api/endpoints';
import type { Reply } from '../../shared/api/outcome';

/** For how long a target group's availability is taken as present, in ms. */
const FRESH_MS = 10_000;

/** The earliest time to come at which a target group can be reached, as LiveCall wrote it, with an offset. */
export function nextAvailableTime(filter: Filter, now: number): string | null {
	const ahead = filter.available_call_times
		.map(withOffset)
		.filter((time) => Date.parse(time) > now)
		.sort((one, other) => Date.parse(one) - Date.parse(other));
	return ahead[0] ?? null;
}

/** LiveCall gives these times in UTC (LiveCall's help centre, filters): one without an offset is taken as such. */
function withOffset(time: string): string {
	return /(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(time) ? time : `${time}Z`;
}

/** `available` is one of the two statuses that LiveCall documents (LiveCall's help centre, filters). */
export function isAvailable(filter: Filter): boolean {
	return filter.status === 'available';
}

/** A target group with what most workflows want to know of it. */
export function withAvailability(filter: Filter, now: number): IDataObject {
	return {
		...filter,
		is_available: isAvailable(filter),
		next_available_call_time: nextAvailableTime(filter, now),
	};
}

/** Whether a time has begun since then that LiveCall named as available: what it said before no longer holds. */
function hasTurned(filter: Filter, since: number): boolean {
	const next = nextAvailableTime(filter, since);
	return next !== null && Date.parse(next) <= Date.now();
}

/** The availability of target groups, asked for once a run while it is fresh. */
export class Availability {
	private readonly asked = new Map<string, { at: number; reply: Promise<Reply<Filter>> }>();

	async of(filterId: string, client: LiveCallClient): Promise<Reply<Filter>> {
		const known = this.asked.get(filterId);
		if (known && Date.now() - known.at < FRESH_MS) {
			const reply = await known.reply;
			if (reply.ok && !hasTurned(reply.value, known.at)) return reply;
		}
		const reply = client.send(getFilter(filterId));
		this.asked.set(filterId, { at: Date.now(), reply });
		return await reply;
	}
}
