import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { RunResult, RunSettings } from '../support/engine';
import { CONTINUES, hintsOf, jsons, locator, RETRY_ON_FAIL, sharedWorld } from '../support/world';

const world = sharedWorld();

/** Places a call to a number with these options. */
async function place(
	phoneNumber: string,
	options: INodeParameters,
	settings: Partial<Omit<RunSettings, 'parameters'>> = {},
	scheduledFor?: string,
): Promise<RunResult> {
	const additionalFields: INodeParameters = scheduledFor === undefined ? {} : { scheduledFor };
	const parameters = { filterId: locator('1'), phoneNumber, additionalFields, options };
	return await world.run('call.create', parameters, settings);
}

/** When LiveCall was asked to ring, in order. */
const times = (): unknown[] =>
	world
		.seen()
		.filter(({ method }) => method === 'POST')
		.map(({ json }) => (isCall(json) ? json.call.scheduled_for : undefined));

function isCall(json: unknown): json is { call: IDataObject } {
	return typeof json === 'object' && json !== null && 'call' in json;
}

describe('allowed countries', () => {
	it.each([
		['+48, +49', '+48 601 234 567'],
		['+48, +49', '0049 30 1234567'],
		['0048;0049', '(+49) 30 1234567'],
		['+48 +49', '+49 30 1234567'],
		['48\n49', '+49 30 1234567'],
		['={{ ["+48", "49"] }}', '+49 30 1234567'],
		['={{ 49 }}', '+49 30 1234567'],
		['49.0', '+49 30 1234567'],
		['+1', '+1 670 234 5678'],
		['+1 670', '+1 (670) 234-5678'],
		['+44-20', '+44 20 7946 0000'],
	])('%j let %s be called', async (allowedCountries, phoneNumber) => {
		const result = await place(phoneNumber, { allowedCountries });
		expect(result.failed).toBe(false);
		expect(world.asked()).toEqual(['POST /v1/calls']);
	});

	it.each([
		['+48, +49', '+1 222 222 2222', 'needs to begin with one of +48, +49'],
		['+1 670', '+1 671 234 5678', 'needs to begin with one of +1670'],
		['+49', '+48 601 234 567', 'needs to begin with one of +49'],
		['+49', '030 1234567', 'needs a country code'],
		['+1', '1 (222) 222 2222', 'needs a country code'],
	])('%j keep %s from being called', async (allowedCountries, phoneNumber, message) => {
		const result = await place(phoneNumber, { allowedCountries, whenUnavailable: 'skip' });
		expect(result.error.message).toContain(`"Phone Number" ${message}`);
		expect(result.error.description).toContain('"Allowed Countries"');
		expect(world.seen()).toEqual([]);
	});

	it.each([
		'',
		' , ',
		'={{ [] }}',
		'={{ null }}',
		'={{ $json.none }}',
		'PL',
		'+4',
		'+800',
		'+0',
		'+48, Germany',
		'={{ ["+48", null] }}',
		'={{ { code: "+48" } }}',
	])('that are none let nobody be called: %j', async (allowedCountries) => {
		for (const ifEmpty of ['fail', 'leaveOut']) {
			const result = await place('+48 601 234 567', { allowedCountries, ifEmpty });
			expect(result.error.message).toContain('"Allowed Countries"');
		}
		expect(world.seen()).toEqual([]);
	});

	it('count for the number that was asked for while a workflow is run by hand', async () => {
		const credential = { ...world.credential, testPhoneNumber: '+49 30 1234567' };
		const settings = { credential, mode: 'manual' } as const;
		const refused = await place('+1 222 222 2222', { allowedCountries: '+49' }, settings);
		expect(refused.error.message).toContain('"Phone Number" needs to begin');
		await place('+48 601 234 567', { allowedCountries: '+48' }, settings);
		expect(world.seen().map(({ json }) => json)).toMatchObject([
			{ call: { phone_number: '+49 30 1234567' } },
		]);
	});
});

/** From 8 to 21 on every day. */
const DAYTIME = { from: '08:00', to: '21:00', days: [1, 2, 3, 4, 5, 6, 7] };

describe('the time zone of the phone number', () => {
	const callingHours = { ...DAYTIME, zoneFromNumber: true, timeZone: 'Asia/Tokyo' };
	/** A Tuesday. */
	const at = (time: string) => `2035-01-02T${time}Z`;

	it.each([
		['+48 601 234 567', at('05:00'), '2035-01-02T08:00:00+01:00'],
		['0081 3 1234 5678', at('05:00'), at('05:00')],
		['+91 22 1234 5678', at('00:00'), '2035-01-02T08:00:00+05:30'],
		['+383 38 123 456', at('23:00'), '2035-01-03T08:00:00+01:00'],
		['+247 62 889', at('23:00'), '2035-01-03T08:00:00+00:00'],
		['+1 222 222 2222', at('15:00'), at('18:00:00')],
		['+1 222 222 2222', at('20:00'), at('20:00')],
		['+1 671 234 5678', at('00:00'), at('00:00')],
		['+7 495 123 4567', at('12:00'), '2035-01-03T06:00:00Z'],
		['+7 701 123 4567', at('12:00'), at('12:00')],
	])('has %s at %s rung at %s', async (phoneNumber, scheduledFor, expected) => {
		await place(phoneNumber, { callingHours }, {}, scheduledFor);
		const [time] = times();
		expect(Date.parse(String(time))).toBe(Date.parse(expected));
		if (expected !== scheduledFor) expect(time).toBe(expected);
	});

	it.each([
		['030 1234567', 'has none'],
		['+800 1234 5678', 'that of no country'],
		['+999 1234 5678', 'that of no country'],
	])('is not known of %s', async (phoneNumber, found) => {
		const result = await place(phoneNumber, { callingHours });
		expect(result.error.message).toContain('"Time Zone From Phone Number"');
		expect(result.error.message).toContain(found);
		expect(world.seen()).toEqual([]);
	});

	it.each(['schedule', 'skip', 'fail'])(
		'leaves no moment in hours that never are everywhere at once: %s',
		async (outsideHours) => {
			const morning = { ...callingHours, from: '09:00', to: '12:00' };
			const result = await place('+7 495 123 4567', { callingHours: morning, outsideHours });
			expect(result.error.message).toContain('"Calling Hours" leave no moment to call');
			expect(result.error.description).toContain('+1 and +7 need long hours');
			expect(world.seen()).toEqual([]);
		},
	);

	it('is that of the number that was asked for while a workflow is run by hand', async () => {
		const credential = { ...world.credential, testPhoneNumber: '+81 3 1234 5678' };
		await place('+48 601 234 567', { callingHours }, { credential, mode: 'manual' }, at('05:00'));
		expect(times()).toEqual(['2035-01-02T08:00:00+01:00']);
	});

	it('is left aside when it is switched off', async () => {
		const hours = { ...callingHours, zoneFromNumber: false };
		await place('+48 601 234 567', { callingHours: hours }, {}, at('05:00:00'));
		// 5 o'clock in London is 14 o'clock in Tokyo.
		expect(times()).toEqual([at('05:00:00')]);
	});
});

describe('days on which nobody is rung', () => {
	/** A Tuesday, and the day before it. */
	const scheduledFor = '2035-01-02T10:00:00+01:00';
	const hours = (notOn: unknown): INodeParameters => ({
		callingHours: { ...DAYTIME, timeZone: 'Europe/Berlin', notOn: String(notOn) },
	});
	const THURSDAY = '2035-01-04T08:00:00+01:00';

	it.each([
		'2035-01-02, 2035-01-03',
		'2035-01-03;2035-01-02',
		'2035-01-02\n2035-01-03',
		'2035-01-02 2035-01-03',
		'2035-01-02 00:00:00 2035-01-03 00:00',
		'={{ ["2035-01-02", "2035-01-03"] }}',
		'={{ [["2035-01-02T00:00:00.000Z"], "2035-01-03T00:00:00+01:00"] }}',
		'={{ [DateTime.fromISO("2035-01-02", { zone: "Europe/Berlin" }), new Date("2035-01-03")] }}',
	])('are read however they are written: %j', async (notOn) => {
		await place('+49 30 1234567', hours(notOn), {}, scheduledFor);
		expect(times()).toEqual([THURSDAY]);
	});

	it.each([
		'2035-02-30',
		'02.01.2035',
		'2035-1-2',
		'2035',
		'Christmas',
		'2035-01-02T10:00:00Z',
		'2035-01-02 10:00',
		'2035-01-01T23:00:00.000Z',
		'={{ 20350102 }}',
		'={{ ["2035-01-02", null] }}',
		'={{ new Date("2035-01-01T23:00:00Z") }}',
		'={{ [DateTime.fromISO("2035-01-02T00:00:00Z", { zone: "America/New_York" })] }}',
		'={{ [DateTime.fromISO("2035-01-02T15:00", { zone: "Europe/Berlin" })] }}',
		'={{ [DateTime.invalid("none")] }}',
	])('that are none place no call: %j', async (notOn) => {
		const result = await place('+49 30 1234567', hours(notOn));
		expect(result.error.message).toContain('"Calling Hours" has a field "Not On"');
		expect(world.seen()).toEqual([]);
	});

	it.each(['', ' ', '={{ [] }}'])('may be none: %j', async (notOn) => {
		await place('+49 30 1234567', hours(notOn), {}, scheduledFor);
		expect(times()).toEqual([scheduledFor]);
	});
});

describe('calls that are spread', () => {
	const callingHours = { ...DAYTIME, timeZone: 'Europe/Berlin', spread: 60 };
	const opening = Date.parse('2035-01-02T08:00:00+01:00');

	it('ring at different moments after the hours begin', async () => {
		const items = Array.from({ length: 20 }, () => ({}));
		await place('+49 30 1234567', { callingHours }, { items }, '2035-01-02T05:00:00+01:00');
		const minutes = times().map((time) => (Date.parse(String(time)) - opening) / 60_000);
		expect(Math.min(...minutes)).toBeGreaterThanOrEqual(0);
		expect(Math.max(...minutes)).toBeLessThan(60);
		expect(new Set(minutes).size).toBeGreaterThan(10);
	});

	it('are the same request at any moment', async () => {
		world.sandbox.faults.next({ kind: 'status', status: 503, body: {} });
		const settings = { node: RETRY_ON_FAIL };
		const result = await place(
			'+49 30 1234567',
			{ callingHours },
			settings,
			'2035-01-02T05:00:00+01:00',
		);
		expect(result.error.message).toContain('may already have placed this call');
		expect(world.asked()).toEqual(['POST /v1/calls']);
	});

	it.each([-1, 0.5, 1441, 'soon', '={{ null }}'])(
		'by what is no length place no call: %j',
		async (spread) => {
			const result = await place('+49 30 1234567', { callingHours: { ...callingHours, spread } });
			expect(result.error.message).toContain('"Spread Over"');
			expect(world.seen()).toEqual([]);
		},
	);
});

describe('a run of several items', () => {
	it('is accounted for in one line, which stands first', async () => {
		world.sandbox.filters.set(2, { status: 'unavailable', available_call_times: [] });
		const items: IDataObject[] = [
			{ key: 'a' },
			{ key: 'b' },
			{ key: 'a' },
			{ key: 'c', when: '2035-01-02T10:00:00+01:00' },
			{ key: 'd', group: 2 },
			{ key: 'e', phone: 'none' },
		];
		const options = { deduplicationKey: '={{ $json.key }}', whenUnavailable: 'skip' };
		world.sandbox.filters.set(1, {
			status: 'available',
			available_call_times: ['2035-01-02T09:00:00Z'],
		});
		const result = await world.run(
			'call.create',
			{
				filterId: locator('={{ $json.group ?? 1 }}'),
				phoneNumber: '={{ $json.phone ?? "+49 30 1234567" }}',
				additionalFields: { scheduledFor: '={{ $json.when }}' },
				options: { ...options, ifEmpty: 'leaveOut' },
			},
			{ items, node: CONTINUES },
		);
		expect(hintsOf(result).join('\n')).toMatch(
			/^6 items: 2 calls placed, 1 scheduled, 1 skipped \(duplicate\), 1 skipped \(unavailable\), 1 failed\. /,
		);
	});

	it('is accounted for in a zone that is none, too', async () => {
		const items = [{}, {}];
		const result = await place('+49 30 1234567', {}, { items, timezone: 'Europe/Berlim' });
		expect(jsons(result)).toHaveLength(2);
		expect(hintsOf(result)).toEqual(['2 items: 2 calls placed.']);
	});

	it.each([
		['create', { name: 'Mary', phoneNumber: '+49 30 1234567' }, 'users created'],
		['upsert', { name: 'Mary', phoneNumber: '={{ "+49 30 123456" + $json.n }}' }, 'users created'],
	])('of users is accounted for, too: %s', async (operation, parameters, words) => {
		const items = [{ n: 1 }, { n: 2 }];
		const result = await world.run(`user.${operation}`, parameters, { items });
		expect(hintsOf(result)).toEqual([`2 items: 2 ${words}.`]);
	});
});
