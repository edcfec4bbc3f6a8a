import { aMoment, aTime } from '../../nodes/shared/input/times';

const NOW = Date.parse('2030-01-31T12:00:00Z');
const ZONE = 'Europe/Berlin';
const toCome = aTime(ZONE, NOW);
const ago = (ms: number) => new Date(NOW - ms).toISOString();

describe('a time to call at', () => {
	it('may be now, and up to a minute ago', () => {
		for (const ms of [0, 59_999, 60_000]) expect(toCome(ago(ms))).toHaveProperty('value');
		const error = {
			found: 'lies in the past: "2030-01-31T11:58:59.999Z"',
			advice: 'Enter a time to come, or remove the field to call at once.',
		};
		expect(toCome(ago(60_001))).toEqual({ ok: false, error });
	});

	it('may have passed where the call was placed before', () => {
		const written = '2020-01-31T12:00:00Z';
		expect(aTime(ZONE)(written)).toEqual({ ok: true, value: written });
	});

	it.each(['soon', '2030-01-31', '2030-01-31T14:30:00+25:00'])(
		'that is none comes with advice for the call, which no other time gets: %j',
		(given) => {
			const forCall =
				/such as .* in the time zone of the workflow\. To call at once, remove the field/;
			expect(aTime(ZONE)(given)).toHaveProperty('error.advice', expect.stringMatching(forCall));
			const forOthers = expect.stringMatching(/such as 2030-01-31T14:30:00\+01:00\.$/);
			expect(aMoment(ZONE)(given)).toHaveProperty('error.advice', forOthers);
		},
	);

	it('with an offset that no place has comes with advice about offsets', () => {
		for (const offset of ['+14:30', '-0375']) {
			const error = {
				found: expect.stringContaining('has an offset that no place has'),
				advice: expect.stringContaining('Offsets go from -12:00 to +14:00'),
			};
			expect(aMoment(ZONE)(`2030-01-31T14:30:00${offset}`)).toEqual({ ok: false, error });
		}
	});

	it('may be a whole hour', () => {
		expect(aTime(ZONE)('2030-01-31T14')).toEqual({ ok: true, value: '2030-01-31T14:00:00+01:00' });
	});

	it.each(['local', 'system', 'DEFAULT', 'UTC+2', 'Mars/Olympus'])(
		"reads no time without an offset in a workflow's time zone that is none: %s",
		(zone) => {
			expect(aMoment(zone)('2030-01-31T14:30:00+01:00')).toMatchObject({ ok: true });
			expect(aMoment(zone)('2030-01-31T14:30')).toHaveProperty(
				'error.found',
				`has no offset, and of the workflow's time zone, "${zone}", there is none`,
			);
		},
	);

	it('that is a Date is told in the zone of the workflow', () => {
		expect(aMoment(ZONE)(new Date('2030-01-31T13:30:00Z'))).toEqual({
			ok: true,
			value: { iso: '2030-01-31T14:30:00+01:00', at: Date.parse('2030-01-31T13:30:00Z') },
		});
	});

	it.each([
		'x2030-01-31',
		'12030-01-31',
		'2030-01-3',
		'2030-01-3T10:00:00Z',
		'on 2030-01-31 at 10:00',
		'x "2030-01-31T14:30:00Z"',
		'"2030-01-31T14:30:00Z" x',
		'2030-13-31T14:30:00Z',
		'2030-01-31T14:30:00Z[Europe/Berlin] x',
	])('is not %j', (given) => {
		expect(toCome(given)).toMatchObject({
			error: { found: expect.stringContaining('a date and time') },
		});
	});

	it.each([
		['+01:00[Asia/Kolkata]', '+01:00'],
		['+0100[Asia/Kolkata]', '+01:00'],
		['-03:30[Asia/Kolkata]', '-03:30'],
		['Z[Asia/Kolkata]', 'Z'],
		['z[Asia/Kolkata]', 'Z'],
		['+01:00[]', '+01:00'],
		['[Asia/Kolkata]', '+05:30'],
		['', '+01:00'],
	])('goes by its offset before the name of a zone: %j', (written, sent) => {
		expect(toCome(`2030-02-01T14:30:00${written}`)).toEqual({
			ok: true,
			value: `2030-02-01T14:30:00${sent}`,
		});
	});
});
