import { LiveCallApi } from '../../credentials/LiveCallApi.credentials';
import {
	maxConcurrency,
	maxRetries,
	requestTimeout,
} from '../../nodes/LiveCall/fields/requestOptions';
import {
	aLocator,
	aNumber,
	anId,
	anyText,
	aSwitch,
	oneOf,
	someText,
	type Check,
} from '../../nodes/shared/input/checks';
import { aKey } from '../../nodes/shared/input/keys';
import { aPhoneNumber, somePhoneDigits } from '../../nodes/shared/input/phone';
import { mistakenText, nothingFound } from '../../nodes/shared/input/anyField';
import { aLocale, aTimeOfDay, aTimeZone, someWeekdays } from '../../nodes/shared/input/hours';
import { someDates } from '../../nodes/shared/input/dates';
import { someTargetGroups } from '../../nodes/shared/input/targetGroups';
import { aTime } from '../../nodes/shared/input/times';
import { aPhoneNumberOf, someCallingCodes } from '../../nodes/LiveCall/scheduling/allowedCountries';
import { rejections } from '../../nodes/LiveCallTrigger/delivery/rejections';
import { explanations } from '../../nodes/LiveCallTrigger/delivery/explanations';
import { certaintyOf, type FailureKind, type StatusFailure } from '../../nodes/shared/api/outcome';
import { editPage } from '../../nodes/shared/ids';
import {
	explain,
	mayAlreadyHave,
	RECORDED_EARLIER,
	SENT_EARLIER,
} from '../../nodes/shared/errors/explain';
import { hints, messages, type Explanation } from '../../nodes/shared/errors/messages';
import {
	callTopic,
	createUserTopic,
	filterTopic,
	placeCallTopic,
	placingCall,
	recordingFileTopic,
	recordingTopic,
	usersTopic,
	userTopic,
	type Topic,
} from '../../nodes/shared/errors/topics';

const aTimeIn2030 = aTime('UTC', Date.UTC(2030, 0, 1));

/** What no field may hold that was added. */
const inAnyField: Check<unknown> = (value) => {
	const error = mistakenText(value) ?? nothingFound(value, '');
	return error ? { ok: false, error } : { ok: true, value };
};

/** Wrong input for each check, with the label of a field that has it. */
const WRONG_INPUT: Array<[label: string, check: Check<unknown>, ...wrong: unknown[]]> = [
	['Name', inAnyField, '{{ $json.name }}', '[object Object]'],
	['Time Zone', inAnyField, null, 'null'],
	['Call ID', anId, '', 'null', '12 34', '12\u200b34', 'https://app.livecall.io/calls/1'],
	['Target Group', aLocator('targeting'), { mode: 'url', value: editPage('users', '1') }],
	['Target Group', aLocator('targeting'), editPage('targeting', '12')],
	['User (Consultant)', aLocator('users'), { mode: 'list', value: '' }],
	['User (Consultant)', aLocator('users'), 12345678901234567000],
	[
		'Phone Number',
		aPhoneNumber,
		'',
		'12345',
		'+49 30 1234567 ext. 8',
		'+49 30 1234567–89',
		'49+301234567',
	],
	['Phone Number', aPhoneNumber, '555-1234 / 555-4321', '+49 30 1234567/68', '447911123456.5'],
	['Scheduled For', aTimeIn2030, 'tomorrow', '2030-01-31', '2030-01-31T14:30:00+25:00'],
	[
		'Scheduled For',
		aTimeIn2030,
		'2029-12-31T10:00:00Z',
		'01.12.2030 09:30',
		'2030-07-31 14:30 BST',
	],
	['Scheduled For', aTime('Europe/Berlim', 0), '2030-01-31 14:30'],
	['Name', someText, ''],
	['Name', anyText, { first: 'Mary' }],
	['Phone Number', somePhoneDigits, 'abc'],
	['Limit', aNumber('users', 1, Infinity, true), 0],
	['Request Timeout', requestTimeout.check, 0],
	['Max Concurrency', maxConcurrency.check, 0],
	['Max Retries', maxRetries.check, 11],
	['Simplify', aSwitch, 'perhaps'],
	['Deduplication Key', aKey, 12345678901234567000, 'lead-null'],
	['Fallback Target Groups', someTargetGroups, '124, Sales/EU'],
	['Time Zone', aTimeZone, 'Berlin'],
	['Locale', aLocale, 'english'],
	['From', aTimeOfDay, '25:00'],
	['Days', someWeekdays, [0]],
	['Not On', someDates, '25.12.2026'],
	['Allowed Countries', someCallingCodes, 'PL', ''],
	['Phone Number', aPhoneNumberOf(['48', '49']), '+1 555 1234567', '030 1234567'],
	['When Unavailable', oneOf('place', 'schedule', 'skip', 'fail'), 'later'],
];

/** Everything that a request can be about, each with an ID where it has one. */
const TOPICS: Topic[] = [
	callTopic('123'),
	recordingTopic('123'),
	filterTopic('12'),
	usersTopic,
	userTopic('45', 'update user "45"'),
	placeCallTopic('12', '45'),
	createUserTopic,
];

const MISSING = { status: 200, missing: '"call" with an "id"' };

const status = (code: number, more: Partial<StatusFailure> = {}): FailureKind => ({
	kind: 'status',
	status: code,
	reasons: [],
	...more,
});

/** Each way in which a request can fail. The words that topics have of their own are all shown, else one topic stands for all. */
const FAILURES: Array<[when: string, how: FailureKind, topics?: Topic[]]> = [
	['401', status(401)],
	['403', status(403), TOPICS],
	['404', status(404), TOPICS],
	[
		'404 with a web page',
		status(404, { foreign: 'webPage' }),
		[callTopic('123'), placeCallTopic('12')],
	],
	[
		'404 with a text',
		status(404, { foreign: 'text', reasons: ['404 page not found'] }),
		[callTopic('123')],
	],
	['403 with a web page', status(403, { foreign: 'webPage' })],
	['403 with a text', status(403, { foreign: 'text', reasons: ['Access denied'] })],
	['422 or 400', status(422, { reasons: ['phone number is invalid'] }), TOPICS],
	['422, about a filter', status(422, { reasons: ['filter must exist'] })],
	['another 4xx', status(409)],
	['429', status(429, { retryAfterMs: 5_000 })],
	['429 with a long wait', status(429, { retryAfterMs: 120_000 })],
	['5xx or 408', status(503)],
	['connection refused', { kind: 'notSent', reason: 'connectionRefused' }],
	['unknown host', { kind: 'notSent', reason: 'unresolved' }],
	['no way to the host', { kind: 'notSent', reason: 'unreachable' }],
	['wrong certificate, key or address', { kind: 'notSent', reason: 'unsendable' }],
	['canceled before', { kind: 'notSent', reason: 'canceled' }],
	['canceled meanwhile', { kind: 'canceled' }],
	['connection lost', { kind: 'lost' }],
	['time-out', { kind: 'timeout', timeoutMs: 30_000 }],
	['a proxy asks for a login', status(407, { byProxy: true })],
	['a proxy lets nothing through', status(403, { byProxy: true })],
	['a proxy answers in its place', status(502, { byProxy: true })],
	['a proxy hangs up', { kind: 'notSent', reason: 'proxy' }],
	['asked to wait', { kind: 'notSent', reason: 'askedToWait', waitMs: 90_000 }],
	['a web page', { kind: 'unreadable', what: 'webPage', status: 200 }],
	['cut-off JSON', { kind: 'unreadable', what: 'cutOff', status: 200 }],
	['an empty answer', { kind: 'unreadable', what: 'empty', ...MISSING }],
	['a missing wrapper', { kind: 'unreadable', what: 'shape', ...MISSING }],
	[
		'a missing wrapper, and a reason',
		{ kind: 'unreadable', what: 'shape', ...MISSING, found: 'Target group is inactive' },
	],
	['a redirect', { kind: 'unreadable', what: 'redirect', status: 302 }],
];

/** What only an answer to a question can be. */
const OTHER_ANSWERS: typeof FAILURES = [
	[
		'another one than was asked about',
		{
			kind: 'unreadable',
			what: 'another',
			status: 200,
			missing: 'call "123"',
			found: 'another call',
		},
	],
];

/** Each way in which the host of the recordings can fail; a link that it refuses has words of its own. */
const FILE_FAILURES: FailureKind[] = [
	{ kind: 'notSent', reason: 'connectionRefused' },
	{ kind: 'notSent', reason: 'unresolved' },
	{ kind: 'lost' },
	{ kind: 'brokeOff' },
	{ kind: 'timeout', timeoutMs: 30_000 },
	status(407, { byProxy: true }),
	status(429),
	status(503),
	{ kind: 'unreadable', what: 'redirects' },
	{ kind: 'unreadable', what: 'noRecording', status: 200, found: 'text/html' },
	{ kind: 'unreadable', what: 'part', status: 206 },
	{ kind: 'unreadable', what: 'encoded', status: 200, found: 'zstd' },
	{ kind: 'unreadable', what: 'tooLarge', status: 200 },
	{ kind: 'unreadable', what: 'tooLong', status: 200 },
];

/** Whatever is said of one thing in particular, with something to say it of. */
const OWN_WORDS: Record<keyof typeof messages, Explanation> = {
	wrongField: messages.wrongField('Field', {
		found: 'needs …, but … was found',
		advice: 'as in the table above',
	}),
	noTimeZone: messages.noTimeZone('Europe/Berlim'),
	wrongExpression: messages.wrongExpression("the expression's own message"),
	credentialUnreadable: messages.credentialUnreadable("n8n's own message"),
	wrongBaseUrl: messages.wrongBaseUrl(),
	unknownOperation: messages.unknownOperation('call', 'hangUp'),
	nothingToUpdate: messages.nothingToUpdate(),
	sharedNumber: messages.sharedNumber('45', '46'),
	nobodyReachable: messages.nobodyReachable(['12', '13'], 'now'),
	noTimeToCome: messages.noTimeToCome(['12'], true),
	noTimeBetween: messages.noTimeBetween(),
	outsideHours: messages.outsideHours('on Thu 31 Jan 2030, 22:30 (America/New_York)'),
	noHoursToCome: messages.noHoursToCome('now'),
	wrongTestPhone: messages.wrongTestPhone({
		found: 'needs …, but … was found',
		advice: 'As in the table above.',
	}),
	scheduledTooLate: messages.scheduledTooLate('123', 'Thu 31 Jan 2030, 14:30 (Europe/Berlin)'),
	notEnded: messages.notEnded('123', 30, 'started'),
	noFile: messages.noFile('123'),
	notStored: messages.notStored('123', "n8n's own message"),
	linkRefused: messages.linkRefused('123', 403),
	keyNotClaimed: messages.keyNotClaimed({ reason: 'SQLITE_BUSY', mayBeRecorded: false }),
	keyDoubtful: messages.keyDoubtful(),
	keyOfAnother: messages.keyOfAnother('lead-'),
	recordUnreadable: messages.recordUnreadable('SQLITE_BUSY'),
	canceled: messages.canceled(),
	canceledWhileWaiting: messages.canceledWhileWaiting(),
};

/** What n8n's log says of deliveries, and its editor of the trigger's settings. */
const TRIGGERS_OWN: Record<keyof typeof explanations, Explanation> = {
	outcomeWithoutEnd: explanations.outcomeWithoutEnd(),
	noCallId: explanations.noCallId(512),
	liveCallPauses: explanations.liveCallPauses(60_000),
	manyDeliveries: explanations.manyDeliveries(),
};

const SAID_AND_DONE = ['What is said', 'What to do'];

/** The page's parts: a title, what stands below it, a table's head and its rows. */
const SECTIONS: Array<[title: string, intro: string, head: string[], rows: string[][]]> = [
	[
		'Input that is wrong',
		'Checked before anything is sent to LiveCall.',
		SAID_AND_DONE,
		WRONG_INPUT.flatMap(wrongInputRows),
	],
	[
		'What LiveCall answers, or does not',
		'',
		['When', ...SAID_AND_DONE],
		[...FAILURES, ...OTHER_ANSWERS].flatMap(([when, how, topics = TOPICS.slice(0, 1)]) =>
			topics.map((topic) => [when, ...failureRow(how, topic)]),
		),
	],
	[
		'What may have been carried out',
		'A request that must not be sent twice, and of which nobody knows what came of it.',
		SAID_AND_DONE,
		[
			...FAILURES.filter(([, how]) => certaintyOf(how) === 'unknown').map(([, how]) =>
				failureRow(how, placeCallTopic('12')),
			),
			failureRow({ kind: 'lost' }, createUserTopic),
			row(mayAlreadyHave(placingCall, SENT_EARLIER)),
			row(mayAlreadyHave(placingCall, RECORDED_EARLIER)),
		],
	],
	[
		'Where recordings lie',
		'The link to a recording is on another host than the API.',
		SAID_AND_DONE,
		FILE_FAILURES.map((how) => failureRow(how, recordingFileTopic('123'))),
	],
	[
		'In particular',
		'',
		SAID_AND_DONE,
		[
			...Object.values(OWN_WORDS),
			messages.keyNotClaimed({ reason: 'SQLITE_BUSY', mayBeRecorded: true }),
		].map(row),
	],
	[
		'When a credential is tested',
		'What to do stands in the message itself.',
		['LiveCall answers', 'What is said'],
		(new LiveCallApi().test.rules ?? []).map(({ properties }) => [
			'value' in properties ? String(properties.value) : '',
			properties.message,
		]),
	],
	[
		'Hints below the output',
		'Nothing has failed: the item is as the output says, and this is to be known besides. The items that it is about stand behind it.',
		['What is said'],
		Object.values(hints).map((hint) => [typeof hint === 'string' ? hint : hint('…')]),
	],
	[
		'The trigger, in n8n',
		'In the editor when the workflow is published or listened for, and in the log.',
		SAID_AND_DONE,
		Object.values(TRIGGERS_OWN).map(row),
	],
	[
		'What the trigger answers to whoever delivers',
		'',
		['What is said', 'Status'],
		Object.values(rejections).map(({ message, status }) => [message, String(status)]),
	],
];

/**
 * Makes docs/errors.md out of the code that makes the errors.
 * @returns the page as Markdown
 */
export function errorPage(): string {
	return [
		'# What the nodes say when something goes wrong',
		'',
		'**Search this page (Ctrl-F, on a Mac Cmd-F) for three or four of the words that you see**, without names, numbers and addresses:',
		'those stand for your own. Beside what is said stands what to do; n8n shows it below the message. Where the same is to be done,',
		'one row has all that is said.',
		'',
		'Made by `npm run docs` out of the code that makes the errors; a test keeps it so. Where a run has more than one item,',
		'every message ends in `[item 0]` and every advice begins with `Item 0:`, with the number of the item, counted from 0.',
		'',
		...SECTIONS.flatMap(([title, intro, head, rows]) => [
			...[`## ${title}`, '', ...(intro === '' ? [] : [intro, ''])],
			...[...table(head, rows), ''],
		]),
	].join('\n');
}

function wrongInputRows([label, check, ...wrong]: (typeof WRONG_INPUT)[number]): string[][] {
	return wrong.map((value) => {
		const checked = check(value);
		if (checked.ok) throw new Error(`${label} takes ${JSON.stringify(value)}`);
		return row(messages.wrongField(label, checked.error));
	});
}

function failureRow(how: FailureKind, topic: Topic): string[] {
	return row(explain({ how, certainty: certaintyOf(how), tries: 1 }, topic));
}

function row({ message, advice }: Explanation): string[] {
	return [message, advice];
}

/** What means something else in a table's cell in Markdown: `_` and `*` would be italics. */
const MARKDOWN = /[|_*<]/g;

/** A table in Markdown. Rows with the same last cell become one, whose other cells have a line for each text. */
function table(head: string[], rows: string[][]): string[] {
	const byLast = new Map<string, Array<Set<string>>>();
	for (const cells of rows) {
		const last = cells.at(-1) ?? '';
		const merged = byLast.get(last) ?? cells.map(() => new Set());
		byLast.set(last, merged);
		cells.forEach((cell, index) => merged[index]?.add(cell.replace(MARKDOWN, '\\$&')));
	}
	const merged = [...byLast.values()].map((cells) => cells.map((texts) => [...texts].join('<br>')));
	return [head, head.map(() => '---'), ...merged].map((cells) => `| ${cells.join(' | ')} |`);
}
