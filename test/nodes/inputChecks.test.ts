import { DateTime, FixedOffsetZone } from 'luxon';
import fc from 'fast-check';
import { anId, aLocator } from '../../nodes/shared/input/checks';
import { aPhoneNumber } from '../../nodes/shared/input/phone';
import { digitsOf } from '../../nodes/shared/phoneNumber';
import { aTime } from '../../nodes/shared/input/times';

const NOW = Date.UTC(2026, 10, 26, 12);
const toCome = aTime('Europe/Berlin', NOW);

describe('a phone number', () => {
	it.each([
		'+49 30 1234567',
		'(+49) 30 1234567',
		'+49 (0)30/1234567',
		'030/1234567',
		'+49 33731/12345',
		'+55 (11) 91234-5678',
		'+49.30.1234567-0',
		'(555) 123-4567',
		'0049 30 1234567',
	])('is taken as typed: %s', (given) => {
		expect(aPhoneNumber(` ${given} `)).toMatchObject({ value: given });
	});

	it.each([
		'555-1234 / 555-4321',
		'1234567/7654321',
		'+49 30 1234567, +49 30 7654321',
		'+49 30 1234567;030 7654321',
		'030 1234567 / 0171 7654321',
		'1234567,7654321',
	])('is turned away where it is two: %s', (given) => {
		expect(aPhoneNumber(given)).toMatchObject({
			error: {
				found: expect.stringContaining('two numbers'),
				advice: expect.stringContaining('one'),
			},
		});
	});

	it.each([
		'49+301234567',
		'++49301234567',
		'49301234567+',
		'+49 30 +1234567',
		'0+301234567',
		'+(+49) 301234567',
	])('has its plus in front only: %s', (given) => {
		expect(aPhoneNumber(given)).toMatchObject({ error: { found: expect.stringContaining('"+"') } });
	});

	it.each([
		['tel:+49301234567', '"t"'],
		['callto:+49301234567', '"c"'],
		['tel:+18888888888;ext=777', '"t"'],
		['555.555.5555 x 9', '"x"'],
		['+14382663913*227', '"*"'],
		['+49 30 1234567#', '"#"'],
		['4.41E+11', '"E"'],
		['1-800-FLOWERS', '"F"'],
	])('holds nothing that is no part of a number: %s', (given, shown) => {
		expect(aPhoneNumber(given)).toMatchObject({
			error: { found: expect.stringContaining(`${shown} was found`) },
		});
	});

	it.each([
		[444123456, '444123456'],
		[441000000000, '441000000000'],
		[49301234567n, '49301234567'],
	])('may be a number of a spreadsheet, which has no zero in front: %s', (given, sent) => {
		expect(aPhoneNumber(given)).toEqual({ ok: true, value: sent });
	});

	it('is whatever has 7 to 15 digits, however they are set off', () => {
		const digits = fc.stringMatching(/^[0-9]{7,15}$/);
		const setOff = fc.constantFrom('', ' ', '-', '.', ' (', ') ');
		fc.assert(
			fc.property(
				digits,
				fc.array(setOff, { maxLength: 6 }),
				fc.boolean(),
				(number, marks, plus) => {
					const written =
						(plus ? '+' : '') + [...number].map((digit, at) => digit + (marks[at] ?? '')).join('');
					expect(aPhoneNumber(written)).toEqual({ ok: true, value: written.trim() });
					expect(digitsOf(written)).toBe(number);
				},
			),
		);
	});
});

describe('an ID', () => {
	const words = ['null', 'undefined', 'none', 'nan', 'NaN', 'None', 'NULL', ' Undefined '];

	it.each(words)('is not the word %j, which stands for nothing', (word) => {
		expect(anId(word)).toMatchObject({ error: { found: expect.stringContaining(word.trim()) } });
		for (const mode of ['id', 'list']) {
			expect(aLocator('users')({ __rl: true, mode, value: word })).toHaveProperty('error.found');
		}
	});

	it.each(words)('is not the word %j in the address of a page either', (word) => {
		const value = `https://app.livecall.io/users/${word.trim()}/edit`;
		expect(aLocator('users')({ __rl: true, mode: 'url', value })).toHaveProperty('error.found');
	});

	it.each(['nullable', 'none-1', 'Nan_2', '0', 'undefined7'])('may hold such a word: %s', (id) => {
		expect(anId(id)).toMatchObject({ value: id });
	});
});

describe('a time', () => {
	it.each([
		'+25:00',
		'+24:00',
		'-24:30',
		'+2400',
		'+30',
		'+14:01',
		'-12:01',
		'+99:99',
		'+05:60',
		'-11:75',
	])('has no offset of %s', (offset) => {
		for (const moment of ['2020-01-31T14:30:00', '2030-01-31T14:30', '2030-01-31 14:30:00']) {
			expect(toCome(moment + offset)).toMatchObject({
				error: { found: expect.stringContaining('offset') },
			});
		}
	});

	it.each([
		['+14:00', '+14:00'],
		['-12:00', '-12:00'],
		['+05:45', '+05:45'],
		['-0330', '-03:30'],
		['+08', '+08:00'],
		['Z', 'Z'],
		['+05:30[Asia/Kolkata]', '+05:30'],
	])('may have an offset of %s', (written, sent) => {
		expect(toCome(`2030-01-31T14:30:00${written}`)).toMatchObject({
			value: `2030-01-31T14:30:00${sent}`,
		});
	});

	it.each([
		['T14:30 UTC', '+00:00'],
		['T14:30:00 Z', 'Z'],
		['T14:30:00GMT', '+00:00'],
		['T14:30 +05:30', '+05:30'],
		['T14:30:00.000 -0330', '-03:30'],
		['T14:30 Etc/GMT+2', '-02:00'],
		['t14:30:00 Asia/Kolkata', '+05:30'],
		[' 14:30[America/Argentina/Buenos_Aires]', '-03:00'],
		['T14:30 [Asia/Kolkata]', '+05:30'],
	])('may be set off from its zone with a blank or with brackets: %j', (written, offset) => {
		expect(toCome(`2030-01-31${written}`)).toMatchObject({
			value: `2030-01-31T14:30:00${offset}`,
		});
	});

	it.each([
		'2030-01-31',
		'2030-01-31T',
		' 2030-01-31 ',
		'2030-01-31Z',
		'"2030-01-31"',
		'2030-01',
		'2030',
	])('has a time of day: %j', (given) => {
		expect(toCome(given)).toHaveProperty('error.found');
	});

	it.each([46205, 46205.604, '46205', '46205.604', 1893456000, '1893456000000', true, [], {}])(
		'is no count of days or seconds, of which nobody knows the start: %j',
		(given) => {
			expect(toCome(given)).toMatchObject({
				error: { found: expect.stringContaining('needs a date and time') },
			});
		},
	);

	it('says that it is the time of day which is missing', () => {
		expect(toCome('2030-01-31')).toMatchObject({
			error: { found: expect.stringContaining('time of day') },
		});
	});

	it.each([
		['"2030-01-31T14:30:00.000+01:00"'],
		['[DateTime: 2030-01-31T14:30:00.000+01:00]'],
		['[Date: 2030-01-31T14:30:00.000+01:00]'],
		["'2030-01-31T14:30:00+01:00'"],
		['DateTime { ts: 2030-01-31T14:30:00.000+01:00, zone: Europe/Berlin, locale: en-US }'],
	])('may be a time that has become text on its way: %s', (given) => {
		expect(toCome(given)).toMatchObject({ value: '2030-01-31T14:30:00+01:00' });
	});

	it.each(['[object Object]', 'Invalid DateTime', 'null', '[DateTime: ]', '""', '{}'])(
		'is not %j',
		(given) => {
			expect(toCome(given)).toHaveProperty('error.found');
		},
	);

	it.each([
		['2027-03-28T02:30:00', '2027-03-28T03:30:00+02:00', 'that the clocks skip: as much later'],
		['2027-10-31T02:30:00', '2027-10-31T02:30:00+01:00', 'that comes twice: the later one'],
		['2027-10-31T02:30:00+02:00', '2027-10-31T02:30:00+02:00', 'that comes twice, with its offset'],
	])('%s is read as %s, a time %s', (given, sent) => {
		expect(toCome(given)).toMatchObject({ value: sent });
	});

	it('that lies in the past is turned away, whatever its offset', () => {
		const offsets = fc.integer({ min: -720, max: 840 });
		const before = fc.integer({ min: 61_000, max: 400 * 86_400_000 });
		fc.assert(
			fc.property(offsets, before, (offset, ms) => {
				const time = DateTime.fromMillis(NOW - ms, {
					zone: FixedOffsetZone.instance(offset),
				}).toISO();
				expect(toCome(time)).toMatchObject({ error: { found: expect.stringContaining('past') } });
			}),
		);
	});

	it('to come is sent as the same moment, whatever its offset', () => {
		const offsets = fc.integer({ min: -720, max: 840 });
		const ahead = fc.integer({ min: 0, max: 4000 * 86_400_000 });
		fc.assert(
			fc.property(offsets, ahead, (offset, ms) => {
				const time = DateTime.fromMillis(NOW + ms, { zone: FixedOffsetZone.instance(offset) });
				for (const given of [time, time.toJSDate(), time.toISO(), `"${time.toISO()}"`]) {
					const checked = aTime('Europe/Berlin')(given);
					if (!checked.ok) throw new Error(checked.error.found);
					expect(DateTime.fromISO(checked.value).toMillis()).toBe(time.toMillis());
				}
			}),
		);
	});
});
