import type { INodeParameters } from 'n8n-workflow';
import { hintsOf, jsons, locator, pairs, sharedWorld } from '../support/world';

const world = sharedWorld();
beforeEach(() => {
	world.sandbox.filters.set(1, { status: 'available', available_call_times: TIMES });
});

/** Neither in order nor written alike, and one of them past. */
const TIMES = [
	'2035-01-05T13:30:00Z',
	'2035-01-04T22:30:00',
	'2020-01-01T00:00:00Z',
	'2035-01-05T15:00:00+01:00',
	'2035-07-05T07:00:00Z',
];

const times = async (options: INodeParameters = {}, more: INodeParameters = {}) =>
	await world.run('filter.getAvailableTimes', { filterId: locator('1'), options, ...more });

const column = (result: Awaited<ReturnType<typeof times>>, field: string) =>
	jsons(result).map((item) => item[field]);

describe('filter: getAvailableTimes', () => {
	it('gives an item a time to come, earliest first, in the zone of the workflow', async () => {
		const result = await times();
		expect(world.asked()).toEqual(['GET /v1/filters/1']);
		expect(jsons(result)[1]).toEqual({
			filter_id: 1,
			time: '2035-01-05T14:30:00+01:00',
			date: '2035-01-05',
			time_of_day: '14:30',
			weekday: 'Friday',
			label: 'Fri, 5 Jan, 14:30',
		});
		expect(column(result, 'time')).toEqual([
			'2035-01-04T23:30:00+01:00',
			'2035-01-05T14:30:00+01:00',
			'2035-01-05T15:00:00+01:00',
			'2035-07-05T09:00:00+02:00',
		]);
		expect(pairs(result)).toEqual([0, 0, 0, 0]);
	});

	it.each([
		['America/New_York', '2035-01-04T17:30:00-05:00', 'Thu, 4 Jan, 17:30'],
		['Asia/Kathmandu', '2035-01-05T04:15:00+05:45', 'Fri, 5 Jan, 04:15'],
		['UTC', '2035-01-04T22:30:00Z', 'Thu, 4 Jan, 22:30'],
	])('gives them in another zone: %s', async (timeZone, time, label) => {
		const [first] = jsons(await times({ timeZone }));
		expect(first).toMatchObject({ time, label });
	});

	it.each([
		['de', 'Freitag', 'Fr., 5. Jan., 14:30'],
		['fr', 'vendredi', 'ven. 5 janv., 14:30'],
		['ja', '金曜日', '1月5日(金) 14:30'],
		['en_US', 'Friday', 'Fri, Jan 5, 2:30 PM'],
	])('names them as people do: %s', async (locale, weekday, label) => {
		const second = jsons(await times({ locale }))[1];
		// ICU separates time and "PM" with a space of its own kind, which changes from version to version.
		expect({ ...second, label: String(second.label).replace(/\s/g, ' ') }).toMatchObject({
			weekday,
			label,
		});
	});

	it.each(['fa', 'ar-EG', 'mr', 'ja', 'en-u-nu-thai', 'fa-u-nu-arabext'])(
		'gives programs digits that they read: %s',
		async (locale) => {
			expect(column(await times({ locale }), 'time_of_day')).toEqual([
				'23:30',
				'14:30',
				'15:00',
				'09:00',
			]);
		},
	);

	it.each(['en', 'EN', 'En'])('takes a language however it is written: %s', async (locale) => {
		expect(column(await times({ locale }), 'label')[1]).toBe('Fri, 5 Jan, 14:30');
	});

	it('names a moment once, however often LiveCall does', async () => {
		const written = ['2035-01-05T13:30:00Z', '2035-01-05T14:30:00+01:00', '2035-01-05T13:30:00'];
		world.sandbox.filters.set(1, { status: 'available', available_call_times: written });
		expect(column(await times(), 'time')).toEqual(['2035-01-05T14:30:00+01:00']);
	});

	it.each([
		'2035-01-05 13:30:00 UTC',
		'Fri, 05 Jan 2035 13:30:00 GMT',
		'2035-01-05',
		'1',
		'Room 5',
	])('leaves out no time in silence that it cannot read: %s', async (time) => {
		world.sandbox.filters.set(1, { status: 'available', available_call_times: [time] });
		expect((await times()).error.message).toContain('"available_call_times"');
	});

	it.each(['2035-01-05 13:30', '2035-01-05T14:30:00+0100', '2035-01-05 14:30:00 +01:00'])(
		'reads a time with an offset or without one: %s',
		async (time) => {
			world.sandbox.filters.set(1, { status: 'available', available_call_times: [time] });
			expect(column(await times(), 'time')).toEqual(['2035-01-05T14:30:00+01:00']);
		},
	);

	it('gives times that "Scheduled For" takes as they are', async () => {
		const free = jsons(await times());
		await world.run(
			'call.create',
			{
				filterId: locator('={{ $json.filter_id }}'),
				phoneNumber: '+49 30 1234567',
				additionalFields: { scheduledFor: '={{ $json.time }}' },
			},
			{ items: free },
		);
		expect(
			world
				.seen()
				.slice(-4)
				.map(({ json }) => json),
		).toMatchObject(free.map(({ time }) => ({ call: { scheduled_for: time } })));
	});

	it('stops at the limit', async () => {
		expect(jsons(await times({}, { limit: 2 }))).toHaveLength(2);
		expect(jsons(await times({}, { limit: 1, returnAll: true }))).toHaveLength(4);
		const many = Array.from({ length: 30 }, (_, index) =>
			new Date(Date.UTC(2035, 0, 1, index)).toISOString(),
		);
		world.sandbox.filters.set(1, { status: 'available', available_call_times: many });
		expect(jsons(await times())).toHaveLength(10);
	});

	it.each([
		[{ after: '2035-01-05T14:30:00+01:00' }, 3],
		[{ after: '2035-01-05T14:31:00+01:00' }, 2],
		[{ before: '2035-01-05T15:00:00+01:00' }, 2],
		[{ after: '2035-01-05 08:30', timeZone: 'America/New_York' }, 3],
		[{ after: '2035-01-05 08:31', timeZone: 'America/New_York' }, 2],
		[{ after: '2035-01-05T00:00:00Z', before: '2035-01-06T00:00:00Z' }, 2],
		[{ after: '', before: '={{ "" }}', timeZone: '', locale: '' }, 4],
	])('keeps to the time that is asked for: %j', async (options, count) => {
		expect(jsons(await times(options))).toHaveLength(count);
	});

	it('says so where there is none', async () => {
		world.sandbox.filters.set(1, { status: 'unavailable', available_call_times: [] });
		const result = await times();
		expect(jsons(result)).toEqual([]);
		expect(hintsOf(result)[0]).toContain('no time to come');
	});

	it.each([
		[{ timeZone: 'Berlin' }, '"Time Zone" needs the name of a time zone', 'Europe/Berlin'],
		[{ timeZone: '+01:00' }, '"Time Zone" needs the name of a time zone', 'Europe/Berlin'],
		[{ timeZone: '-0330' }, '"Time Zone" needs the name of a time zone', 'Europe/Berlin'],
		[{ locale: 'english' }, '"Locale" needs a language', 'en-US'],
		[{ locale: 'd' }, '"Locale" needs a language', 'en-US'],
		[{ after: 'tomorrow' }, '"After" needs a date and time', '2030-01-31T14:30:00+01:00'],
		[{ before: '2035-01-05' }, '"Before" needs a time of day', '2030-01-31T14:30:00+01:00'],
		[
			{ after: '2035-01-05T10:00:00Z', before: '2035-01-05T10:00:00Z' },
			'"After" is not before "Before"',
			'time zones',
		],
	])('asks nothing when an option is wrong: %j', async (options, message, advice) => {
		const result = await times(options);
		expect(result.error.message).toContain(message);
		expect(result.error.description).toContain(advice);
		expect(world.seen()).toEqual([]);
	});

	it.each([0, 1.5, 'many'])('asks nothing when the limit is none: %j', async (limit) => {
		expect((await times({}, { limit })).error.message).toContain('"Limit"');
		expect(world.seen()).toEqual([]);
	});

	it('names a target group that LiveCall does not know', async () => {
		const result = await times({}, { filterId: locator('99') });
		expect(result.error.message).toContain('no target group "99"');
	});
});
