import fc from 'fast-check';
import { redact } from '../../nodes/shared/api/redact';
import { reasonsIn } from '../../nodes/shared/api/reasons';

const perCharacter = (spell: (character: string) => string) => (secret: string) =>
	[...secret].map(spell).join('');
const code = (character: string) => character.codePointAt(0) ?? 0;
const hex = (text: string) => Buffer.from(text).toString('hex');
const percent = perCharacter((character) => hex(character).replace(/../g, '%$&'));
const MARKS: Record<string, string> = {
	'&': 'amp',
	'<': 'lt',
	'>': 'gt',
	'"': 'quot',
	"'": 'apos',
};
const named = perCharacter((one) => (MARKS[one] === undefined ? one : `&${MARKS[one]};`));
const json = (secret: string) => JSON.stringify(secret).slice(1, -1);
const inJson = perCharacter((character) =>
	Array.from(
		{ length: character.length },
		(_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
	).join(''),
);

/** Each way in which a secret may be told, as a text that holds it. */
const FORMS: Record<string, (secret: string) => string> = {
	'as it is': (secret) => secret,
	// "ß" is two letters in capitals.
	'in capitals': perCharacter((one) => (one.toUpperCase().length === 1 ? one.toUpperCase() : one)),
	'in small letters': (secret) => secret.toLowerCase(),
	'percent-escaped where it has to be': encodeURIComponent,
	'percent-escaped': percent,
	'percent-escaped in capitals': (secret) => percent(secret).toUpperCase(),
	'percent-escaped twice': (secret) => percent(secret).replace(/%/g, '%25'),
	'in HTML': named,
	'in HTML, escaped twice': (secret) => named(secret).replace(/&/g, '&amp;'),
	'in HTML by number': perCharacter((one) => `&#${code(one)};`),
	'in HTML by hex number': perCharacter((one) => `&#x${code(one).toString(16)};`),
	'in HTML by long hex number': perCharacter(
		(one) => `&#X${code(one).toString(16).toUpperCase().padStart(6, '0')};`,
	),
	'in JSON': json,
	'in JSON, escaped twice': (secret) => json(json(secret)),
	'in JSON with slashes': (secret) => json(secret).replace(/\//g, '\\/'),
	'in JSON by number': inJson,
	'in hex': hex,
	"as a field's name": (secret) => secret.replace(/_/g, ' '),
	'with other separators': (secret) => secret.replace(/[_. ]/g, '-'),
};

const anySecret = fc
	.oneof(
		fc.string({ minLength: 8, maxLength: 40 }),
		fc.string({ unit: 'grapheme', minLength: 8, maxLength: 20 }),
		fc.stringMatching(/^(?:sk|pk)_(?:live|test)_[A-Za-z0-9]{12,24}$/),
		fc.stringMatching(/^[A-Za-z0-9+/]{20,40}={0,2}$/),
		fc.uuid(),
		fc.stringMatching(/^[_\\\-."'&% ]{8,16}$/),
	)
	.map((secret) => secret.trim())
	.filter((secret) => secret.length >= 8);

describe('a secret', () => {
	it.each(Object.entries(FORMS))('%s leaves nothing behind', (_, form) => {
		fc.assert(
			fc.property(anySecret, (secret) => {
				expect(redact(`(${form(secret)})`, [secret])).toBe('(***)');
			}),
			{ numRuns: 40 },
		);
	});

	it('in base64 leaves nothing behind that tells it, whatever stands around it', () => {
		fc.assert(
			fc.property(
				anySecret,
				fc.string({ maxLength: 4 }),
				fc.string({ maxLength: 4 }),
				fc.constantFrom('base64' as const, 'base64url' as const),
				(secret, before, after, encoding) => {
					const encoded = Buffer.from(before + secret + after).toString(encoding);
					const shown = redact(`Basic ${encoded}, refused`, [secret]);
					expect(shown).toMatch(/^Basic .*\*\*\*.*, refused$/);
					// What is left is of what stands around it: no character has bits of the secret.
					const [front = '', back = ''] = shown
						.slice('Basic '.length, -', refused'.length)
						.split('***');
					expect(front.length * 6).toBeLessThanOrEqual(Buffer.byteLength(before) * 8);
					const rest = Buffer.byteLength(after) * 8;
					expect(back.replace(/=/g, '').length * 6).toBeLessThanOrEqual(rest + 4);
				},
			),
		);
	});

	it('in base64 is found where that is escaped', () => {
		const secret = 'k~?>k~?>k~?>';
		const base64 = Buffer.from(secret).toString('base64');
		expect(base64).toMatch(/[+/]/);
		expect(redact(`at ${encodeURIComponent(base64)}!`, [secret])).toBe('at ***!');
		expect(redact(`at ${JSON.stringify(base64).replace(/\//g, '\\/')}!`, [secret])).toBe(
			'at "***"!',
		);
	});

	it('that is a part of another one, or stands more than once, is found', () => {
		const secrets = ['abcd1234', 'abcd1234efgh'];
		for (const order of [secrets, [...secrets].reverse()]) {
			expect(redact('abcd1234efgh or abcd1234, abcd1234', order)).toBe('*** or ***, ***');
		}
	});

	it('of a few characters is taken out where it stands alone, and nowhere else', () => {
		expect(redact('is a: "a" in a_b and data', ['a'])).toBe('is ***: "***" in ***_b and data');
		expect(redact('line 12, 1, 01', ['1'])).toBe('line 12, ***, 01');
		expect(redact('any text', [''])).toBe('any text');
	});

	it('leaves other texts as they are', () => {
		const texts = fc.stringMatching(/^[a-z ,.:]{0,60}$/);
		fc.assert(
			fc.property(texts, fc.uuid(), (text, secret) => {
				expect(redact(text, [secret])).toBe(text);
			}),
		);
	});

	it('is looked for in no time in texts that nearly have it', () => {
		const texts = [
			'\\'.repeat(200_000),
			'\\'.repeat(60),
			'%25'.repeat(60_000),
			'&amp;'.repeat(40_000),
			'_'.repeat(200_000),
		];
		for (const secret of [
			'_'.repeat(40),
			'\\'.repeat(40),
			`${'\\'.repeat(24)}x`,
			`${'_\\'.repeat(20)}x`,
			'&%'.repeat(20),
		]) {
			texts.forEach((text) => redact(text, [secret]));
		}
	}, 20_000);
});

describe('the token of a link', () => {
	it.each([
		['https://dl.test/1?token=abc.def', 'https://dl.test/1?token=***'],
		['at dl.test%2F1%3Ftoken%3Dabc.def now', 'at dl.test%2F1%3Ftoken%3D*** now'],
		['dl.test/1?token\\u003dabc', 'dl.test/1?token\\u003d***'],
		['"?TOKEN=abc"', '"?TOKEN=***"'],
		['was eyJhbGciOi.eyJpZCI6MX0.c2ln_-9, gone', 'was ***, gone'],
		['the token is invalid', 'the token is invalid'],
	])('is not shown: %s', (text, shown) => {
		expect(redact(text, [])).toBe(shown);
	});
});

describe("LiveCall's words", () => {
	const secret = 'sk_live_1234567890';

	it('are cut after secrets have been taken out: one may lie across the cut', () => {
		for (let before = 180; before <= 200; before++) {
			const [reason] = reasonsIn({ error: `${'x'.repeat(before)}${secret}` }, [secret]);
			expect(reason).toBe(`${'x'.repeat(before)}***`.slice(0, 200));
		}
	});

	it.each([
		[{ errors: { [secret]: ['is invalid'] } }, '*** is invalid'],
		[{ error: { 'Sk live 1234567890': 'unknown' } }, '*** unknown'],
		[{ [secret]: ['is invalid'] }, '*** is invalid'],
		[`No account for ${encodeURIComponent(secret)}`, 'No account for ***'],
	])('do not have it in the name of a field: %j', (body, shown) => {
		expect(reasonsIn(body, [secret])).toEqual([shown]);
	});
});
