import { toFilterTime } from './time';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const DAYS_AHEAD = 7;
const MOST_TIMES = 24;

/** A daily stretch of working hours in UTC, as minutes since midnight; an end before the start is the next day's. */
interface WorkingHours {
	fromMinute: number;
	toMinute: number;
}

/** A target group as the sandbox's page shows it. Neither name nor hours are in the API. */
interface FilterDetails {
	id: number;
	status: 'available' | 'unavailable';
	/** Times as `2017-04-03T11:00:00Z`, soonest first. */
	available_call_times: string[];
	name: string;
	hours: WorkingHours[];
	/** How many minutes lie between two of its times. */
	everyMinutes: number;
}

/** What a test may pin, whatever the working hours say. */
type PinnedAvailability = Partial<Pick<FilterDetails, 'status' | 'available_call_times'>>;

type StoredFilter = Omit<FilterDetails, keyof PinnedAvailability> & { pinned: PinnedAvailability };

/** Target groups, whose availability follows from their working hours and the sandbox's clock. */
export class FilterBook {
	private readonly filters = new Map<number, StoredFilter>();

	private nextId = 4;

	/** Takes whether to begin with the example groups, the clock (ms), and what to call after a change. */
	constructor(
		private readonly seeded: boolean,
		private readonly now: () => number,
		private readonly changed: () => void,
	) {
		this.reset();
	}

	/** Gives all target groups, with name and hours. */
	all(): FilterDetails[] {
		return [...this.filters.values()].map((filter) => this.describe(filter));
	}

	/** Gives one target group, with name and hours, or undefined. */
	get(id: number): FilterDetails | undefined {
		const filter = this.filters.get(id);
		return filter && this.describe(filter);
	}

	/** Adds a target group. Without hours it is never available, unless pinned so. */
	add(filter: Partial<FilterDetails> = {}): FilterDetails {
		const { id = this.nextId, name = `Target group ${id}`, hours = [] } = filter;
		const { everyMinutes = 60, status, available_call_times } = filter;
		this.nextId = Math.max(this.nextId, id + 1);
		const pinned = { status, available_call_times };
		const stored = { id, name, hours, everyMinutes, pinned };
		this.filters.set(id, stored);
		this.changed();
		return this.describe(stored);
	}

	/** Pins status or times, or both; `set(id, {})` goes back to the working hours. Throws for an unknown id. */
	set(id: number, pinned: PinnedAvailability): FilterDetails {
		const filter = this.filters.get(id);
		if (!filter) throw new Error(`The sandbox has no filter ${id}`);
		filter.pinned = { ...pinned };
		this.changed();
		return this.describe(filter);
	}

	/** Goes back to the example groups, or to none. */
	reset(): void {
		this.filters.clear();
		if (this.seeded) {
			const opening = (new Date(this.now()).getUTCHours() + 3) % 24;
			this.add({ id: 1, name: 'Sales', hours: [{ fromMinute: 0, toMinute: 24 * 60 }] });
			// Opens three hours from now, whenever now is: its customers have to be called later.
			this.add({
				id: 2,
				name: 'Support',
				hours: [{ fromMinute: opening * 60, toMinute: ((opening + 8) % 24) * 60 }],
			});
			this.add({ id: 3, name: 'Closed', hours: [] });
			// Has a time soon, whenever a list is worked through, and several in an hour.
			this.add({
				id: 4,
				name: 'Call list',
				hours: [{ fromMinute: 0, toMinute: 24 * 60 }],
				everyMinutes: 5,
			});
		}
		this.changed();
	}

	private describe(filter: StoredFilter): FilterDetails {
		const now = this.now();
		const stretches = stretchesAround(now, filter.hours);
		const open = stretches.some(({ start, end }) => start <= now && now < end);
		return {
			id: filter.id,
			status: filter.pinned.status ?? (open ? 'available' : 'unavailable'),
			available_call_times:
				filter.pinned.available_call_times ?? timesAfter(now, stretches, filter.everyMinutes),
			name: filter.name,
			hours: filter.hours.map((hours) => ({ ...hours })),
			everyMinutes: filter.everyMinutes,
		};
	}
}

interface Stretch {
	start: number;
	end: number;
}

function stretchesAround(now: number, hours: WorkingHours[]): Stretch[] {
	const today = Math.floor(now / DAY) * DAY;
	const stretches: Stretch[] = [];
	// From yesterday, whose late shift may reach into today.
	for (let day = -1; day < DAYS_AHEAD; day++) {
		for (const { fromMinute, toMinute } of hours) {
			const start = today + day * DAY + fromMinute * MINUTE;
			const length =
				toMinute > fromMinute ? toMinute - fromMinute : toMinute - fromMinute + 24 * 60;
			stretches.push({ start, end: start + length * MINUTE });
		}
	}
	return stretches;
}

function timesAfter(now: number, stretches: Stretch[], everyMinutes: number): string[] {
	const times = new Set<number>();
	for (const { start, end } of stretches) {
		for (let time = start; time < end; time += everyMinutes * MINUTE) {
			if (time > now) times.add(time);
		}
	}
	return [...times]
		.sort((a, b) => a - b)
		.slice(0, MOST_TIMES)
		.map(toFilterTime);
}
