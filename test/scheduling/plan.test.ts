import fc from 'fast-check';
import {
	earliestWithin,
	isWithin,
	type CallingHours,
} from '../../nodes/LiveCall/scheduling/callingHours';
import {
	OUTSIDE_HOURS,
	planCall,
	WHEN_UNAVAILABLE,
	type Plan,
	type CallPreferences,
} from '../../nodes/LiveCall/scheduling/plan';

/** A Thursday, 11 o'clock in Berlin. */
const NOW = Date.parse('2026-11-26T10:00:00Z');
const MINUTE = 60_000;

/** From nine to six in Berlin, on workdays. */
const OFFICE_HOURS: CallingHours = {
	from: 9 * 60,
	to: 18 * 60,
	days: [1, 2, 3, 4, 5],
	notOn: [],
	zones: ['Europe/Berlin'],
	spread: 0,
};

/** What LiveCall says of a target group. */
interface Group {
	status: string;
	available_call_times: string[];
}

const closed = (...available_call_times: string[]): Group => ({
	status: 'unavailable',
	available_call_times,
});
const open = (...available_call_times: string[]): Group => ({
	status: 'available',
	available_call_times,
});

/** Plans a call at {@link NOW}, and says which target groups were asked. */
async function plan(
	wishes: Partial<CallPreferences>,
	groups: Record<string, Group> = {},
	now = NOW,
	random = 0,
): Promise<{ plan: Plan; asked: string[] }> {
	const asked: string[] = [];
	const all: CallPreferences = {
		filterIds: ['1'],
		scheduledFor: undefined,
		whenUnavailable: 'place',
		callingHours: undefined,
		outsideHours: 'schedule',
		...wishes,
	};
	const ask = async (filterId: string) => {
		asked.push(filterId);
		return { id: filterId, ...groups[filterId] };
	};
	const planned = await planCall(all, now, ask, () => random);
	return { plan: planned, asked: [...new Set(asked)] };
}

describe('who is there', () => {
	it.each(['2026-11-27T09:00:00Z', undefined])(
		'is not asked for a call that is placed anyway: %s',
		async (scheduledFor) => {
			expect(await plan({ scheduledFor })).toEqual({
				plan: { filterId: '1', at: scheduledFor },
				asked: [],
			});
		},
	);

	it.each(['schedule', 'skip', 'fail'] as const)('decides on a call now: %s', async (choice) => {
		const { plan: planned } = await plan({ whenUnavailable: choice }, { 1: open() });
		expect(planned).toEqual({ filterId: '1', at: undefined });
	});

	it.each(['skip', 'fail'] as const)(
		'decides at the time that was asked for: %s',
		async (choice) => {
			const at = async (scheduledFor: string, group: Group) =>
				(await plan({ whenUnavailable: choice, scheduledFor }, { 1: group })).plan;
			const tomorrow = '2026-11-27T10:20:00+01:00';
			const call = { filterId: '1', at: tomorrow };
			expect(await at(tomorrow, closed('2026-11-27T09:00:00Z'))).toEqual(call);
			expect(await at(tomorrow, closed('2026-11-27T08:50:00Z'))).toEqual(call);
			for (const group of [open('2026-11-27T08:49:00Z'), open('2026-11-27T09:21:00Z'), open()]) {
				expect(await at(tomorrow, group)).toMatchObject({ none: 'nobodyReachable' });
			}
		},
	);

	it.each([-1, 0, 1])('counts a time %i minutes from now as now', async (minutes) => {
		const scheduledFor = new Date(NOW + minutes * MINUTE).toISOString();
		const wishes = { whenUnavailable: 'skip', scheduledFor } as const;
		expect((await plan(wishes, { 1: open() })).plan).toEqual({ filterId: '1', at: scheduledFor });
		expect((await plan(wishes, { 1: closed() })).plan).toMatchObject({ none: 'nobodyReachable' });
	});

	it('is not read from a list for now, where the group says that it is unavailable', async () => {
		const { plan: planned } = await plan(
			{ whenUnavailable: 'skip' },
			{ 1: closed('2026-11-26T09:50:00Z') },
		);
		expect(planned).toEqual({
			none: 'nobodyReachable',
			filter: { id: '1', ...closed('2026-11-26T09:50:00Z') },
			at: NOW,
		});
	});

	it('gives the earliest free time to come, however the times are written', async () => {
		const times = ['2026-11-26T14:00:00Z', '2026-11-26T13:00:00', '2026-11-26T15:30:00+03:00'];
		const group = closed('2026-11-26T09:00:00Z', ...times);
		const { plan: planned } = await plan({ whenUnavailable: 'schedule' }, { 1: group });
		expect(planned).toEqual({ filterId: '1', at: '2026-11-26T15:30:00+03:00' });
	});

	it('is not asked where a time was asked for and free times are only the way out', async () => {
		const scheduledFor = '2026-11-27T03:00:00Z';
		expect(await plan({ whenUnavailable: 'schedule', scheduledFor })).toEqual({
			plan: { filterId: '1', at: scheduledFor },
			asked: [],
		});
	});
});

describe('fallback target groups', () => {
	const filterIds: CallPreferences['filterIds'] = ['1', '2', '3'];

	it('are asked in their order, until one is available', async () => {
		expect(await plan({ filterIds }, { 1: closed(), 2: open(), 3: open() })).toEqual({
			plan: { filterId: '2', at: undefined },
			asked: ['1', '2'],
		});
		expect((await plan({ filterIds }, { 1: open() })).asked).toEqual(['1']);
	});

	it('are judged at the time that was asked for', async () => {
		const scheduledFor = '2026-11-27T09:10:00Z';
		const groups = { 1: open(), 2: closed('2026-11-27T09:00:00Z'), 3: open() };
		const { plan: planned } = await plan({ filterIds, scheduledFor }, groups);
		expect(planned).toEqual({ filterId: '2', at: scheduledFor });
	});

	it.each([
		['place', { filterId: '1', at: undefined }],
		['schedule', { filterId: '3', at: '2026-11-26T11:00:00Z' }],
		['skip', { none: 'nobodyReachable', at: NOW, filter: { id: '1', ...closed() } }],
		['fail', { none: 'nobodyReachable', at: NOW, filter: { id: '1', ...closed() } }],
	] as const)('are of no help where none is available: %s', async (whenUnavailable, expected) => {
		const groups = {
			1: closed(),
			2: closed('2026-11-26T12:00:00Z'),
			3: closed('2026-11-26T11:00:00Z'),
		};
		expect((await plan({ filterIds, whenUnavailable }, groups)).plan).toEqual(expected);
	});

	it('give way to the first of those that are free at the same time', async () => {
		const time = closed('2026-11-26T12:00:00Z');
		const wishes = { filterIds, whenUnavailable: 'schedule' } as const;
		expect((await plan(wishes, { 1: closed(), 2: time, 3: time })).plan).toEqual({
			filterId: '2',
			at: '2026-11-26T12:00:00Z',
		});
	});
});

describe('calling hours', () => {
	const callingHours = OFFICE_HOURS;
	const NIGHT = Date.parse('2026-11-26T20:00:00Z');

	it('leave a call alone that rings in them', async () => {
		const scheduledFor = '2026-11-27T17:59:00+01:00';
		for (const outsideHours of OUTSIDE_HOURS) {
			const wishes = { callingHours, outsideHours };
			expect((await plan(wishes)).plan).toEqual({ filterId: '1', at: undefined });
			expect((await plan({ ...wishes, scheduledFor })).plan).toEqual({
				filterId: '1',
				at: scheduledFor,
			});
		}
	});

	it.each([
		[undefined, '2026-11-27T09:00:00+01:00'],
		['2026-11-27T18:00:00+01:00', '2026-11-30T09:00:00+01:00'],
		['2026-12-24T23:30:00-08:00', '2026-12-25T09:00:00+01:00'],
	])('move a call for %s to when they next begin', async (scheduledFor, at) => {
		expect(await plan({ callingHours, scheduledFor }, {}, NIGHT)).toEqual({
			plan: { filterId: '1', at },
			asked: [],
		});
	});

	it.each(['place', 'skip', 'fail'] as const)(
		'hold back a call outside of them without a question: %s',
		async (whenUnavailable) => {
			for (const outsideHours of ['skip', 'fail'] as const) {
				const wishes = { callingHours, outsideHours, whenUnavailable };
				expect(await plan(wishes, {}, NIGHT)).toEqual({
					plan: { none: 'outsideHours', at: NIGHT },
					asked: [],
				});
			}
		},
	);

	it('have somebody be there at the moment to which they move a call', async () => {
		const moved = async (group: Group) =>
			(await plan({ callingHours, whenUnavailable: 'skip' }, { 1: group }, NIGHT)).plan;
		expect(await moved(closed('2026-11-27T08:00:00Z'))).toEqual({
			filterId: '1',
			at: '2026-11-27T09:00:00+01:00',
		});
		expect(await moved(open('2026-11-27T10:00:00Z'))).toMatchObject({ none: 'nobodyReachable' });
	});

	it('take the earliest free time that lies in them', async () => {
		const wishes = { callingHours, whenUnavailable: 'schedule' } as const;
		const group = closed('2026-11-27T07:00:00Z', '2026-11-27T08:30:00Z', '2026-11-27T09:00:00Z');
		const expected = { filterId: '1', at: '2026-11-27T08:30:00Z' };
		expect((await plan(wishes, { 1: group }, NIGHT)).plan).toEqual(expected);
		// Also where somebody is there now, but the customer sleeps.
		expect((await plan(wishes, { 1: { ...group, status: 'available' } }, NIGHT)).plan).toEqual(
			expected,
		);
		expect((await plan(wishes, { 1: closed('2026-11-27T07:00:00Z') }, NIGHT)).plan).toEqual({
			none: 'noTimeToCome',
		});
	});

	it('hold back a free time outside of them', async () => {
		const wishes = { callingHours, whenUnavailable: 'schedule', outsideHours: 'skip' } as const;
		const group = closed('2026-11-26T19:00:00Z', '2026-11-27T09:00:00Z');
		expect((await plan(wishes, { 1: group })).plan).toEqual({
			none: 'outsideHours',
			at: Date.parse('2026-11-26T19:00:00Z'),
		});
		// At night, now is outside; the next free time is not.
		const morning = { 1: closed('2026-11-27T09:00:00Z') };
		expect((await plan(wishes, morning, NIGHT)).plan).toMatchObject({ at: '2026-11-27T09:00:00Z' });
		expect((await plan(wishes, { 1: open() }, NIGHT)).plan).toEqual({
			none: 'outsideHours',
			at: NIGHT,
		});
	});
});

describe('calling hours over which calls are spread', () => {
	const callingHours = { ...OFFICE_HOURS, spread: 60 };
	const NIGHT = Date.parse('2026-11-26T20:00:00Z');
	const ALMOST_ONE = 1 - Number.EPSILON;
	const at = async (
		wishes: Partial<CallPreferences>,
		random: number,
		group = open(),
		now = NIGHT,
	) => {
		const { plan: planned } = await plan({ callingHours, ...wishes }, { 1: group }, now, random);
		return 'none' in planned ? planned.none : planned.at;
	};

	it.each([
		[0, '2026-11-27T09:00:00+01:00'],
		[0.5, '2026-11-27T09:30:00+01:00'],
		[0.50003, '2026-11-27T09:30:00+01:00'],
		[ALMOST_ONE, '2026-11-27T09:59:59+01:00'],
	])('move a call to a random second after they open: %d', async (random, expected) => {
		expect(await at({}, random)).toBe(expected);
	});

	it('end before they do', async () => {
		const short = { ...callingHours, to: 9 * 60 + 10 };
		expect(await at({ callingHours: short }, ALMOST_ONE)).toBe('2026-11-27T09:09:59+01:00');
	});

	it('leave a call alone that rings in them', async () => {
		const scheduledFor = '2026-11-27T09:01:00+01:00';
		expect(await at({}, 0.5, open(), NOW)).toBeUndefined();
		expect(await at({ scheduledFor }, 0.5)).toBe(scheduledFor);
	});

	it('have somebody be there as they open, not at the moment that was drawn', async () => {
		const group = closed('2026-11-27T08:00:00Z');
		const opening = { whenUnavailable: 'skip' } as const;
		expect(await at(opening, ALMOST_ONE, group)).toBe('2026-11-27T09:59:59+01:00');
		expect(await at(opening, 0.75, closed('2026-11-27T08:31:00Z'))).toBe('nobodyReachable');
	});

	it.each([
		[0, '2026-11-27T08:15:00Z'],
		[0.4, '2026-11-27T08:30:00Z'],
		[ALMOST_ONE, '2026-11-27T08:59:00Z'],
	])('take a random one of the free times in that span: %d', async (random, expected) => {
		const times = ['07:59', '08:59', '08:15', '08:30', '09:00', '09:30'];
		const group = closed(...times.map((time) => `2026-11-27T${time}:00Z`));
		expect(await at({ whenUnavailable: 'schedule' }, random, group)).toBe(expected);
	});

	it('take the first free time after it, if there is none in it', async () => {
		const group = closed('2026-11-27T09:00:00Z', '2026-11-27T09:10:00Z');
		expect(await at({ whenUnavailable: 'schedule' }, ALMOST_ONE, group)).toBe(
			'2026-11-27T09:00:00Z',
		);
	});

	it('tell the time in UTC, if the customer may live by one of several clocks', async () => {
		const zones: CallingHours['zones'] = ['America/New_York', 'Europe/Berlin'];
		expect(await at({ callingHours: { ...callingHours, zones } }, 0.5)).toBe(
			'2026-11-27T14:30:00Z',
		);
	});
});

describe('calling hours that hold at no moment', () => {
	const callingHours: CallingHours = {
		...OFFICE_HOURS,
		zones: ['Europe/Kaliningrad', 'Asia/Kamchatka'],
	};

	it('place no call, whatever is to happen outside of them', async () => {
		for (const outsideHours of OUTSIDE_HOURS) {
			for (const whenUnavailable of WHEN_UNAVAILABLE) {
				const wishes = { callingHours, outsideHours, whenUnavailable };
				expect(await plan(wishes, { 1: open('2026-11-27T09:00:00Z') })).toEqual({
					plan: { none: 'noHoursToCome', at: NOW },
					asked: [],
				});
			}
		}
	});
});

const DAY = 24 * 60 * MINUTE;
const aTime = fc.integer({ min: -60, max: 9 * 24 * 60 }).map((minutes) => NOW + minutes * MINUTE);
const aGroup = fc.record({
	status: fc.constantFrom('available', 'unavailable'),
	available_call_times: fc.array(
		aTime.map((at) => new Date(at).toISOString()),
		{ maxLength: 8 },
	),
});
const aZone = fc.constantFrom('Europe/Berlin', 'Asia/Kathmandu', 'America/New_York');
const someWishes = fc.record({
	scheduledFor: fc.option(
		aTime.map((at) => new Date(Math.max(at, NOW - MINUTE)).toISOString()),
		{ nil: undefined },
	),
	whenUnavailable: fc.constantFrom(...WHEN_UNAVAILABLE),
	outsideHours: fc.constantFrom(...OUTSIDE_HOURS),
	callingHours: fc.option(
		fc.record<CallingHours>({
			from: fc.integer({ min: 0, max: 1439 }),
			to: fc.integer({ min: 0, max: 1439 }),
			days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
			notOn: fc.uniqueArray(
				fc.integer({ min: -1, max: 9 }).map((day) => Math.floor(NOW / DAY) + day),
			),
			zones: fc
				.tuple(aZone)
				.chain(([zone]) =>
					fc.array(aZone, { maxLength: 1 }).map((more): [string, ...string[]] => [zone, ...more]),
				),
			spread: fc.constantFrom(0, 30, 24 * 60),
		}),
		{ nil: undefined },
	),
});

const numbered = (groups: Group[]): Record<string, Group> =>
	Object.fromEntries(groups.map((group, index) => [String(index), group]));

describe('whatever is wished for', () => {
	const inHours = ({ callingHours }: { callingHours?: CallingHours }, at: number) =>
		!callingHours || isWithin(callingHours, at);

	it('no call rings outside the hours, or before it was asked for', async () => {
		await fc.assert(
			fc.asyncProperty(
				someWishes,
				fc.array(aGroup, { minLength: 3, maxLength: 3 }),
				fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
				async (w, g, random) => {
					const filterIds: CallPreferences['filterIds'] = ['0', '1', '2'];
					const { plan: planned } = await plan({ ...w, filterIds }, numbered(g), NOW, random);
					if ('none' in planned) return;
					const wanted = w.scheduledFor ? Date.parse(w.scheduledFor) : NOW;
					const at = planned.at === undefined ? NOW : Date.parse(planned.at);
					expect(inHours(w, at)).toBe(true);
					expect(at).toBeGreaterThanOrEqual(wanted);
					// No later than need be: there is no opening in between, but for somebody to be there.
					const opening = w.callingHours ? earliestWithin(w.callingHours, wanted) : wanted;
					if (w.whenUnavailable !== 'schedule' && opening !== undefined)
						expect(at - opening).toBeLessThanOrEqual((w.callingHours?.spread ?? 0) * MINUTE);
				},
			),
			{ numRuns: 1_000 },
		);
	});

	it('of the free times in the hours the earliest is taken, of any group', async () => {
		await fc.assert(
			fc.asyncProperty(
				someWishes,
				fc.array(aGroup, { minLength: 2, maxLength: 2 }),
				async (w, g) => {
					const filterIds: CallPreferences['filterIds'] = ['0', '1'];
					const groups = g.map((group) => ({ ...group, status: 'unavailable' }));
					const wishes = {
						...w,
						filterIds,
						outsideHours: 'schedule',
						scheduledFor: undefined,
						callingHours: w.callingHours && { ...w.callingHours, spread: 0 },
					} as const;
					const { callingHours } = wishes;
					if (callingHours && earliestWithin(callingHours, NOW) === undefined) return;
					const { plan: planned } = await plan(
						{ ...wishes, whenUnavailable: 'schedule' },
						numbered(groups),
					);
					const possible = groups
						.flatMap(({ available_call_times }) => available_call_times)
						.map((time) => Date.parse(time))
						.filter((at) => at > NOW && inHours(w, at));
					const earliest = possible.length > 0 ? new Date(Math.min(...possible)).toISOString() : '';
					if (earliest === '') expect(planned).toEqual({ none: 'noTimeToCome' });
					else expect(planned).toMatchObject({ at: earliest });
				},
			),
			{ numRuns: 1_000 },
		);
	});
});
