import type { IDataObject } from 'n8n-workflow';
import { placeCall } from '../../../shared/api/endpoints';
import { exclusively } from '../../../shared/throttling/exclusive';
import { editPage } from '../../../shared/ids';
import { placeCallTopic, placingCall } from '../../../shared/errors/topics';
import { ifEmptyOption, phoneNumberField } from '../../fields/commonFields';
import { filterLocator, userLocator } from '../../fields/locators';
import { deduplicationOptions } from '../../fields/deduplication';
import { scheduledForField, schedulingOptions } from '../../fields/scheduling';
import { aLocator, aNumber, aSwitch } from '../../../shared/input/checks';
import { aKey } from '../../../shared/input/keys';
import { aPhoneNumber } from '../../../shared/input/phone';
import { canonicalNumber } from '../../../shared/phoneNumber';
import { aTime, aTimeToCome } from '../../../shared/input/times';
import { keyClaim } from '../../deduplication/keys';
import type { Operation, Output } from '../../execution/operation';
import { AtMostOnce } from '../../execution/atMostOnce';
import type { Item } from '../../execution/item';
import { testPhoneOf } from '../../execution/testPhone';
import { decideCall } from '../../scheduling/decideCall';
import { fieldOf, readCallPreferences } from '../../scheduling/callPreferences';
import { createHint } from './createHint';

/** In hours, for ten years at most: a key that is to count for longer counts for ever. */
const aWindow = aNumber('hours', 0, 87_600);

/** Places a call, once for each item or not at all. */
export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create a call',
		description: 'Have LiveCall ring a consultant and then the customer, now or at a given time',
	},
	kind: 'write',
	once: placingCall,
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
		const { run } = item;
		if (!run.isTool) return await callOnce(item, wanted);
		// An agent may ask for the same several times at once: each time it is to know what became of the time before.
		return await exclusively(
			`${run.nodeKey}:${canonicalNumber(wanted.phoneNumber)}`,
			async () => await callOnce(item, wanted),
		);
	},
};

async function callOnce(item: Item, wanted: Wanted): Promise<Output> {
	const { filterId, phoneNumber, userId, key, trial } = wanted;
	const shown = (answer: IDataObject): Output => ({
		json:
			trial === undefined ? answer : { ...answer, test: true, requested_phone_number: phoneNumber },
	});
	const skipped = (why: IDataObject): Output => ({
		json: { skipped: true, ...why, phone_number: phoneNumber },
	});

	const asked = {
		customer: canonicalNumber(phoneNumber),
		terms: `${filterId} ${userId ?? ''}`,
		at: wanted.at,
	};
	const request = new AtMostOnce(item, asked, placingCall, wanted.redialUnknown);
	if (request.answer) return shown(request.answer);
	request.refuseUnknown();
	const repeated = wanted.allowRepeats ? undefined : request.answerToAgent;
	if (repeated) return shown({ ...repeated, already_placed: true });

	// A trial rings the test phone once, for the first item. A request that was left unknown may be that ring, so it may be
	// sent again. Neither keys nor the record know of a trial.
	const isTrialOver = () =>
		trial !== undefined &&
		(item.index > 0 || (item.run.ledger.hasEntries && !request.wasLeftUnknown));
	const place = async (): Promise<Output> => {
		const decided = await decideCall(item, {
			...wanted.preferences,
			scheduledFor: timeToCome(item),
		});
		if ('skipped' in decided) return skipped(decided.skipped);
		// Another call of an agent's tool may have rung it while LiveCall was asked.
		if (isTrialOver()) return skipped({ reason: 'test' });
		const call: IDataObject = {
			filter_id: decided.filterId,
			phone_number: trial ?? phoneNumber,
		};
		if (decided.at !== undefined) call.scheduled_for = decided.at;
		if (userId !== undefined) call.user_id = userId;
		const field = fieldOf(decided.filterId, wanted.preferences);
		const topic = placeCallTopic(decided.filterId, userId, field);
		return shown(await request.send(placeCall(call), topic));
	};
	if (isTrialOver()) return skipped({ reason: 'test' });
	if (trial !== undefined) return await place();
	if (key === undefined) return await request.recorded(place);
	const placed = await request.claimed(
		keyClaim(key, wanted.deduplicateWithinMs, Date.now()),
		place,
	);
	return placed ?? skipped({ reason: 'duplicate', deduplication_key: key });
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
	return {
		filterId,
		at: time === undefined ? null : Date.parse(time),
		phoneNumber: item.read('phoneNumber', aPhoneNumber),
		userId: item.readAdded('additionalFields', 'userId', aLocator('users')),
		preferences: readCallPreferences(item, filterId),
		key: item.readFilledIn('options', 'deduplicationKey', aKey),
		deduplicateWithinMs: item.option('deduplicateWithin', aWindow, 0) * 3_600_000,
		allowRepeats: item.option('allowRepeats', aSwitch, false),
		redialUnknown: item.option('redialUnknown', aSwitch, false),
		trial: testPhoneOf(item),
	};
}

function timeToCome(item: Item): string | undefined {
	const check = aTimeToCome(item.run.functions.getTimezone(), Date.now());
	return item.readAdded('additionalFields', 'scheduledFor', check);
}
