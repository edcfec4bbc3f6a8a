import type { IDataObject } from 'n8n-workflow';
import { placeCall } from '../../../shared/api/endpoints';
import { editPage } from '../../../shared/ids';
import { placeCallTopic, placingCall } from '../../../shared/errors/topics';
import { ifEmptyOption, phoneNumberField } from '../../fields/commonFields';
import { filterLocator, userLocator } from '../../fields/locators';
import { deduplicationOptions } from '../../fields/deduplication';
import { scheduledForField, schedulingOptions } from '../../fields/scheduling';
import { aLocator, aNumber, aSwitch } from '../../../shared/input/checks';
import { aKey, keyFor } from '../../../shared/input/keys';
import { canonicalNumber } from '../../../shared/phoneNumber';
import { aTime, aTimeToCome } from '../../../shared/input/times';
import type { Operation, Output } from '../../execution/operation';
import type { Item } from '../../execution/item';
import { testPhoneOf } from '../../execution/testPhone';
import { aPhoneNumberOf, someCallingCodes } from '../../scheduling/allowedCountries';
import { decideCall, fieldOf } from '../../scheduling/decideCall';
import { readCallPreferences } from '../../scheduling/callPreferences';
import { createHint } from './createHint';

/** In hours, for ten years at most: a key that is to count for longer counts for ever. */
const aWindow = aNumber('hours', 0, 87_600);

/** Places a call, once for each item or not at all. */
export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		// For an agent n8n makes of it "Create a call that rings a phone in LiveCall" (n8n 2.41, `makeDescription`).
		action: 'Create a call that rings a phone',
		description: 'Have LiveCall ring a consultant and then the customer, now or at a given time',
	},
	kind: 'write',
	atMostOnce: placingCall,
	fields: [
		filterLocator,
		{ ...phoneNumberField, description: `The customer's number. ${phoneNumberField.description}.` },
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			options: [
				scheduledForField,
				{
					...userLocator,
					required: false,
					description: `One particular consultant, who need not belong to the target group. The ID is the number in the address of the edit page: ${editPage('users', 'ID')}. Without this field LiveCall picks a free one of the target group.`,
				},
			],
		},
	],
	options: [...schedulingOptions, ...deduplicationOptions, ifEmptyOption],
	hint: (results, { functions }) => createHint(results, functions.getTimezone()),
	async execute(item) {
		const wanted = read(item);
		return wanted.testPhone === undefined
			? await callCustomer(item, wanted)
			: await callTestPhone(item, wanted, wanted.testPhone);
	},
};

async function callCustomer(item: Item, wanted: Wanted): Promise<Output> {
	const { phoneNumber, key } = wanted;
	const request = {
		...requestFor(wanted),
		key: key === undefined ? undefined : keyOf(wanted, key),
	};
	const json = await item.atMostOnce(request, async (send) => {
		const decided = await decide(item, wanted);
		if ('skipped' in decided) return skipped(wanted, decided.skipped);
		return await send(...placing(wanted, decided, phoneNumber));
	});
	return { json };
}

/**
 * Rings the test phone once, for the first item. A request that was left unknown may be that ring, so a person may have it
 * sent again. Neither keys nor the record know of it.
 */
async function callTestPhone(item: Item, wanted: Wanted, testPhone: string): Promise<Output> {
	const { ledger } = item.run.guards;
	const request = { ...requestFor(wanted), isOffRecord: true };
	const answer = await item.atMostOnce(request, async (send) => {
		const wasLeftUnknown = ledger.find(item.index, request.asked)?.state === 'sent';
		const hasRung = () => item.index > 0 || (ledger.hasEntries && !wasLeftUnknown);
		if (hasRung()) return skipped(wanted, { reason: 'test' });
		const decided = await decide(item, wanted);
		if ('skipped' in decided) return skipped(wanted, decided.skipped);
		// Another call of an agent's tool may have rung it while LiveCall was asked.
		if (hasRung()) return skipped(wanted, { reason: 'test' });
		return await send(...placing(wanted, decided, testPhone));
	});
	if (answer.skipped === true) return { json: answer };
	return { json: { ...answer, test: true, requested_phone_number: wanted.phoneNumber } };
}

function skipped({ phoneNumber }: Wanted, why: IDataObject): IDataObject {
	return { skipped: true, ...why, phone_number: phoneNumber };
}

function keyOf(wanted: Wanted, key: string) {
	return {
		text: keyFor(key, wanted.phoneNumber),
		shown: key,
		withinMs: wanted.deduplicateWithinMs,
		skipped: skipped(wanted, { reason: 'duplicate', deduplication_key: key }),
	};
}

function requestFor(wanted: Wanted) {
	const { filterId, phoneNumber, userId, preferences, redialUnknown, allowRepeats } = wanted;
	const isMoved =
		preferences.callingHours !== undefined || preferences.whenUnavailable === 'schedule';
	return {
		asked: {
			subject: canonicalNumber(phoneNumber),
			variant: `${filterId} ${userId ?? ''}`,
			at: wanted.at,
		},
		wording: placingCall,
		redialUnknown,
		allowsRepeats: allowRepeats,
		standIn: async () => ({
			id: null,
			filter_id: filterId,
			phone_number: phoneNumber,
			scheduled_for: isMoved ? null : (wanted.scheduledFor ?? null),
		}),
	};
}

async function decide(item: Item, { preferences }: Wanted) {
	return await decideCall(item, { ...preferences, scheduledFor: timeToCome(item) });
}

/** The request for a call, and what it is about. */
function placing(
	{ userId, preferences }: Wanted,
	{ filterId, at }: { filterId: string; at?: string },
	phoneNumber: string,
) {
	const call: IDataObject = { filter_id: filterId, phone_number: phoneNumber };
	if (at !== undefined) call.scheduled_for = at;
	if (userId !== undefined) call.user_id = userId;
	const topic = placeCallTopic(filterId, userId, fieldOf(filterId, preferences));
	return [placeCall(call), topic] as const;
}

type Wanted = ReturnType<typeof read>;

/** The call that an item asks for, checked. */
function read(item: Item) {
	const filterId = item.read('filterId', aLocator('targeting'));
	// Whether it lies ahead is asked only of a call that is to be placed: one that was placed has had its time since.
	const time = item.readAdded(
		'additionalFields',
		'scheduledFor',
		aTime(item.run.functions.getTimezone()),
	);
	const allowed = item.readFilledIn('options', 'allowedCountries', someCallingCodes);
	const phoneNumber = item.read('phoneNumber', aPhoneNumberOf(allowed));
	return {
		filterId,
		phoneNumber,
		scheduledFor: time,
		at: time === undefined ? null : Date.parse(time),
		userId: item.readAdded('additionalFields', 'userId', aLocator('users')),
		preferences: readCallPreferences(item, filterId, phoneNumber),
		key: item.readFilledIn('options', 'deduplicationKey', aKey),
		deduplicateWithinMs: item.option('deduplicateWithin', aWindow, 0) * 3_600_000,
		allowRepeats: item.option('allowRepeats', aSwitch, false),
		redialUnknown: item.option('redialUnknown', aSwitch, false),
		testPhone: testPhoneOf(item),
	};
}

function timeToCome(item: Item): string | undefined {
	const check = aTimeToCome(item.run.functions.getTimezone(), Date.now());
	return item.readAdded('additionalFields', 'scheduledFor', check);
}
