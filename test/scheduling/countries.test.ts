import metadata from 'libphonenumber-js/metadata.min.json';
import {
	callingCodeOf,
	internationalDigits,
	zonesOf,
} from '../../nodes/LiveCall/scheduling/countries';
import { dayOf, isWithin, type CallingHours } from '../../nodes/LiveCall/scheduling/callingHours';

/** Whose clocks a territory has for which Node.js lists no time zones. */
const CLOCKS_OF: Record<string, string> = { AC: 'SH', TA: 'SH', XK: 'RS' };

/** Calling codes of a country that is not on the list of those which share the shorter code. */
const OF_THEIR_OWN: Record<string, string> = {
	'1670': 'MP',
	'1671': 'GU',
	'1684': 'AS',
	'76': 'KZ',
	'77': 'KZ',
};

function zonesOfCountry(country: string): string[] {
	const zones: unknown = Reflect.get(
		new Intl.Locale(`und-${CLOCKS_OF[country] ?? country}`),
		'timeZones',
	);
	return Array.isArray(zones) ? zones.map(String) : [];
}

/** What libphonenumber knows: the countries of each calling code. */
const known = Object.entries<string[]>(metadata.country_calling_codes).map(
	([code, countries]): [string, string[]] => [
		code,
		countries.filter(
			(country) =>
				!Object.entries(OF_THEIR_OWN).some(
					([longer, own]) => longer.startsWith(code) && own === country,
				),
		),
	],
);

describe('the calling codes', () => {
	it.each(known)('%s is that of %j', (code, countries) => {
		expect(callingCodeOf(`${code}5550123`)).toBe(code);
		expect(zonesOf(code).sort()).toEqual([...new Set(countries.flatMap(zonesOfCountry))].sort());
		expect(zonesOf(code)).not.toEqual([]);
	});

	it.each(Object.entries(OF_THEIR_OWN))('%s is that of %s alone', (code, country) => {
		expect(callingCodeOf(`${code}5550123`)).toBe(code);
		expect(zonesOf(code)).toEqual(zonesOfCountry(country));
	});

	it('are those that libphonenumber knows, and no others', () => {
		const all = new Set<string>();
		for (let digits = 0; digits < 10_000; digits++) {
			const code = callingCodeOf(String(digits).padStart(4, '0'));
			if (code !== undefined) all.add(code);
		}
		expect([...all].sort()).toEqual(
			[...known.map(([code]) => code), ...Object.keys(OF_THEIR_OWN)].sort(),
		);
	});

	it.each([
		['383', 'Europe/Belgrade'],
		['247', 'Atlantic/St_Helena'],
		['48', 'Europe/Warsaw'],
	])('%s goes by the clock of %s', (code, zone) => {
		expect(zonesOf(code)).toEqual([zone]);
	});

	it.each(['800', '808', '870', '881', '883', '888', '979', '999', '0', ''])(
		'%j is that of no country',
		(code) => {
			expect(callingCodeOf(`${code}`)).toBeUndefined();
			expect(zonesOf(code)).toEqual([]);
		},
	);
});

describe('a number with a country code', () => {
	it.each([
		['+49 30 1234567', '49301234567'],
		['0049 30 1234567', '49301234567'],
		['(+49) 30 1234567', '49301234567'],
		['(0049) 30/1234567', '49301234567'],
		['030 1234567', undefined],
		['1 (222) 222 2222', undefined],
	])('%s', (phoneNumber, digits) => {
		expect(internationalDigits(phoneNumber)).toBe(digits);
	});
});

/** How many minutes of a day a call can be placed from 8 to 21 o'clock in each of some zones. */
function minutesLeft(zones: string[], date: string): number {
	const [first = '', ...others] = zones;
	const hours: CallingHours = {
		from: 8 * 60,
		to: 21 * 60,
		days: [1, 2, 3, 4, 5, 6, 7],
		notOn: [],
		zones: [first, ...others],
		spread: 0,
	};
	const day = dayOf(date) * 24 * 60;
	return (
		Array.from({ length: 24 * 4 }, (_, quarter) => day + quarter * 15).filter((minute) =>
			isWithin(hours, minute * 60_000),
		).length * 15
	);
}

/** What is left of the 13 hours, in the winter and in the summer of the north; for countries in which it is less. */
const HOURS_LEFT: Array<[code: string, winter: number, summer: number]> = [
	['1', 6.5, 5.5],
	['7', 3, 3],
	['34', 12, 12],
	['52', 10, 11],
	['55', 10, 10],
	['56', 11, 10],
	['61', 8.5, 9],
	['62', 11, 11],
	['64', 12.25, 12.25],
	['86', 11, 11],
	['243', 12, 12],
	['262', 12, 12],
	['299', 9, 10],
	['351', 12, 12],
	['380', 12, 13],
	['593', 12, 12],
	['675', 12, 12],
	['686', 11, 11],
	['689', 12, 12],
	['691', 12, 12],
	['976', 12, 12],
];

describe('hours from 8 to 21 in each zone of a country', () => {
	it.each(HOURS_LEFT)('+%s: %d hours a day in January, %d in July', (code, winter, summer) => {
		expect(minutesLeft(zonesOf(code), '2026-01-14')).toBe(winter * 60);
		expect(minutesLeft(zonesOf(code), '2026-07-15')).toBe(summer * 60);
	});

	it('are whole everywhere else', () => {
		const listed = HOURS_LEFT.map(([code]) => code);
		const less = [...known.map(([code]) => code), ...Object.keys(OF_THEIR_OWN)]
			.filter((code) => !listed.includes(code))
			.map((code) => [
				code,
				minutesLeft(zonesOf(code), '2026-01-14') / 60,
				minutesLeft(zonesOf(code), '2026-07-15') / 60,
			])
			.filter(([, winter, summer]) => winter !== 13 || summer !== 13);
		expect(less).toEqual([]);
	});
});
