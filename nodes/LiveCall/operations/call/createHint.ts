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
	const placed = results.filter(({ skipped, error }) => !skipped && error === undefined);
	const parts = [
		accountOf(results, WAYS),
		results.some(({ test }) => test === true) ? WAS_TEST : undefined,
		...SKIPPED.map(([isFor, words]) =>
			counted(words, ({ skipped, reason }) => skipped === true && reason === isFor, results),
		),
		scheduled(placed.filter(isScheduled), zone),
		withAdvice(counted('Numbers without a country code', hasNationalNumber, placed)),
	];
	return parts.filter((part) => part !== undefined).join(' ') || undefined;
}

const WAS_TEST =
	'This was a test: "Test Phone Number" of the LiveCall API credential was rung, and no customer.';

const SKIPPED: Array<[reason: string, words: string]> = [
	['test', 'Items skipped, since a test rings for the first item only'],
	['duplicate', 'Items skipped, since this node has seen their deduplication keys before'],
	['unavailable', 'Items skipped, since nobody of the target group could be reached'],
	['outside_hours', 'Items skipped, since it is outside the calling hours'],
];

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

function counted(
	words: string,
	isOf: (result: IDataObject) => boolean,
	results: IDataObject[],
): string | undefined {
	const count = results.filter(isOf).length;
	return count > 0 ? `${words}: ${count}.` : undefined;
}

function withAdvice(words: string | undefined): string | undefined {
	return (
		words && `${words} LiveCall may reach somebody else there, or nobody: write them with "+".`
	);
}

function scheduled(calls: IDataObject[], zone: string): string | undefined {
	const times = calls
		.map(({ scheduled_for }) => String(scheduled_for))
		.sort((one, other) => Date.parse(one) - Date.parse(other));
	const [first] = times;
	const last = times.at(-1);
	if (first === undefined || last === undefined) return undefined;
	return times.length === 1
		? `Scheduled for ${shownTime(first, zone)}.`
		: `Scheduled for later: ${times.length}, from ${shownTime(first, zone)} to ${shownTime(last, zone)}.`;
}

/** LiveCall rings a number as it is given; without a country code it may belong to somebody else, or to nobody. */
function hasNationalNumber({ phone_number, requested_phone_number }: IDataObject): boolean {
	const number = requested_phone_number ?? phone_number;
	return typeof number === 'string' && internationalDigits(number) === undefined;
}
