import fc from 'fast-check';
import { DateTime } from 'luxon';
import { aTimeOfDay, aTimeZone } from '../../nodes/shared/input/hours';
import { aKey, keyFor } from '../../nodes/shared/input/keys';
import { aPhoneNumber, somePhoneDigits } from '../../nodes/shared/input/phone';
import { aMoment } from '../../nodes/shared/input/times';
import type { Check } from '../../nodes/shared/input/checks';
import { CALL, hintsOf, locator, sharedWorld } from '../support/world';

/** What is sent is what the person meant, or nothing is. */
function means<T>(check: Check<T>, given: unknown, meant: (value: T) => void): void {
	const checked = check(given);
	if (checked.ok) meant(checked.value);
	else expect(checked.error.advice).not.toBe('');
}

const takes = (check: Check<unknown>, given: unknown) => check(given).ok;

describe('a phone number of a sheet', () => {
	const number = fc.stringMatching(/^[1-9]\d{6,14}$/);
	const plus = fc.constantFrom('', '+', '00');

	it.each([
		['447911123456.0', '447911123456'],
		['447911123456.00', '447911123456'],
		['+447911123456.0', '+447911123456'],
		['447911123456,0', '447911123456'],
		[447911123456.0, '447911123456'],
	])('is a number without its fraction: %j', (given, sent) => {
		expect(aPhoneNumber(given)).toEqual({ ok: true, value: sent });
	});

	it.each([
		['4930.0', '4930'],
		[' +4930.00', '4930'],
		['49,0', '49'],
		['49.30', '4930'],
	])('is looked for without its fraction: %j', (given, digits) => {
		expect(somePhoneDigits(given)).toEqual({ ok: true, value: digits });
	});

	it.each([-49, 4930.5])('is not looked for by %j', (given) => {
		expect(takes(somePhoneDigits, given)).toBe(false);
	});

	it.each(['+1.555.123.4567', '01.23.45.67.89', '030.1234567', '555.123.4567', '447.911.123.456'])(
		'has points between groups: %s',
		(given) => {
			expect(aPhoneNumber(given)).toEqual({ ok: true, value: given });
		},
	);

	it.each([
		['447911123456.5', 'ends like a fraction'],
		['+44 7911123456.0', 'ends like a fraction'],
		['447911123456.000', 'ends like a fraction'],
		['447911123456,5', '"," was found'],
		['4.47911123456e+11', '"e" was found'],
		['4.47911123456E+11', '"E" was found'],
		['447,911,123,456', '"," was found'],
		['#ERROR!', '"#" was found'],
		['+1 555 123 4567 / 4568', 'an ending to choose from'],
		['+49 30 1234567/68', 'an ending to choose from'],
		['+49 30 1234567/68/69', 'an ending to choose from'],
		['+49 30 1234567 // 68', 'an ending to choose from'],
		['+49 30 1234567 (89)', 'an ending to choose from'],
		['+49 30 1234567 (89', 'an ending to choose from'],
		['030 123456 (78) 9', 'an ending to choose from'],
		['+1 555 123 4567 ext. 5', '"e" was found'],
		['+1 555 123 4567 x5', '"x" was found'],
		['+1 555 123 4567#5', '"#" was found'],
	])('is none that nobody knows: %s', (given, found) => {
		expect(aPhoneNumber(given)).toHaveProperty('error.found', expect.stringContaining(found));
	});

	it.each(['+49 33731/12345', '030/1234567', '(030) 1234567', '+49 (0)30/1234567', '555-1234/56'])(
		'may have a slash or brackets in front: %s',
		(given) => {
			expect(aPhoneNumber(given)).toEqual({ ok: true, value: given });
		},
	);

	it('is sent with its own digits, whatever a sheet puts behind them', () => {
		const behind = fc.stringMatching(
			/^(?:[.,]\d{1,2}|[.,]0{1,4}|e\+1\d|E1\d| ?\/ ?\d{1,4}| ?\(\d{1,4}\))$/,
		);
		fc.assert(
			fc.property(plus, number, behind, (front, digits, tail) => {
				// Seven or eight digits may be a town's code, with the number behind the slash.
				fc.pre(!/[/(]/.test(tail) || front.length + digits.length > 9);
				means(aPhoneNumber, front + digits + tail, (sent) => expect(sent).toBe(front + digits));
			}),
			{ seed: 4, numRuns: 500 },
		);
	});
});

describe('a key of a sheet', () => {
	const word = fc
		.stringMatching(/^[a-z\d]{1,8}$/)
		.filter((text) => !/^(?:null|none|nan)$/.test(text));
	const delimiter = fc.constantFrom('-', '_', ':', '|', '/', ' ', ', ', '#');

	it.each(['null', 'NULL', 'undefined', 'NaN', 'nan', 'None', ' none ', 'null\u200b'])(
		'is not the word %j',
		(given) => {
			expect(takes(aKey, given)).toBe(false);
		},
	);

	it.each([
		'lead-undefined',
		'undefined_2026',
		'a|null|b',
		'NaN:7',
		'lead undefined',
		'[object Object]',
		'lead-[object Object]',
		'lead[object Undefined]x',
		'lead-Invalid DateTime',
	])('has no part that stands for nothing: %s', (given) => {
		expect(aKey(given)).toMatchObject({
			error: { found: expect.stringContaining('stands for nothing') },
		});
	});

	it.each([
		'null@example.com',
		'ada.null@example.com',
		'undefined.io',
		'nullable-1',
		'nonesuch',
		'Nancy',
		'mr-Null',
		'x-none',
	])('may look like such a word: %s', (given) => {
		expect(aKey(given)).toEqual({ ok: true, value: given });
	});

	it('is refused with any part that is missing, and taken with none', () => {
		const parts = fc.array(word, { minLength: 1, maxLength: 3 });
		const missing = fc.constantFrom('undefined', 'null', 'NaN', '[object Object]');
		fc.assert(
			fc.property(parts, delimiter, missing, fc.nat(), (words, between, nothing, at) => {
				expect(takes(aKey, words.join(between))).toBe(true);
				const place = at % (words.length + 1);
				const broken = [...words.slice(0, place), nothing, ...words.slice(place)].join(between);
				expect(takes(aKey, broken)).toBe(false);
			}),
			{ seed: 5 },
		);
	});

	it.each([
		['Zo\u0308e', 'Zöe'],
		['lead\u200b-7\ufeff', 'lead-7'],
		['\u2066lead-7\u2069 ', 'lead-7'],
		['lead\u00ad-7\ufe0f', 'lead-7'],
	])('is the same in any form that looks the same: %j', (given, key) => {
		expect(aKey(given)).toEqual({ ok: true, value: key });
	});

	it('is one for a phone number, however a sheet writes that', () => {
		for (const key of ['447911123456.0', '00447911123456', '+44 7911 123456'])
			expect(keyFor(key, '+44 (7911) 123456')).toBe('447911123456');
	});
});

describe('a time zone of a sheet', () => {
	it.each(['Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+2', 'UTC', 'GMT', 'utc'])(
		'is taken by its whole name: %s',
		(name) => {
			expect(aTimeZone(name)).toEqual({ ok: true, value: name });
		},
	);

	it('is UTC by its letter', () => {
		expect(aTimeZone(' Z ')).toEqual({ ok: true, value: 'UTC' });
	});

	it('is not taken by letters, in a field or in a time, though luxon takes some of them', () => {
		const letters = fc
			.oneof(
				fc.stringMatching(/^[A-Z]{2,5}$/),
				fc.constantFrom('BST', 'AST', 'IST', 'PST', 'EST', 'CEST', 'Japan', 'local'),
			)
			.filter((name) => !['UTC', 'GMT'].includes(name) && !/^[AP]M$/.test(name));
		fc.assert(
			fc.property(letters, fc.constantFrom(' ', '', ' ['), (name, before) => {
				expect(takes(aTimeZone, name)).toBe(false);
				const time = `2031-07-31 14:30${before}${name}${before === ' [' ? ']' : ''}`;
				expect(aMoment('Europe/London')(time)).toMatchObject({
					error: { found: `names the time zone "${name}", which stands for several or for none` },
				});
			}),
			{ seed: 3 },
		);
	});

	it('of a workflow is whatever luxon knows, and told where it is none', () => {
		for (const zone of ['CET', 'Japan', 'Europe/London']) {
			const at = DateTime.fromISO('2031-07-31T14:30', { zone }).toMillis();
			expect(aMoment(zone)('2031-07-31 14:30')).toMatchObject({ value: { at } });
		}
		for (const zone of ['Europe/Berlim', 'Pacific', 'CEST', 'Berlin', '']) {
			expect(aMoment(zone)('2031-07-31 14:30')).toMatchObject({
				error: {
					found: expect.stringContaining("the workflow's time zone"),
					advice: expect.stringContaining('GENERIC_TIMEZONE'),
				},
			});
			const exact = { value: { at: Date.UTC(2031, 6, 31, 14, 30) } };
			expect(aMoment(zone)('2031-07-31T14:30:00Z')).toMatchObject(exact);
			expect(aMoment(zone)(new Date(exact.value.at))).toMatchObject(exact);
			expect(aMoment(zone)('soon')).toMatchObject({
				error: { found: expect.stringContaining('"soon" was found') },
			});
		}
	});
});

describe('a date of a sheet', () => {
	const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC'];
	const FORMATS = [
		"yyyy-MM-dd'T'HH:mm:ssZZ",
		"yyyy-MM-dd'T'HH:mm",
		'yyyy-MM-dd HH:mm:ss',
		'yyyy-MM-dd HH:mm z',
		'yyyy-MM-dd HH:mm ZZZZ',
		"yyyy-MM-dd'T'HH:mm'['z']'",
		'yyyy-MM-dd',
		'dd.MM.yyyy HH:mm',
		'MM/dd/yyyy h:mm a',
		'd-M-yy',
		'EEE, d MMM yyyy HH:mm:ss ZZZ',
		'HH:mm',
	];

	it('is the moment that was written, or none', () => {
		const moment = fc.integer({ min: Date.UTC(2030, 0), max: Date.UTC(2040, 0) });
		const zones = fc.constantFrom(...ZONES);
		fc.assert(
			fc.property(moment, zones, fc.constantFrom(...FORMATS), (ms, zone, format) => {
				const time = DateTime.fromMillis(ms, { zone }).startOf('minute');
				// An hour that comes twice has two moments for one text.
				fc.pre(
					time.plus({ hours: 1 }).offset === time.offset &&
						time.minus({ hours: 1 }).offset === time.offset,
				);
				means(aMoment(zone), time.toFormat(format), ({ at }) => expect(at).toBe(time.toMillis()));
			}),
			{ seed: 6, numRuns: 500 },
		);
	});

	it.each([
		'01.12.2026 09:30',
		'1/12/2026',
		'12/01/26 9:30 AM',
		'01-12-2026 09:30',
		'2026/12/01 09:30',
		'2026-12-01 9:30 pm',
		'Dec 1, 2026 9:30',
		'Tue, 01 Dec 2026 09:30:00 GMT',
	])('that may be read in two ways comes with an expression that reads it: %s', (given) => {
		expect(aMoment('UTC')(given)).toHaveProperty(
			'error.advice',
			expect.stringContaining(
				"DateTime.fromFormat($json.when, 'dd.MM.yyyy HH:mm', { zone: 'Europe/Berlin' })",
			),
		);
	});

	it.each([Date.UTC(2026, 11, 1), String(Date.UTC(2026, 11, 1))])(
		'that is counted in milliseconds comes with an expression that reads it: %j',
		(given) => {
			const read = DateTime.fromMillis(Number(given), { zone: 'UTC' });
			expect(read.toISODate()).toBe('2026-12-01');
			expect(aMoment('UTC')(given)).toHaveProperty(
				'error.advice',
				expect.stringContaining('{{ DateTime.fromMillis(Number($json.when)) }}'),
			);
		},
	);

	it('is read by that expression', () => {
		const read = DateTime.fromFormat('01.12.2026 09:30', 'dd.MM.yyyy HH:mm', {
			zone: 'Europe/Berlin',
		});
		expect(read.toISO()).toBe('2026-12-01T09:30:00.000+01:00');
		const other = DateTime.fromFormat('12/01/2026 9:30 AM', 'MM/dd/yyyy h:mm a', { zone: 'UTC' });
		expect(other.toISO()).toBe('2026-12-01T09:30:00.000Z');
		expect(aMoment('UTC')('tomorrow')).not.toHaveProperty(
			'error.advice',
			expect.stringContaining('fromFormat'),
		);
	});
});

describe('a time of day', () => {
	it.each<[unknown, string]>([
		['9', '09:00'],
		['18', '18:00'],
		[9, '09:00'],
		[18, '18:00'],
		[0, '00:00'],
		['09:30', '09:30'],
		['08:00:00', '08:00'],
		['9am', '09:00'],
		['9 AM', '09:00'],
		['9:30 pm', '21:30'],
		['9:30:00 PM', '21:30'],
		['9 p.m.', '21:00'],
		['12am', '00:00'],
		['12 pm', '12:00'],
		['24', '00:00'],
		[24, '00:00'],
		['24:00', '00:00'],
	])('is read: %j', (given, clock) => {
		const [hours = 0, minutes = 0] = clock.split(':').map(Number);
		expect(aTimeOfDay(given)).toEqual({ ok: true, value: hours * 60 + minutes });
	});

	it.each([
		'900',
		900,
		'25',
		25,
		'13pm',
		'0 am',
		'9.5',
		9.5,
		'24:01',
		'9:5',
		'9:30 xm',
		-9,
		0.375,
		'',
		null,
		[9],
	])('is not %j, and the advice shows some', (given) => {
		expect(aTimeOfDay(given)).toMatchObject({
			error: {
				found: expect.stringContaining('needs a time of day'),
				advice: expect.stringContaining('e.g. 08:00 or 20:30'),
			},
		});
	});
});

describe('a workflow in a time zone that is none', () => {
	const world = sharedWorld();

	const call = CALL;
	const settings = { timezone: 'Europe/Berlim' };

	it.each([
		['call.create', { ...call, options: { callingHours: { from: '9', to: '9' } } }],
		['call.create', { ...call, additionalFields: { scheduledFor: '2031-07-31 14:30' } }],
		['filter.getAvailableTimes', { filterId: locator('1') }],
	])('asks nothing that depends on it: %s %j', async (operation, parameters) => {
		const result = await world.run(operation, parameters, settings);
		expect(result.error.message).toContain("workflow's time zone");
		expect(result.error.message).toContain('"Europe/Berlim"');
		expect(result.error.description).toContain('GENERIC_TIMEZONE');
		expect(world.seen()).toEqual([]);
	});

	it.each([
		['call.create', call],
		[
			'call.create',
			{
				...call,
				options: {
					callingHours: { from: '9', to: '9', days: [1, 2, 3, 4, 5, 6, 7], timeZone: 'UTC' },
				},
			},
		],
		['filter.getAvailableTimes', { filterId: locator('1'), options: { timeZone: 'UTC' } }],
	])('does what does not: %s %j', async (operation, parameters) => {
		const result = await world.run(operation, parameters, settings);
		expect(result.failed).toBe(false);
		expect(world.seen()).toHaveLength(1);
	});

	it('shows times in UTC', async () => {
		const scheduledFor = '2031-07-31T14:30:00+02:00';
		const result = await world.run(
			'call.create',
			{ ...call, additionalFields: { scheduledFor } },
			settings,
		);
		expect(hintsOf(result).join()).toContain('Thu 31 Jul 2031, 12:30 (UTC)');
	});
});
