import fc from 'fast-check';
import {
	earliestWithin,
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
	return { from: clock(from), to: clock(to), days, zone };
}

/** When the next call is allowed, as the customer would say it in UTC. */
const next = (calling: CallingHours, notBefore: string): string =>
	new Date(earliestWithin(calling, at(notBefore))).toISOString().replace('.000', '');

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

/** What a customer would say who looks at the calendar and the clock: knows nothing of how the node reckons. */
function customerOf({ from, to, days, zone }: CallingHours): (moment: number) => boolean {
	const wall = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		hourCycle: 'h23',
		weekday: 'short',
		hour: '2-digit',
		minute: '2-digit',
	});
	return (moment) => {
		const shown = Object.fromEntries(
			wall.formatToParts(moment).map(({ type, value }) => [type, value]),
		);
		const today = WEEKDAYS.indexOf(shown.weekday) + 1;
		const yesterday = today === 1 ? 7 : today - 1;
		const now = Number(shown.hour) * 60 + Number(shown.minute);
		const sameDay = days.includes(today) && now >= from && (to <= from || now < to);
		const fromYesterday = days.includes(yesterday) && to <= from && now < to;
		return sameDay || fromYesterday;
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

const someHours = fc.record<CallingHours>({
	from: fc.integer({ min: 0, max: 24 * 60 - 1 }),
	to: fc.integer({ min: 0, max: 24 * 60 - 1 }),
	days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
	zone: fc.constantFrom(...ZONES),
});

describe('the moment that is chosen', () => {
	it('lies in the hours, and no earlier one does', () => {
		fc.assert(
			fc.property(someHours, aMoment, (calling, notBefore) => {
				const allows = customerOf(calling);
				const chosen = earliestWithin(calling, notBefore);
				expect(chosen).toBeGreaterThanOrEqual(notBefore);
				expect(allows(chosen)).toBe(true);
				if (chosen === notBefore) return;
				expect(allows(notBefore)).toBe(false);
				// On the wall every minute begins with one of the clocks of the world.
				expect(chosen % MINUTE).toBe(0);
				for (
					let minute = Math.ceil(notBefore / MINUTE) * MINUTE;
					minute < chosen;
					minute += MINUTE
				) {
					if (allows(minute)) throw new Error(`${new Date(minute).toISOString()} is earlier`);
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('is the moment itself exactly where the customer would take the call', () => {
		fc.assert(
			fc.property(someHours, aMoment, (calling, moment) => {
				expect(isWithin(calling, moment)).toBe(customerOf(calling)(moment));
			}),
			{ numRuns: 1_000 },
		);
	});
});
