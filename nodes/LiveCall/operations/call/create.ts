import type { IDataObject } from 'n8n-workflow';
import { placeCall } from '../../../shared/api/endpoints';
import { editPage } from '../../../shared/ids';
import { hints } from '../../../shared/errors/messages';
import { placeCallTopic, placingCall } from '../../../shared/errors/topics';
import { ifEmptyOption, phoneNumberField } from '../../fields/commonFields';
import { filterLocator, userLocator } from '../../fields/locators';
import { deduplicationOptions } from '../../fields/deduplication';
import { scheduledForField, schedulingOptions } from '../../fields/scheduling';
import { aLocator, aNumber, aSwitch } from '../../../shared/input/checks';
import { aKey, keyFor } from '../../../shared/input/keys';
import { canonicalNumber } from '../../../shared/phoneNumber';
import { aTime } from '../../../shared/input/times';
import { shownTime } from '../../../shared/time';
import type { DeduplicationKey } from '../../deduplication/keys';
import type { Request } from '../../deduplication/request';
import type { Operation } from '../../execution/operation';
import type { Item, SendTo } from '../../execution/item';
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
	hint: createHint,
	async execute(item) {
		const wanted = read(item);
		const { testPhone } = wanted;
		return testPhone === undefined
			? { json: await callCustomer(item, wanted) }
			: { json: await callTestPhone(item, wanted, testPhone) };
	},
};

async function callCustomer(item: Item, wanted: Wanted): Promise<IDataObject> {
	return await item.atMostOnce(requestFor(wanted), async (send) => {
		const decided = await decide(item, wanted);
		if ('skipped' in decided) return skipped(wanted.phoneNumber, decided.skipped);
		return await place(item, send, wanted, decided, wanted.phoneNumber);
	});
}

/**
 * Rings the test phone once, for the first item. A request that was left unknown may be that ring, so a person may have it
 * sent again. Neither keys nor the record know of it.
 */
async function callTestPhone(item: Item, wanted: Wanted, testPhone: string): Promise<IDataObject> {
	const { ledger } = item.run.guards;
	const request = { ...requestFor(wanted), isOffRecord: true };
	const answer = await item.atMostOnce(request, async (send) => {
		const wasLeftUnknown = ledger.find(item.index, request.asked)?.state === 'sent';
		const hasRung = () => item.index > 0 || (ledger.hasEntries && !wasLeftUnknown);
		if (hasRung()) return skipped(wanted.phoneNumber, { reason: 'test' });
		const decided = await decide(item, wanted);
		if ('skipped' in decided) return skipped(wanted.phoneNumber, decided.skipped);
		// Another call of an agent's tool may have rung it while LiveCall was asked.
		if (hasRung()) return skipped(wanted.phoneNumber, { reason: 'test' });
		return await place(item, send, wanted, decided, testPhone);
	});
	if (answer.skipped === true) return answer;
	return { ...answer, test: true, requested_phone_number: wanted.phoneNumber };
}

function skipped(phoneNumber: string, why: IDataObject): IDataObject {
	return { skipped: true, ...why, phone_number: phoneNumber };
}

function requestFor({ filterId, phoneNumber, scheduledFor, ...wanted }: Wanted): Request {
	const { callingHours, whenUnavailable } = wanted.preferences;
	const isMoved = callingHours !== undefined || whenUnavailable === 'schedule';
	return {
		asked: {
			subject: canonicalNumber(phoneNumber),
			deed: 'call',
			at: scheduledFor === undefined ? null : Date.parse(scheduledFor),
		},
		wording: placingCall,
		key: wanted.key,
		redialUnknown: wanted.redialUnknown,
		allowsRepeats: wanted.allowRepeats,
		standIn: async () => ({
			id: null,
			filter_id: filterId,
			phone_number: phoneNumber,
			scheduled_for: isMoved ? null : (scheduledFor ?? null),
		}),
	};
}

async function decide(item: Item, { preferences }: Wanted) {
	// Whether the time lies ahead is asked only of a call that is to be placed: one that was placed has had its time since.
	const check = aTime(item.run.functions.getTimezone(), Date.now());
	const scheduledFor = item.readAdded('additionalFields', 'scheduledFor', check);
	return await decideCall(item, { ...preferences, scheduledFor });
}

/** Sends the request for a call, and says so if LiveCall answers with another time than it was asked for. */
async function place(
	item: Item,
	send: SendTo,
	{ userId, preferences }: Wanted,
	{ filterId, at }: { filterId: string; at?: string },
	phoneNumber: string,
): Promise<IDataObject> {
	const call: IDataObject = { filter_id: filterId, phone_number: phoneNumber };
	if (at !== undefined) call.scheduled_for = at;
	if (userId !== undefined) call.user_id = userId;
	const topic = placeCallTopic(filterId, userId, fieldOf(filterId, preferences.filterIds));
	const answered = await send(placeCall(call), topic);
	if (at !== undefined && !isSameMinute(at, String(answered.scheduled_for))) {
		item.hint(hints.otherTime(shownTime(at, item.run.functions.getTimezone())));
	}
	return answered;
}

function isSameMinute(one: string, other: string): boolean {
	return Math.abs(Date.parse(one) - Date.parse(other)) < 60_000;
}

type Wanted = ReturnType<typeof read>;

/** The call that an item asks for, checked. */
function read(item: Item) {
	const filterId = item.read('filterId', aLocator('targeting'));
	const check = aTime(item.run.functions.getTimezone());
	const scheduledFor = item.readAdded('additionalFields', 'scheduledFor', check);
	const allowed = item.readFilledIn('allowedCountries', someCallingCodes);
	const phoneNumber = item.read('phoneNumber', aPhoneNumberOf(allowed));
	return {
		filterId,
		phoneNumber,
		scheduledFor,
		userId: item.readAdded('additionalFields', 'userId', aLocator('users')),
		preferences: readCallPreferences(item, filterId, phoneNumber),
		key: readKey(item, phoneNumber),
		allowRepeats: item.option('allowRepeats', aSwitch, false),
		redialUnknown: item.option('redialUnknown', aSwitch, false),
		testPhone: testPhoneOf(item),
	};
}

function readKey(item: Item, phoneNumber: string): DeduplicationKey | undefined {
	const key = item.readFilledIn('deduplicationKey', aKey);
	const hours = item.option('deduplicateWithin', aWindow, 0);
	if (key === undefined) {
		if (hours > 0) item.hint(hints.windowWithoutKey);
		return undefined;
	}
	return {
		text: keyFor(key, phoneNumber),
		shown: key,
		withinMs: hours * 3_600_000,
		skipped: skipped(phoneNumber, { reason: 'duplicate', deduplication_key: key }),
	};
}
