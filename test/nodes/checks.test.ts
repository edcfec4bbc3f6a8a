import { requestTimeout } from '../../nodes/LiveCall/fields/requestOptions';
import {
	aLocator,
	anId,
	aNumber,
	anyText,
	aSwitch,
	normalized,
	oneOf,
	shown,
	someText,
	type Check,
} from '../../nodes/shared/input/checks';
import { aKey } from '../../nodes/shared/input/keys';
import { aPhoneNumber, somePhoneDigits } from '../../nodes/shared/input/phone';
import { digitsOf } from '../../nodes/shared/phoneNumber';
import { aLocale } from '../../nodes/shared/input/hours';
import { someTargetGroups } from '../../nodes/shared/input/targetGroups';

/** Makes tests of what a check takes, and as what. */
function takes<T>(check: Check<T>, cases: Array<[unknown, T]>): void {
	it.each(cases)('takes %j', (given, value) => {
		expect(check(given)).toEqual({ ok: true, value });
	});
}

/** Makes tests of what a check turns away, what it says was found, and what it advises. */
function turnsAway(check: Check<unknown>, cases: Array<[unknown, string, string]>): void {
	it.each(cases)('turns away %p', (given, found, advice) => {
		const error = {
			found: expect.stringContaining(found),
			advice: expect.stringContaining(advice),
		};
		expect(check(given)).toEqual({ ok: false, error });
	});
}

const CIRCULAR: Record<string, unknown> = {};
CIRCULAR.self = CIRCULAR;

describe('a value in a message', () => {
	it.each<[unknown, string]>([
		[undefined, 'nothing'],
		[null, 'nothing'],
		['', 'nothing'],
		[NaN, 'nothing'],
		[' ', '" "'],
		[0, '"0"'],
		[false, '"false"'],
		[{ a: [1] }, '"{"a":[1]}"'],
		[Symbol.for('x'), '"Symbol(x)"'],
		[7n, '"7"'],
		[Infinity, '"Infinity"'],
		['7\u200b', '"7[U+200B]"'],
		['2030-01-31\u00a014:30', '"2030-01-31[U+00A0]14:30"'],
		['\u202a+49 30\n1', '"[U+202A]+49 30[U+000A]1"'],
		['Grüße 👋🏽', '"Grüße 👋🏽"'],
		[CIRCULAR, '"[object Object]"'],
		['a'.repeat(80), `"${'a'.repeat(80)}"`],
		['a'.repeat(81), `"${'a'.repeat(80)}…"`],
	])('%p is %s', (given, text) => {
		expect(shown(given)).toBe(text);
	});
});

describe('an ID', () => {
	takes(anId, [
		['abc-1_Z', 'abc-1_Z'],
		[' 7 ', '7'],
		[7, '7'],
		[0, '0'],
		[7n, '7'],
		['a'.repeat(64), 'a'.repeat(64)],
	]);
	turnsAway(anId, [
		[
			'',
			'needs an ID of 1 to 64 letters, digits, "-" or "_", but nothing was found',
			'e.g. 123. An',
		],
		['a'.repeat(65), 'aaaa', 'Enter the ID alone, e.g. 123.'],
		[-7, '"-7" was found', 'Enter the ID alone'],
		[7.5, '"7.5" was found', 'Enter the ID alone'],
		[2 ** 53, 'that is exact, but "9007199254740992" was found', 'Give it as text'],
		[Infinity, 'needs an ID', 'Give it as text'],
		[true, '"true" was found', 'Enter the ID alone'],
		['https://x/7', '"https://x/7" was found', 'without the address around it, e.g. 123.'],
		['null', 'a word that stands for nothing', 'Check the expression'],
		['7\u200b', 'an invisible character (U+200B) was found in', 'Enter the ID alone'],
		['7\t8', 'an invisible character (U+0009) was found in', 'Enter the ID alone'],
		['7\u{e0001}', 'an invisible character (U+E0001) was found in', 'Enter the ID alone'],
	]);
});

describe('an ID in a locator', () => {
	const check = aLocator('users');
	const page = 'https://app.livecall.io/users/7/edit';
	takes(check, [
		[{ __rl: true, mode: 'id', value: 7 }, '7'],
		[{ __rl: true, mode: 'list', value: '7' }, '7'],
		[{ __rl: true, mode: 'url', value: ` ${page}?a#b ` }, '7'],
		['7', '7'],
	]);
	turnsAway(check, [
		[{ mode: 'list', value: '' }, 'a choice from the list, but nothing', 'or remove the field'],
		[{ mode: 'id', value: page }, 'needs an ID', 'choose "By URL" first'],
		[{ mode: 'id', value: 12345678901234567000 }, 'too many digits to be kept', 'Give it as text'],
		[page, 'needs an ID', 'choose "By URL" first'],
		[{ value: '7' }, 'needs an ID', 'Enter the ID alone'],
		[{ mode: 'url', value: '7' }, 'needs the address of an edit page, but "7"', 'users/ID/edit'],
		[{ mode: 'url', value: null }, 'but nothing was found', 'copy the address from the browser'],
		[{ mode: 'url', value: page.replace('users', 'targeting') }, 'targeting', 'users/ID/edit'],
	]);
});

describe('a phone number', () => {
	takes(aPhoneNumber, [
		[' +49 (30) 123-45.67-8 ', '+49 (30) 123-45.67-8'],
		[4930123456, '4930123456'],
		['1234567', '1234567'],
		['123456789012345', '123456789012345'],
		['(+49) 30 1234567', '(+49) 30 1234567'],
	]);
	turnsAway(aPhoneNumber, [
		['', 'needs a phone number, but nothing', 'country code'],
		[' ', 'needs a phone number', 'country code'],
		[null, 'needs a phone number, but nothing', 'country code'],
		[-4930123456, 'needs a phone number', 'country code'],
		['123456', 'needs 7 to 15 digits, but "123456" has 6', 'country code'],
		['1234567890123456', 'has 16', 'country code'],
		['1234567/7654321', 'two numbers in "1234567/7654321"', 'make an item of each'],
		['1234567;7654321', 'two numbers', 'Enter one of them'],
		['030/1234/030/4567', 'two numbers', 'Enter one of them'],
		['030/123/45;030/45/67', 'two numbers', 'Enter one of them'],
		['1234567, 7654321', 'two numbers', 'Enter one of them'],
		['+49 30 1234567 x5', '"x" was found in "+49 30 1234567 x5"', 'the number alone, without'],
		['+49 30 1234567\u200e', 'an invisible character (U+200E)', 'copied from a page or a contact'],
		['+49\u00a030 1234567', 'an invisible character (U+00A0)', 'copied from a page or a contact'],
		['+49 30 1234567–89', '"–" was found', 'copied from a page or a contact'],
		['49+301234567', 'may have a "+" in front only', 'country code'],
		['++49301234567', 'may have a "+" in front only', 'country code'],
	]);

	it('is right without the separators that the advice takes out', () => {
		const pasted = '\u202a+49\u00a0(0)30\u202f1234567\u201389\u202c';
		const checked = aPhoneNumber(pasted);
		const advice = checked.ok ? '' : checked.error.advice;
		const [, pattern = ''] = /replace\(\/(.*)\/gu, ""\)/.exec(advice) ?? [];
		const cleaned = pasted.replace(new RegExp(pattern, 'gu'), '');
		expect(aPhoneNumber(cleaned)).toEqual({ ok: true, value: '+49(0)30123456789' });
	});

	it('is compared by its digits', () => {
		expect(digitsOf('+49 (0)30')).toBe('49030');
		expect(digitsOf(4930)).toBe('4930');
		expect(digitsOf(undefined)).toBe('');
	});
});

describe('digits to look for', () => {
	takes(somePhoneDigits, [
		['+49 30', '4930'],
		[4930, '4930'],
		['', ''],
		[' ', ''],
		[undefined, ''],
	]);
	turnsAway(somePhoneDigits, [
		['Ada', 'needs digits to look for, but "Ada"', 'part of a number'],
		[['4930'], 'needs some text', 'a list or an object'],
	]);
});

describe('text', () => {
	takes(someText, [
		[' Ada ', 'Ada'],
		[7, '7'],
	]);
	turnsAway(someText, [
		['', 'needs some text, but nothing was found', 'Fill it in'],
		[' ', 'needs some text', 'Fill it in'],
		[{}, 'needs some text, but "{}"', 'Fill it in'],
		['undefined', 'needs some text, but "undefined"', 'Fill it in'],
	]);
	takes(anyText, [
		[' Ada ', 'Ada'],
		['', ''],
		[null, ''],
		[undefined, ''],
		[true, ''],
	]);
	turnsAway(anyText, [
		[{ a: 1 }, 'needs some text', 'a list or an object'],
		[['Ada'], 'needs some text', 'a list or an object'],
	]);

	it('is compared in one form', () => {
		expect(normalized('A\u0308')).toBe(normalized('ä'));
		expect(normalized(null)).toBe('');
		expect(normalized(7)).toBe('7');
	});
});

describe('a key', () => {
	takes(aKey, [
		['lead 1', 'lead 1'],
		[7, '7'],
		[-1.5, '-1.5'],
		[Number.MAX_SAFE_INTEGER, '9007199254740991'],
		[String(2 ** 60), String(2 ** 60)],
	]);
	turnsAway(aKey, [
		['', 'needs some text', 'Fill it in'],
		[2 ** 53, 'needs a key that is exact', 'as text'],
		[-(2 ** 53), 'needs a key that is exact', 'as text'],
	]);
});

describe('target groups', () => {
	takes(someTargetGroups, [
		['124, 125;126\n127 124', ['124', '125', '126', '127']],
		['https://app.livecall.io/targeting/124/edit,125', ['124', '125']],
		[124, ['124']],
		[
			[124, ['125'], '126, 127', null],
			['124', '125', '126', '127'],
		],
		[undefined, []],
	]);
	turnsAway(someTargetGroups, [
		['Sales/EU', 'needs IDs of target groups', 'separated by commas'],
		['12345678901234567890 a/b', '"a/b" was found', 'separated by commas'],
		[12345678901234567000, 'too many digits to be kept', 'Give it as text'],
		[[124, 2 ** 53], 'too many digits to be kept', 'Give it as text'],
		[[[2 ** 60]], 'too many digits to be kept', 'Give it as text'],
		[-124, '"-124" was found', 'Enter the ID alone'],
		[true, '"true" was found', 'separated by commas'],
		[{ id: 124 }, '"{"id":124}" was found', 'separated by commas'],
	]);
});

describe('a language', () => {
	takes(aLocale, [
		['de', 'de'],
		[' EN ', 'en'],
		['En_us', 'en-US'],
		['PT-br', 'pt-BR'],
		['zh-HANT-tw', 'zh-Hant-TW'],
	]);
	turnsAway(aLocale, [
		['english', '"english" was found', 'e.g. en, de or en-US'],
		['xx', '"xx" was found', 'e.g. en, de or en-US'],
		['de-', '"de-" was found', 'e.g. en, de or en-US'],
		['de_DE.UTF-8', '"de_DE.UTF-8" was found', 'e.g. en, de or en-US'],
		[['de'], '"["de"]" was found', 'e.g. en, de or en-US'],
	]);
});

describe('a number', () => {
	takes(aNumber('seconds', 1, 10), [
		[1, 1],
		[10, 10],
		[' 2.5 ', 2.5],
	]);
	turnsAway(aNumber('seconds', 1, 10), [
		[
			0.9,
			'needs a number from 1 to 10 (seconds), but "0.9" was found',
			'an option can also be removed',
		],
		[10.1, 'from 1 to 10', 'Enter such a number'],
		['', 'but nothing was found', 'Enter such a number'],
		['many', '"many"', 'Enter such a number'],
		[[5], 'needs a number', 'Enter such a number'],
	]);
	takes(aNumber('retries', 0, Infinity, true), [
		[0, 0],
		[1e9, 1e9],
	]);
	turnsAway(aNumber('retries', 0, Infinity, true), [
		[1.5, 'needs a whole number of at least 0 (retries), but "1.5"', 'Enter such a number'],
		[-1, 'of at least 0', 'Enter such a number'],
	]);
});

describe('a time-out of requests', () => {
	takes(requestTimeout.check, [
		[0.001, 0.001],
		[86_400, 86_400],
	]);
	// In whole milliseconds, as axios counts, these are 0, which is no time-out at all.
	turnsAway(requestTimeout.check, [
		[0, 'from 0.001 to 86400 (seconds), but "0" was found', 'Enter such a number'],
		[0.0009, '"0.0009" was found', 'Enter such a number'],
		[1e-320, 'from 0.001 to 86400', 'Enter such a number'],
		[86_401, 'from 0.001 to 86400', 'Enter such a number'],
	]);
});

describe('a switch', () => {
	takes(aSwitch, [
		[true, true],
		[' TRUE ', true],
		[1, true],
		['1', true],
		[false, false],
		['False', false],
		[0, false],
		['0', false],
	]);
	turnsAway(aSwitch, [
		['', 'needs true or false, but nothing', 'Switch it on or off'],
		['yes', 'but "yes" was found', 'Switch it on or off'],
		[2, '"2"', 'Switch it on or off'],
		[null, 'nothing', 'Switch it on or off'],
	]);
});

describe('a value of a dropdown', () => {
	takes(oneOf('fail', 'return'), [
		['fail', 'fail'],
		['return', 'return'],
	]);
	turnsAway(oneOf('fail', 'return'), [
		['Fail', 'needs one of fail, return, but "Fail" was found', 'Choose one'],
		[undefined, 'but nothing was found', 'Choose one'],
	]);
});
