import type { RepeatingClient } from '../../shared/api/client';
import { getFilter, type Filter } from '../../shared/api/endpoints';
import type { Reply } from '../../shared/api/outcome';
import { freeTimesAfter } from '../../shared/api/freeTimes';

/** For how long a target group's availability is taken as present, in ms. */
const FRESH_MS = 10_000;

/** Whether a time has begun since then that LiveCall named as available: what it said before no longer holds. */
function hasTurned(filter: Filter, since: number): boolean {
	const [next] = freeTimesAfter(filter, since);
	return next !== undefined && next.at <= Date.now();
}

/** The availability of target groups, asked for once a run while it is fresh. */
export class Availability {
	private readonly answers = new Map<string, { at: number; reply: Promise<Reply<Filter>> }>();

	/**
	 * The availability of a target group, as LiveCall has said it 10 s ago at the earliest.
	 * @param client asks LiveCall if no fresh answer is kept
	 */
	async of(filterId: string, client: RepeatingClient): Promise<Reply<Filter>> {
		const latest = this.answers.get(filterId);
		if (latest && Date.now() - latest.at < FRESH_MS) {
			const reply = await latest.reply;
			if (reply.ok && !hasTurned(reply.value, latest.at)) return reply;
		}
		const reply = client.send(getFilter(filterId));
		this.answers.set(filterId, { at: Date.now(), reply });
		return await reply;
	}
}
