import fc from 'fast-check';
import {
	dayOf,
	earliestWithin,
	endOfSpread,
	isWithin,
	type CallingHours,
} from '../../nodes/LiveCall/scheduling/callingHours';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WORKDAYS = [1, 2, 3, 4, 5];

const at = (iso: string): number => Date.parse(iso);

/** `21:00` */
const clock = (time: string): number => {
	const [hours, minutes] = time.split(':').map(Number);
	return hours * 60 + minutes;
};

function hours(from: string, to: string, zone: string, days = [1, 2, 3, 4, 5, 6, 7]): CallingHours {
	return { from: clock(from), to: clock(to), days, zones: [zone], notOn: [], spread: 0 };
}

/** The same hours, but not on these dates. */
function except(calling: CallingHours, ...dates: string[]): CallingHours {
	return { ...calling, notOn: dates.map(dayOf) };
}

/** The same hours, in further zones, too. */
function also(calling: CallingHours, ...zones: string[]): CallingHours {
	return { ...calling, zones: [...calling.zones, ...zones] };
}

/** When the next call is allowed, as the customer would say it in UTC. */
const next = (calling: CallingHours, notBefore: string): string =>
	shown(earliestWithin(calling, at(notBefore)));

const shown = (moment: number | undefined): string =>
	moment === undefined ? 'never' : new Date(moment).toISOString().replace('.000', '');

describe('calling hours', () => {
	it.each([
		['at once within them', '2026-11-26T10:00:00Z', '2026-11-26T10:00:00Z'],
		['at once as they begin', '2026-11-26T07:00:00Z', '2026-11-26T07:00:00Z'],
		['in the morning before them', '2026-11-26T03:12:34Z', '2026-11-26T07:00:00Z'],
		['no longer as they end', '2026-11-26T20:00:00Z', '2026-11-27T07:00:00Z'],
		['up to the last moment', '2026-11-26T19:59:59Z', '2026-11-26T19:59:59Z'],
		['after the weekend', '2026-11-27T20:00:00Z', '2026-11-30T07:00:00Z'],
	])('allow a call %s', (_, notBefore, expected) => {
		expect(next(hours('08:00', '21:00', 'Europe/Berlin', WORKDAYS), notBefore)).toBe(expected);
	});

	it.each([
		['Asia/Kolkata', '2026-11-26T02:30:00Z'],
		['Asia/Kathmandu', '2026-11-26T02:15:00Z'],
		['Australia/Eucla', '2026-11-25T23:15:00Z'],
		['America/St_Johns', '2026-11-26T11:30:00Z'],
	])('begin at eight in %s', (zone, expected) => {
		expect(next(hours('08:00', '09:00', zone), '2026-11-25T20:00:00Z')).toBe(expected);
	});

	it('go on over midnight, and belong to the day on which they began', () => {
		const fridayNight = hours('22:00', '02:00', 'Europe/Berlin', [5]);
		expect(next(fridayNight, '2026-11-28T00:30:00Z')).toBe('2026-11-28T00:30:00Z');
		expect(next(fridayNight, '2026-11-28T01:00:00Z')).toBe('2026-12-04T21:00:00Z');
		expect(next(fridayNight, '2026-11-27T00:30:00Z')).toBe('2026-11-27T21:00:00Z');
	});

	it.each(['00:00', '09:30'])('that end as they begin, at %s, are a whole day', (time) => {
		const tuesday = hours(time, time, 'UTC', [2]);
		const start = at(`2026-12-01T${time}:00Z`);
		expect(earliestWithin(tuesday, at('2026-11-27T12:00:00Z'))).toBe(start);
		expect(isWithin(tuesday, start + DAY - 1)).toBe(true);
		expect(isWithin(tuesday, start + DAY)).toBe(false);
	});

	it.each([
		['begin as it is over, where it swallows their beginning', '05:00', '2026-03-29T01:00:00Z'],
		['are left out that day, where it swallows them whole', '02:50', '2026-03-30T00:10:00Z'],
	])('that fall into the hour which the clock skips %s', (_, to, expected) => {
		expect(next(hours('02:10', to, 'Europe/Berlin'), '2026-03-28T22:00:00Z')).toBe(expected);
	});

	it('come twice where the clock is put back over them', () => {
		const calling = hours('02:00', '02:30', 'Europe/Berlin');
		expect(next(calling, '2026-10-25T00:30:00Z')).toBe('2026-10-25T01:00:00Z');
		expect(next(calling, '2026-10-25T01:30:00Z')).toBe('2026-10-26T01:00:00Z');
	});
});

describe('days on which nobody is rung', () => {
	const day = hours('08:00', '21:00', 'Europe/Berlin');
	const night = hours('22:00', '02:00', 'Europe/Berlin');

	it.each([
		['are passed over', '2026-12-24T20:30:00Z', '2026-12-28T07:00:00Z'],
		['end at midnight', '2026-12-26T23:00:00Z', '2026-12-28T07:00:00Z'],
		['leave the day before them as it is', '2026-12-24T19:59:00Z', '2026-12-24T19:59:00Z'],
	])('%s', (_, notBefore, expected) => {
		expect(next(except(day, '2026-12-25', '2026-12-26', '2026-12-27'), notBefore)).toBe(expected);
	});

	it.each([
		[
			'hours that begin on them, after midnight too',
			'2026-12-26T00:30:00Z',
			'2026-12-26T21:00:00Z',
		],
		['what reaches into them over midnight', '2026-12-24T23:30:00Z', '2026-12-26T21:00:00Z'],
		['nothing of the evening before', '2026-12-24T22:59:00Z', '2026-12-24T22:59:00Z'],
	])('take away %s', (_, notBefore, expected) => {
		expect(next(except(night, '2026-12-25'), notBefore)).toBe(expected);
	});

	it('are those of the customer’s calendar', () => {
		const auckland = except(hours('08:00', '21:00', 'Pacific/Auckland'), '2026-12-25');
		expect(next(auckland, '2026-12-24T12:00:00Z')).toBe('2026-12-25T19:00:00Z');
		const both = except(
			also(hours('00:00', '00:00', 'Pacific/Auckland'), 'Pacific/Honolulu'),
			'2026-12-25',
		);
		expect(next(both, '2026-12-24T12:00:00Z')).toBe('2026-12-26T10:00:00Z');
	});
});

describe('hours in several zones', () => {
	const day = (zone: string) => hours('08:00', '21:00', zone);

	it('hold while they hold in each of them', () => {
		const american = also(day('America/New_York'), 'America/Los_Angeles', 'Pacific/Honolulu');
		expect(next(american, '2026-12-01T14:00:00Z')).toBe('2026-12-01T18:00:00Z');
		expect(next(american, '2026-12-02T01:59:59Z')).toBe('2026-12-02T01:59:59Z');
		expect(next(american, '2026-12-02T02:00:00Z')).toBe('2026-12-02T18:00:00Z');
	});

	it('have the weekdays of each of them', () => {
		const saturday = also(hours('00:00', '00:00', 'Pacific/Auckland', [6]), 'Pacific/Honolulu');
		expect(next(saturday, '2026-11-30T12:00:00Z')).toBe('2026-12-05T10:00:00Z');
		expect(isWithin(saturday, at('2026-12-05T10:59:00Z'))).toBe(true);
		expect(isWithin(saturday, at('2026-12-05T11:00:00Z'))).toBe(false);
	});
});

describe('the search ends after 35 days', () => {
	const noon = hours('09:00', '12:00', 'Europe/Kaliningrad');
	const start = '2026-12-01T12:00:00Z';
	const days = (count: number) =>
		Array.from({ length: count }, (_, day) =>
			new Date(at(start) + day * DAY).toISOString().slice(0, 10),
		);

	it.each([
		['that meet in no two zones', also(noon, 'Asia/Kamchatka')],
		['of a zone that is none', { ...noon, zones: ['Europe/Berlim'] } satisfies CallingHours],
		['of a zone that is none, beside one', also(noon, 'GMT+2')],
		['that are taken away on each day', except(noon, ...days(40))],
	])('for hours %s', (_, calling) => {
		expect(next(calling, start)).toBe('never');
		expect(isWithin(calling, at(start))).toBe(false);
	});

	it('and not before', () => {
		expect(next(except(noon, ...days(35)), start)).toBe('2027-01-05T07:00:00Z');
		expect(next(except(noon, ...days(36)), start)).toBe('never');
	});
});

describe('the span over which calls are spread', () => {
	const spanOf = (calling: CallingHours, opening: string, spread: number) =>
		shown(endOfSpread({ ...calling, spread }, at(opening)));
	const morning = hours('08:00', '09:00', 'Europe/Berlin');

	it.each([
		[0, '2026-12-01T07:00:00Z'],
		[45, '2026-12-01T07:45:00Z'],
		[90, '2026-12-01T08:00:00Z'],
	])('of %i minutes ends with them or with the hours', (minutes, expected) => {
		expect(spanOf(morning, '2026-12-01T07:00:00Z', minutes)).toBe(expected);
	});

	it('is that of the opening which all zones share', () => {
		const both = also(hours('08:00', '21:00', 'Europe/London'), 'America/New_York');
		expect(spanOf(both, '2026-12-01T13:00:00Z', 720)).toBe('2026-12-01T21:00:00Z');
	});

	it('goes on from one whole day into the next', () => {
		const always = hours('09:00', '09:00', 'Europe/Berlin');
		expect(spanOf(always, '2026-12-01T07:00:00Z', 240)).toBe('2026-12-01T11:00:00Z');
	});
});

/** Some change their clocks, some at midnight, by half an hour or by two; some are not whole hours off. */
const ZONES = [
	'UTC',
	'Europe/Berlin',
	'America/New_York',
	'America/St_Johns',
	'America/Havana',
	'America/Santiago',
	'Africa/Cairo',
	'Africa/Casablanca',
	'Antarctica/Troll',
	'Asia/Beirut',
	'Asia/Kolkata',
	'Asia/Kathmandu',
	'Australia/Lord_Howe',
	'Pacific/Chatham',
	'Pacific/Kiritimati',
];

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** What customers would say who look at the calendar and the clock: they know nothing of how the node reckons. */
function customerOf(calling: CallingHours): (moment: number) => boolean {
	const each = calling.zones.map((zone) => customerIn(zone, calling));
	return (moment) => each.every((allows) => allows(moment));
}

function customerIn(
	zone: string,
	{ from, to, days, notOn }: CallingHours,
): (moment: number) => boolean {
	const wall = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		hourCycle: 'h23',
		weekday: 'short',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
	});
	return (moment) => {
		const shown = Object.fromEntries(
			wall.formatToParts(moment).map(({ type, value }) => [type, value]),
		);
		const today = WEEKDAYS.indexOf(shown.weekday) + 1;
		const yesterday = today === 1 ? 7 : today - 1;
		const date = dayOf(`${shown.year}-${shown.month}-${shown.day}`);
		const now = Number(shown.hour) * 60 + Number(shown.minute);
		const sameDay = days.includes(today) && now >= from && (to <= from || now < to);
		const fromYesterday =
			days.includes(yesterday) && to <= from && now < to && !notOn.includes(date - 1);
		return !notOn.includes(date) && (sameDay || fromYesterday);
	};
}

/** Moments at which clocks are changed somewhere, and the hours around them. */
const CHANGES = [
	'2026-03-08T07:00:00Z',
	'2026-03-29T01:00:00Z',
	'2026-04-04T15:00:00Z',
	'2026-04-23T22:00:00Z',
	'2026-10-03T15:30:00Z',
	'2026-10-25T01:00:00Z',
	'2026-11-01T06:00:00Z',
	'2027-02-14T02:00:00Z',
].map(at);

const aMoment = fc.oneof(
	fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') }),
	fc
		.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -30 * 60, max: 6 * 60 }))
		.map(([change, minutes]) => change + minutes * MINUTE),
);

const someHours = fc
	.record({
		from: fc.integer({ min: 0, max: 24 * 60 - 1 }),
		to: fc.integer({ min: 0, max: 24 * 60 - 1 }),
		days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
		zone: fc.constantFrom(...ZONES),
		others: fc.array(fc.constantFrom(...ZONES), { maxLength: 2 }),
		spread: fc.integer({ min: 0, max: 24 * 60 }),
	})
	.map(
		({ zone, others, ...rest }): CallingHours => ({ ...rest, notOn: [], zones: [zone, ...others] }),
	);

/** A moment, and hours with days around it on which nobody is rung. */
const hoursAtSomeTime = fc
	.tuple(someHours, aMoment, fc.uniqueArray(fc.integer({ min: -1, max: 9 }), { maxLength: 6 }))
	.map(([calling, moment, days]): [CallingHours, number] => [
		{ ...calling, notOn: days.map((day) => Math.floor(moment / DAY) + day) },
		moment,
	]);

describe('the moment that is chosen', () => {
	it('lies in the hours, and no earlier one does', () => {
		fc.assert(
			fc.property(hoursAtSomeTime, ([calling, notBefore]) => {
				const allows = customerOf(calling);
				const chosen = earliestWithin(calling, notBefore);
				const end = chosen ?? notBefore + 35 * DAY;
				if (chosen !== undefined) {
					expect(chosen).toBeGreaterThanOrEqual(notBefore);
					expect(allows(chosen)).toBe(true);
				}
				if (chosen === notBefore) return;
				expect(allows(notBefore)).toBe(false);
				// On the wall every minute begins with one of the clocks of the world.
				expect(end === chosen ? end % MINUTE : 0).toBe(0);
				// Openings that all zones share may be a minute long; of a search that finds none, each seventh minute will do.
				const step = chosen === undefined ? 7 * MINUTE : MINUTE;
				for (let minute = Math.ceil(notBefore / MINUTE) * MINUTE; minute < end; minute += step) {
					if (allows(minute)) throw new Error(`${new Date(minute).toISOString()} is earlier`);
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('is the moment itself exactly if the customer would take the call', () => {
		fc.assert(
			fc.property(hoursAtSomeTime, ([calling, moment]) => {
				expect(isWithin(calling, moment)).toBe(customerOf(calling)(moment));
			}),
			{ numRuns: 1_000 },
		);
	});

	it('has behind it a span that lies in the hours, and is no shorter than it need be', () => {
		fc.assert(
			fc.property(hoursAtSomeTime, ([calling, notBefore]) => {
				const opening = earliestWithin(calling, notBefore);
				if (opening === undefined) return;
				const allows = customerOf(calling);
				const end = endOfSpread(calling, opening);
				const whole = opening + calling.spread * MINUTE;
				expect(end).toBeLessThanOrEqual(whole);
				if (end < whole) expect(allows(end)).toBe(false);
				for (let moment = opening; moment < end; moment += 7 * MINUTE) {
					if (!allows(moment)) throw new Error(`${new Date(moment).toISOString()} is outside`);
				}
			}),
			{ numRuns: 300 },
		);
	});
});
