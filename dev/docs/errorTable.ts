import {
	maxConcurrency,
	maxRetries,
	requestTimeout,
} from '../../nodes/LiveCall/fields/commonOptions';
import {
	aKey,
	aLocator,
	aNumber,
	anId,
	aPhoneNumber,
	aSwitch,
	oneOf,
	somePhoneDigits,
	someText,
	type Check,
} from '../../nodes/LiveCall/input/checks';
import { aLocale, aTimeOfDay, aTimeZone, someWeekdays } from '../../nodes/LiveCall/input/hours';
import { someTargetGroups } from '../../nodes/LiveCall/input/targetGroups';
import { aTimeToCome } from '../../nodes/LiveCall/input/times';
import { turnedAway } from '../../nodes/LiveCallTrigger/delivery/answers';
import { certaintyOf, type FailureKind } from '../../nodes/shared/api/outcome';
import { explain, mayAlreadyHave, SENT_EARLIER } from '../../nodes/shared/failures/explain';
import { ownWords, type Notice } from '../../nodes/shared/failures/ownWords';
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
} from '../../nodes/shared/failures/topics';

/** Wrong input for each check, with the label of a field that has it. */
const WRONG_INPUT: Array<[string, Check<unknown>, unknown[]]> = [
	['Call ID', anId, ['', 'null', '12 34', '12\u200b34', 'https://app.livecall.io/calls/1']],
	[
		'Target Group',
		aLocator('targeting'),
		[{ mode: 'url', value: 'https://app.livecall.io/users/1/edit' }],
	],
	['User (Consultant)', aLocator('users'), [{ mode: 'list', value: '' }]],
	[
		'Phone Number',
		aPhoneNumber,
		['', '12345', '+49 30 1234567 ext. 8', '49+301234567', '555-1234 / 555-4321'],
	],
	[
		'Scheduled For',
		aTimeToCome('UTC', Date.UTC(2030, 0, 1)),
		['tomorrow', '2030-01-31', '2030-01-31T14:30:00+25:00', '2029-12-31T10:00:00Z'],
	],
	['Name', someText, ['']],
	['Phone Number', somePhoneDigits, ['abc']],
	['Limit', aNumber('users', 1, Infinity, true), [0]],
	['Request Timeout', requestTimeout.check, [0]],
	['Max Concurrency', maxConcurrency.check, [0]],
	['Max Retries', maxRetries.check, [11]],
	['Simplify', aSwitch, ['perhaps']],
	['Deduplication Key', aKey, [12345678901234567000]],
	['Fallback Target Groups', someTargetGroups, ['124, Sales/EU']],
	['Time Zone', aTimeZone, ['Berlin']],
	['Locale', aLocale, ['english']],
	['From', aTimeOfDay, ['25:00']],
	['Days', someWeekdays, [[0]]],
	['When Unavailable', oneOf('place', 'schedule', 'skip', 'fail'), ['later']],
];

const topics: Record<string, Topic> = {
	'reading a call': callTopic('123'),
	'fetching a recording': recordingTopic('123'),
	'reading a target group': filterTopic('12'),
	'listing users': usersTopic,
	'changing a user': userTopic('45', 'update user "45"'),
	'placing a call': placeCallTopic('12', '45'),
	'creating a user': createUserTopic,
};

const status = (
	code: number,
	more: { reasons?: string[]; retryAfterMs?: number; byProxy?: boolean } = {},
): FailureKind => ({
	kind: 'status',
	status: code,
	reasons: [],
	...more,
});

/** Each way in which a request can fail, and whether every topic speaks of it in its own words. */
const FAILURES: Array<[string, FailureKind, boolean]> = [
	['401', status(401), false],
	['403', status(403), true],
	['404', status(404), true],
	['422 or 400', status(422, { reasons: ['phone number is invalid'] }), true],
	['422, about a filter', status(422, { reasons: ['filter must exist'] }), false],
	['another 4xx', status(409), false],
	['429', status(429, { retryAfterMs: 5_000 }), false],
	['429 with a long wait', status(429, { retryAfterMs: 120_000 }), false],
	['5xx or 408', status(503), false],
	['connection refused', { kind: 'notSent', reason: 'refused' }, false],
	['unknown host', { kind: 'notSent', reason: 'unresolved' }, false],
	['no way to the host', { kind: 'notSent', reason: 'unreachable' }, false],
	['wrong certificate, key or address', { kind: 'notSent', reason: 'unsendable' }, false],
	['canceled before', { kind: 'notSent', reason: 'cancelled' }, false],
	['canceled meanwhile', { kind: 'cancelled' }, false],
	['connection lost', { kind: 'lost' }, false],
	['time-out', { kind: 'timeout', timeoutMs: 30_000 }, false],
	['a proxy asks for a login', status(407, { byProxy: true }), false],
	['a proxy answers in its place', status(502, { byProxy: true }), false],
	['a proxy hangs up', { kind: 'notSent', reason: 'proxy' }, false],
	['LiveCall had asked to wait', { kind: 'notSent', reason: 'askedToWait', waitMs: 90_000 }, false],
	['a web page', { kind: 'unreadable', what: 'webPage', status: 200 }, false],
	['cut-off JSON', { kind: 'unreadable', what: 'cutOff', status: 200 }, false],
	[
		'an empty answer',
		{ kind: 'unreadable', what: 'empty', status: 200, missing: '"call" with an "id"' },
		false,
	],
	[
		'a missing wrapper',
		{ kind: 'unreadable', what: 'shape', status: 200, missing: '"call" with an "id"' },
		false,
	],
	[
		'a missing wrapper, and a reason',
		{
			kind: 'unreadable',
			what: 'shape',
			status: 200,
			missing: '"call" with an "id"',
			found: 'Target group is inactive',
		},
		false,
	],
	['a redirect', { kind: 'unreadable', what: 'redirect', status: 302 }, false],
];

/** Each way in which the host of the recordings can fail; a link that it refuses has words of its own. */
const FILE_FAILURES: FailureKind[] = [
	{ kind: 'notSent', reason: 'refused' },
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
];

/** Whatever is said of one thing in particular, with something to say it of. */
const OWN_WORDS: Record<keyof typeof ownWords, Notice> = {
	wrongField: ownWords.wrongField('Field', 'needs …, but … was found', 'as in the table above'),
	wrongExpression: ownWords.wrongExpression("the expression's own message"),
	wrongBaseUrl: ownWords.wrongBaseUrl(),
	otherCall: ownWords.otherCall('123'),
	unknownOperation: ownWords.unknownOperation('call', 'hangUp'),
	nothingToUpdate: ownWords.nothingToUpdate(),
	sharedNumber: ownWords.sharedNumber('45', '46'),
	nobodyReachable: ownWords.nobodyReachable(['12', '13'], 'now'),
	noTimeToCome: ownWords.noTimeToCome(['12'], true),
	noTimeBetween: ownWords.noTimeBetween(),
	outsideHours: ownWords.outsideHours('on Thu 31 Jan 2030, 22:30 (America/New_York)'),
	wrongTestPhone: ownWords.wrongTestPhone('needs …, but … was found', 'As in the table above.'),
	scheduledTooLate: ownWords.scheduledTooLate('123', 'Thu 31 Jan 2030, 14:30 (Europe/Berlin)'),
	notEnded: ownWords.notEnded('123', 30, 'started'),
	noFile: ownWords.noFile('123'),
	notStored: ownWords.notStored('123', "n8n's own message"),
	linkRefused: ownWords.linkRefused('123', 403),
	keyNotClaimed: ownWords.keyNotClaimed({ reason: 'SQLITE_BUSY', mayBeRecorded: false }),
	keyDoubtful: ownWords.keyDoubtful(),
	recordUnreadable: ownWords.recordUnreadable('SQLITE_BUSY'),
	canceled: ownWords.canceled(),
	canceledWhileWaiting: ownWords.canceledWhileWaiting(),
};

/**
 * Makes docs/errors.md out of the code that makes the errors.
 * @returns the page as Markdown
 */
export function errorPage(): string {
	return [
		'# What the nodes say when something goes wrong',
		'',
		'**Search this page (Ctrl-F, on a Mac Cmd-F) for three or four of the words that you see**, without names, numbers and addresses:',
		'those stand for your own. Beside what is said stands what to do; n8n shows it below the message.',
		'',
		'Made by `npm run docs` out of the code that makes the errors; a test keeps it so. Where a run has more than one item,',
		'every message ends in `[item 0]` and every advice begins with `Item 0:`, with the number of the item, counted from 0.',
		'',
		'## Input that is wrong',
		'',
		'Checked before anything is sent to LiveCall.',
		'',
		...table(['What is said', 'What to do'], WRONG_INPUT.flatMap(wrongInputRows)),
		'',
		'## What LiveCall answers, or does not',
		'',
		...table(['When', 'Of', 'What is said', 'What to do'], FAILURES.flatMap(failureRows)),
		'',
		'## What may have been carried out',
		'',
		'A request that must not be sent twice, and of which nobody knows what came of it.',
		'',
		...table(['What is said', 'What to do'], unknownRows()),
		'',
		'## Where recordings lie',
		'',
		'The link to a recording is on another host than the API.',
		'',
		...table(['What is said', 'What to do'], downloadRows()),
		'',
		'## In particular',
		'',
		...table(['What is said', 'What to do'], Object.values(OWN_WORDS).map(row)),
		'',
		'## What the trigger answers',
		'',
		...table(
			['Status', 'What is said'],
			Object.values(turnedAway).map((answer) => [String(answer.status), answer.message]),
		),
		'',
	].join('\n');
}

function wrongInputRows([label, check, values]: [string, Check<unknown>, unknown[]]): string[][] {
	return values.map((value) => {
		const checked = check(value);
		if (checked.ok) throw new Error(`${label} takes ${JSON.stringify(value)}`);
		return row(ownWords.wrongField(label, checked.error.found, checked.error.advice));
	});
}

function failureRows([when, how, inItsOwnWords]: [string, FailureKind, boolean]): string[][] {
	const named = Object.entries(topics).slice(0, inItsOwnWords ? undefined : 1);
	return named.map(([of, topic]) => [
		when,
		inItsOwnWords ? of : 'anything',
		...row(explain({ how, certainty: certaintyOf(how), tries: 1 }, topic)),
	]);
}

function unknownRows(): string[][] {
	const unknown = FAILURES.filter(([, how]) => certaintyOf(how) === 'unknown');
	return [
		...unknown.map(([, how]) =>
			row(explain({ how, certainty: 'unknown', tries: 1 }, placeCallTopic('12'))),
		),
		row(explain({ how: { kind: 'lost' }, certainty: 'unknown', tries: 1 }, createUserTopic)),
		row(mayAlreadyHave(placingCall, SENT_EARLIER)),
	];
}

function downloadRows(): string[][] {
	const topic = recordingFileTopic('123');
	return FILE_FAILURES.map((how) =>
		row(explain({ how, certainty: certaintyOf(how), tries: 1 }, topic)),
	);
}

function row({ message, advice }: Notice): string[] {
	return [message, advice];
}

function table(head: string[], rows: string[][]): string[] {
	const line = (cells: string[]) =>
		`| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
