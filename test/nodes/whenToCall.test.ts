import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { DateTime } from 'luxon';
import type { RunResult, RunSettings } from '../support/engine';
import { CALL, hintsOf, jsons, locator, sharedWorld } from '../support/world';

const world = sharedWorld();

/** Places a call with these options. */
async function place(
	options: INodeParameters = {},
	more: INodeParameters = {},
	settings: Partial<Omit<RunSettings, 'parameters'>> = {},
): Promise<RunResult> {
	return await world.run('call.create', { ...CALL, ...more, options }, settings);
}

const placed = (): IDataObject[] => world.sandbox.calls.placed().map((call) => ({ ...call }));

/** One moment for all tests: a minute that ends between two looks at the clock changes nothing. */
const NOW = DateTime.now();

/** A clock time some hours from now, in a zone; such hours are open, or closed, whenever the test runs. */
const inHours = (hours: number, zone: string) => NOW.setZone(zone).plus({ hours });

/** Hours that began an hour ago and last another one, or that begin in two hours. */
const OPEN = (zone: string): INodeParameters => ({
	from: inHours(-1, zone).toFormat('HH:mm'),
	to: inHours(1, zone).toFormat('HH:mm'),
	days: [1, 2, 3, 4, 5, 6, 7],
	timeZone: zone,
});
const CLOSED = (zone: string): INodeParameters => ({
	...OPEN(zone),
	from: inHours(2, zone).toFormat('HH:mm'),
	to: inHours(3, zone).toFormat('HH:mm'),
});

describe.each(['America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'])(
	'calling hours in %s',
	(zone) => {
		it('place a call in them at once', async () => {
			await place({ callingHours: OPEN(zone) });
			expect(placed()).toMatchObject([{ filter_id: 1, scheduled_for: null }]);
		});

		it('put a call off until they begin, and say so', async () => {
			const result = await place({ callingHours: CLOSED(zone) });
			const begins = inHours(2, zone).startOf('minute');
			const [{ scheduled_for }] = jsons(result);
			expect(Date.parse(String(scheduled_for))).toBe(begins.toMillis());
			expect(hintsOf(result).join('\n')).toContain(
				`Scheduled for ${begins.setZone('Europe/Berlin').toFormat('ccc d LLL yyyy, HH:mm')} (Europe/Berlin)`,
			);
		});

		it('hold back a call outside of them', async () => {
			const skipped = await place({ callingHours: CLOSED(zone), outsideHours: 'skip' });
			expect(jsons(skipped)).toEqual([
				{ skipped: true, reason: 'outside_hours', phone_number: CALL.phoneNumber },
			]);
			expect(hintsOf(skipped).join('\n')).toContain('outside the calling hours: 1');
			const failed = await place({ callingHours: CLOSED(zone), outsideHours: 'fail' });
			expect(failed.error.message).toMatch(/would ring now, outside "Calling Hours"/);
			expect(failed.error.description).toContain('"Outside Hours"');
			expect(world.seen()).toEqual([]);
		});
	},
);

describe('calling hours', () => {
	it('are read in the zone of the workflow where they name none', async () => {
		const timezone = 'Asia/Kolkata';
		const { from, to } = CLOSED(timezone);
		const hours = { from, to, days: [1, 2, 3, 4, 5, 6, 7] };
		await place({ callingHours: hours }, {}, { timezone });
		await place({ callingHours: { ...hours, timeZone: '' } }, {}, { timezone });
		const begins = inHours(2, timezone).startOf('minute').toMillis();
		expect(placed().map(({ scheduled_for }) => Date.parse(String(scheduled_for)))).toEqual([
			begins,
			begins,
		]);
	});

	it('are each customer’s own', async () => {
		const items = [{ zone: 'UTC' }, { zone: 'Europe/Berlin' }];
		const callingHours = { from: '00:00', to: '00:00', days: [1], timeZone: '={{ $json.zone }}' };
		const scheduledFor = '2035-01-02T12:00:00Z';
		await place({ callingHours }, { additionalFields: { scheduledFor } }, { items });
		// 2 January 2035 is a Tuesday: Monday begins when it does in the customer's zone.
		expect(world.seen().map(({ json }) => json)).toMatchObject([
			{ call: { scheduled_for: '2035-01-08T00:00:00Z' } },
			{ call: { scheduled_for: '2035-01-08T00:00:00+01:00' } },
		]);
	});

	it('hold for the time that was asked for', async () => {
		const callingHours = { from: '09:00', to: '17:00', days: [1, 2, 3, 4, 5] };
		const at = async (scheduledFor: string) => {
			await place({ callingHours }, { additionalFields: { scheduledFor } });
			return world.seen()[world.seen().length - 1].json;
		};
		expect(await at('2035-01-05T16:59:00+01:00')).toMatchObject({
			call: { scheduled_for: '2035-01-05T16:59:00+01:00' },
		});
		expect(await at('2035-01-05T17:00:00+01:00')).toMatchObject({
			call: { scheduled_for: '2035-01-08T09:00:00+01:00' },
		});
	});

	it('leave the free times that lie in them', async () => {
		world.sandbox.filters.set(2, {
			status: 'unavailable',
			available_call_times: ['2035-01-05T07:00:00Z', '2035-01-05T08:00:00Z'],
		});
		const within = async (days: number[]) =>
			await place(
				{
					callingHours: { from: '07:30', to: '09:00', days, timeZone: 'UTC' },
					whenUnavailable: 'schedule',
				},
				{ filterId: locator('2') },
			);
		// 5 January 2035 is a Friday.
		await within([5]);
		expect(world.seen()[1].json).toMatchObject({ call: { scheduled_for: '2035-01-05T08:00:00Z' } });
		const never = await within([6]);
		expect(never.error.message).toContain('There is no time to come');
		expect(never.error.message).toContain('in "Calling Hours"');
		expect(placed()).toHaveLength(1);
	});

	it.each([
		[{ from: '25:00' }, '"From"', '25:00'],
		[{ from: '8 o’clock' }, '"From"', '8 o’clock'],
		[{ to: '' }, '"To"', 'nothing'],
		[{ to: '24:01' }, '"To"', '24:01'],
		[{ days: [] }, '"Days"', '[]'],
		[{ days: [0] }, '"Days"', '[0]'],
		[{ days: '={{ "Mon" }}' }, '"Days"', 'Mon'],
		[{ timeZone: 'Berlin' }, '"Time Zone"', 'Berlin'],
		[{ timeZone: 'Europe/Belin' }, '"Time Zone"', 'Europe/Belin'],
		[{ timeZone: '+02:00' }, '"Time Zone"', '+02:00'],
	])('that are none place no call: %j', async (wrong, field, found) => {
		const result = await place({ callingHours: { ...OPEN('UTC'), ...wrong } });
		expect(result.error.message).toContain(`"Calling Hours" has a field ${field}`);
		expect(result.error.message).toContain(found);
		expect(world.seen()).toEqual([]);
	});

	it.each([
		['00:00', '24:00', [1, 2, 3, 4, 5, 6, 7]],
		['0:00', '00:00:00', '={{ [1,2,3,4,5,6,7] }}'],
		['00:00', '00:00', '={{ "1,2,3,4,5,6,7" }}'],
	])('are read however they are written: %s to %s', async (from, to, days) => {
		const result = await place({
			callingHours: { from, to, days, timeZone: 'UTC' },
			outsideHours: 'fail',
		});
		expect(result.failed).toBe(false);
		expect(placed()).toHaveLength(1);
	});

	it.each(['later', '={{ null }}'])('are nothing without a way out: %s', async (outsideHours) => {
		const result = await place({ callingHours: CLOSED('UTC'), outsideHours });
		expect(result.error.message).toContain('"Outside Hours"');
		expect(world.seen()).toEqual([]);
	});
});

describe('a call that is scheduled, when nobody may be reached', () => {
	const tomorrow = '2035-01-05T10:15:00+01:00';
	const at = (scheduledFor: string) => ({ additionalFields: { scheduledFor } });

	it.each(['skip', 'fail'])(
		'is placed where somebody is there at that time: %s',
		async (choice) => {
			world.sandbox.filters.set(1, {
				status: 'unavailable',
				available_call_times: ['2035-01-05T09:00:00Z'],
			});
			const result = await place({ whenUnavailable: choice }, at(tomorrow));
			expect(result.failed).toBe(false);
			expect(world.seen()[1].json).toMatchObject({ call: { scheduled_for: tomorrow } });
		},
	);

	it('is skipped where nobody is there at that time, whoever is there now', async () => {
		world.sandbox.filters.set(1, {
			status: 'available',
			available_call_times: ['2035-01-05T08:00:00Z'],
		});
		const skipped = await place({ whenUnavailable: 'skip' }, at(tomorrow));
		expect(jsons(skipped)).toMatchObject([{ skipped: true, reason: 'unavailable' }]);
		const failed = await place({ whenUnavailable: 'fail' }, at(tomorrow));
		expect(failed.error.message).toContain(
			'Nobody of target group "1" can be reached on Fri 5 Jan 2035, 10:15 (Europe/Berlin)',
		);
		expect(placed()).toEqual([]);
	});
});

describe('fallback target groups', () => {
	const groups = (first: string, second: string) => {
		world.sandbox.filters.set(1, { status: 'unavailable', available_call_times: [first] });
		world.sandbox.filters.set(2, { status: 'unavailable', available_call_times: [second] });
		world.sandbox.filters.set(3, { status: 'available', available_call_times: [] });
	};
	const early = '2035-01-01T09:00:00Z';
	const late = '2035-01-02T09:00:00Z';

	it.each(['2, 3', '2;3', '2\n3', 'https://app.livecall.io/targeting/2/edit, 3', '={{ [2, 3] }}'])(
		'take the call in turn: %j',
		async (fallbackFilterIds) => {
			groups(early, late);
			await place({ fallbackFilterIds });
			expect(world.asked()).toEqual([
				'GET /v1/filters/1',
				'GET /v1/filters/2',
				'GET /v1/filters/3',
				'POST /v1/calls',
			]);
			expect(world.seen()[3].json).toMatchObject({ call: { filter_id: '3' } });
		},
	);

	it('are not asked while the first can be reached', async () => {
		await place({ fallbackFilterIds: '2' });
		expect(world.asked()).toEqual(['GET /v1/filters/1', 'POST /v1/calls']);
	});

	it('are asked once a run', async () => {
		groups(early, late);
		await place({ fallbackFilterIds: '2,3' }, {}, { items: [{}, {}, {}] });
		expect(world.asked().filter((request) => request.startsWith('GET'))).toHaveLength(3);
		expect(placed().map(({ filter_id }) => filter_id)).toEqual([3, 3, 3]);
	});

	it('have the earliest of their times taken where none can be reached', async () => {
		groups(late, early);
		await place({ fallbackFilterIds: '2', whenUnavailable: 'schedule' });
		expect(world.seen()[2].json).toMatchObject({
			call: { filter_id: '2', scheduled_for: early },
		});
	});

	it('are named where none can be reached', async () => {
		groups(late, early);
		const result = await place({ fallbackFilterIds: '2', whenUnavailable: 'fail' });
		expect(result.error.message).toContain('Nobody of target groups "1", "2" can be reached now');
		expect(placed()).toEqual([]);
	});

	it('give back the key of a call that they do not take', async () => {
		groups(late, early);
		const options = { fallbackFilterIds: '2', whenUnavailable: 'skip', deduplicationKey: 'lead' };
		await place(options);
		world.sandbox.filters.set(2, { status: 'available', available_call_times: [] });
		await place(options);
		expect(placed()).toMatchObject([{ filter_id: 2 }]);
	});

	it('may be left empty', async () => {
		await place({ fallbackFilterIds: '={{ $json.none }}' }, {}, { items: [{ none: '' }] });
		expect(world.asked()).toEqual(['POST /v1/calls']);
	});

	it.each(['Sales Team/EU', '2, null', 'https://app.livecall.io/users/2/edit', '2,,3,a b!'])(
		'that are none place no call: %j',
		async (fallbackFilterIds) => {
			const result = await place({ fallbackFilterIds });
			expect(result.error.message).toContain('"Fallback Target Groups" needs IDs');
			expect(world.seen()).toEqual([]);
		},
	);

	it.each([12345678901234567000, 2 ** 53, -(2 ** 60)])(
		'whose ID n8n has rounded place no call: %j',
		async (id) => {
			for (const fallbackFilterIds of [id, `={{ [2, ${id}] }}`]) {
				const result = await place({ fallbackFilterIds });
				expect(result.error.message).toContain('too many digits to be kept');
				expect(result.error.description).toContain('Give it as text');
			}
			expect(world.seen()).toEqual([]);
		},
	);

	it('that LiveCall does not know are named, with the option that names them', async () => {
		groups(late, early);
		const result = await place({ fallbackFilterIds: '99' });
		expect(result.error.message).toContain('no target group "99"');
		expect(result.error.description).toContain('Check "Fallback Target Groups"');
		expect(placed()).toEqual([]);
	});

	it.each<[number, IDataObject]>([
		[404, {}],
		[404, { error: 'Filter not found' }],
		[422, { errors: { filter: ['must exist'] } }],
	])('that are gone when they are to take the call are told so: %s %j', async (status, body) => {
		groups(late, early);
		world.sandbox.faults.always({ kind: 'status', status, body }, { method: 'POST' });
		const fallback = await place({ fallbackFilterIds: '2,3' });
		expect(fallback.error.message).toContain('no target group "3"');
		expect(fallback.error.description).toContain('Check "Fallback Target Groups"');
		const first = await place();
		expect(first.error.message).toContain('no target group "1"');
		expect(first.error.description).toContain('Check "Target Group"');
	});
});

describe('optional fields that the data leave empty', () => {
	const from = (field: string) => `={{ $json.${field} }}`;
	const additionalFields = {
		scheduledFor: from('when'),
		userId: locator(from('owner'), 'id'),
	};
	const EMPTY = [
		{},
		{ when: '', owner: '' },
		{ when: null, owner: null },
		{ when: ' ', owner: 'null' },
	];

	it.each(EMPTY)('place no call: %j', async (item) => {
		const result = await place({}, { additionalFields }, { items: [item] });
		expect(result.error.message).toContain('"Scheduled For"');
		expect(result.error.description).toContain('"When an Added Field Is Empty"');
		expect(world.seen()).toEqual([]);
	});

	it.each(EMPTY)('are left out when told to: %j', async (item) => {
		await place({ ifEmpty: 'leaveOut' }, { additionalFields }, { items: [item] });
		expect(world.seen().map(({ json }) => json)).toEqual([
			{ call: { filter_id: '1', phone_number: CALL.phoneNumber } },
		]);
	});

	it('are sent where the data fill them', async () => {
		const items = [{ when: '2035-01-05T10:00:00Z', owner: 502 }];
		await place({ ifEmpty: 'leaveOut' }, { additionalFields }, { items });
		expect(world.seen()[0].json).toMatchObject({
			call: { scheduled_for: '2035-01-05T10:00:00Z', user_id: '502' },
		});
	});

	it.each([{ when: 'tomorrow' }, { when: '2035-01-05' }, { owner: 'a b' }])(
		'are not what is wrong: %j',
		async (item) => {
			const result = await place({ ifEmpty: 'leaveOut' }, { additionalFields }, { items: [item] });
			expect(result.failed).toBe(true);
			expect(world.seen()).toEqual([]);
		},
	);

	it('do not make a key of nothing', async () => {
		const result = await place({ ifEmpty: 'leaveOut', deduplicationKey: from('lead') });
		expect(result.error.message).toContain('"Deduplication Key"');
		expect(world.seen()).toEqual([]);
	});
});

describe('the hint about calls', () => {
	it('names the first and the last of many times, with the zone', async () => {
		const items = ['2035-01-05T10:00:00Z', '2035-01-03T10:00:00+05:30', '2035-01-04T10:00:00Z'];
		const result = await place(
			{},
			{ additionalFields: { scheduledFor: '={{ $json.when }}' } },
			{ items: items.map((when) => ({ when })), timezone: 'America/New_York' },
		);
		expect(hintsOf(result).join()).toBe(
			'3 items: 3 scheduled. Scheduled for later: 3, from Tue 2 Jan 2035, 23:30 (America/New_York) to Fri 5 Jan 2035, 05:00 (America/New_York).',
		);
	});

	it.each(['2035-01-05 10:00:00 UTC', 'Fri, 05 Jan 2035 10:00:00 +0000', 'soon'])(
		'shows a time as LiveCall writes it, where that is not ISO 8601: %s',
		async (scheduled_for) => {
			const body = { call: { id: 7, phone_number: '+49 30 1234567', scheduled_for } };
			world.sandbox.faults.next({ kind: 'status', status: 201, body });
			expect(hintsOf(await place()).join()).toBe(`Scheduled for ${scheduled_for}.`);
		},
	);

	it('counts the numbers without a country code', async () => {
		const phones = ['030 1234567', '(030) 1234567', '+49 30 1234567', '0049 30 1234567'];
		const inBrackets = ['(+49) 30 1234567', '(0049) 30 1234567'];
		const items = [...phones, ...inBrackets].map((phone) => ({ phone }));
		const result = await place({}, { phoneNumber: '={{ $json.phone }}' }, { items });
		expect(hintsOf(result).join()).toBe(
			'6 items: 6 calls placed. Numbers without a country code: 2.' +
				' LiveCall may reach somebody else there, or nobody: write them with "+".',
		);
	});

	it.each([
		['none', null],
		['another', '2035-12-05T12:00:00+01:00'],
	])('says that LiveCall answered with %s in place of the time asked for', async (_, answered) => {
		const call = { id: 7, filter_id: 1, phone_number: '+49 30 1234567', scheduled_for: answered };
		world.sandbox.faults.next({ kind: 'status', status: 201, body: { call } });
		const scheduledFor = '2035-12-04T12:00:00+01:00';
		const result = await place({}, { additionalFields: { scheduledFor } });
		expect(hintsOf(result).join('\n')).toContain(
			'LiveCall was asked to call on Tue 4 Dec 2035, 12:00 (Europe/Berlin), and answered with another time or with none: see "scheduled_for".',
		);
	});

	it('says that a window without a key does nothing', async () => {
		const words = '"Deduplicate Within" does nothing without a "Deduplication Key".';
		expect(hintsOf(await place({ deduplicateWithin: 24 })).join()).toBe(words);
		expect(hintsOf(await place({ deduplicateWithin: 0 })).join()).toBe('');
	});

	it('says nothing of what is as it should be', async () => {
		expect(hintsOf(await place()).join()).toBe('');
	});
});
