import type { IDataObject } from 'n8n-workflow';
import { shownTime } from '../../../shared/time';
import { accountOf, type Way } from '../../execution/account';
import { internationalDigits } from '../../scheduling/countries';

/**
 * What a person who looks at the output should know of the calls: how many of several were placed, what was not placed
 * and why, when those will ring that are placed for later, and which numbers may ring somebody else.
 * @param results the JSON of all output items
 * @param zone the workflow's time zone
 * @returns `undefined` when there is nothing out of the ordinary
 */
export function createHint(results: IDataObject[], zone: string): string | undefined {
	const skipped = (reason: string) =>
		results.filter((result) => result.skipped === true && result.reason === reason).length;
	const placed = results.filter(
		({ skipped: isSkipped, error }) => !isSkipped && error === undefined,
	);
	const tests = results.filter(({ test }) => test === true).length;
	const parts = [
		accountOf(results, WAYS) ?? '',
		tests > 0
			? 'This was a test: "Test Phone Number" of the LiveCall API credential was rung, and no customer.'
			: '',
		counted('Skipped, since a test rings once', skipped('test')),
		counted('Skipped, since this node has seen the deduplication key before', skipped('duplicate')),
		counted('Skipped, since nobody of the target group could be reached', skipped('unavailable')),
		counted('Skipped, since it is outside the calling hours', skipped('outside_hours')),
		scheduled(placed, zone),
		counted('Numbers without a country code', placed.filter(hasNationalNumber).length),
	];
	const said = parts.filter((part) => part !== '');
	return said.length > 0 ? said.join(' ') : undefined;
}

/** A Retry knows of a call that an earlier run placed, but after a crash not what LiveCall answered. */
function isOfBefore({ already_placed, id }: IDataObject): boolean {
	return already_placed === true && id === null;
}

function isScheduled({ scheduled_for }: IDataObject): boolean {
	return typeof scheduled_for === 'string' && scheduled_for !== '';
}

const WAYS: Way[] = [
	['calls placed', (call) => !isOfBefore(call) && !isScheduled(call)],
	['scheduled', (call) => !isOfBefore(call) && isScheduled(call)],
	['placed by an earlier run', isOfBefore],
];

function counted(what: string, count: number): string {
	return count > 0 ? `${what}: ${count}.` : '';
}

function scheduled(placed: IDataObject[], zone: string): string {
	const times = placed
		.map(({ scheduled_for }) => scheduled_for)
		.filter((time): time is string => typeof time === 'string' && time !== '')
		.sort((one, other) => Date.parse(one) - Date.parse(other));
	const [first] = times;
	const last = times.at(-1);
	if (first === undefined || last === undefined) return '';
	return times.length === 1
		? `Scheduled for ${shownTime(first, zone)}.`
		: `Scheduled for later: ${times.length}, from ${shownTime(first, zone)} to ${shownTime(last, zone)}.`;
}

/** LiveCall rings a number as it is given; without a country code it may belong to somebody else, or to nobody. */
function hasNationalNumber({ phone_number, requested_phone_number }: IDataObject): boolean {
	const number = requested_phone_number ?? phone_number;
	return typeof number === 'string' && internationalDigits(number) === undefined;
}
