import type { IDataObject } from 'n8n-workflow';
import { placeCall, type Filter } from '../../../shared/api/endpoints';
import { filterTopic, placeCallTopic, placingCall } from '../../../shared/failures/topics';
import { ownWords } from '../../../shared/failures/ownWords';
import { phoneNumberField, redialUnknownOption } from '../../fields/common';
import { filterLocator, userLocator } from '../../fields/locators';
import { aKey, aLocator, aPhoneNumber, aSwitch, digitsOf, oneOf } from '../../input/checks';
import { aTime, aTimeToCome } from '../../input/times';
import { isAvailable, nextAvailableTime } from '../../known/availability';
import type { Item } from '../../run/item';
import { recall, sendOnce } from '../../once/once';
import type { Operation, Output } from '../../operation';

const WHEN_UNAVAILABLE = ['place', 'schedule', 'skip', 'fail'] as const;
type WhenUnavailable = (typeof WHEN_UNAVAILABLE)[number];

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
				{
					displayName: 'Scheduled For',
					name: 'scheduledFor',
					type: 'dateTime',
					default: '',
					description:
						"When to call. A time without an offset is read in the workflow's time zone. Without this field LiveCall calls at once.",
				},
				{
					...userLocator,
					required: false,
					description:
						'One particular consultant, who need not belong to the target group. The ID is the number in the address of the edit page: https://app.livecall.io/users/ID/edit. Without this field LiveCall picks a free one of the target group.',
				},
			],
		},
	],
	options: [
		{
			displayName: 'Deduplication Key',
			name: 'deduplicationKey',
			type: 'string',
			default: '',
			placeholder: 'e.g. {{ $json.lead_id }}',
			description:
				"What tells this item apart, such as a lead's ID. A key that this node has seen before, in any execution, places no call: the item comes out as skipped.",
		},
		redialUnknownOption,
		{
			displayName: 'When Unavailable',
			name: 'whenUnavailable',
			type: 'options',
			default: 'place',
			description: 'What to do while nobody of the target group can be reached',
			options: [
				{
					name: 'Fail',
					value: 'fail',
					description: 'Place no call; the item fails',
				},
				{
					name: 'Place Anyway',
					value: 'place',
					description: 'Place the call without asking who is there',
				},
				{
					name: 'Schedule',
					value: 'schedule',
					description: 'Place the call for the next time at which somebody can be reached',
				},
				{
					name: 'Skip',
					value: 'skip',
					description: 'Place no call; the item comes out as skipped',
				},
			],
		},
	],
	hint(results) {
		const skipped = (reason: string) =>
			results.filter((result) => result.reason === reason && result.skipped === true);
		const parts = [
			counted(
				skipped('duplicate').length,
				'skipped, since this node has seen the deduplication key before',
			),
			counted(
				skipped('unavailable').length,
				'skipped, since nobody of the target group could be reached',
			),
			counted(
				results.filter(({ scheduled_for }) => Boolean(scheduled_for)).length,
				'scheduled for later',
			),
		];
		const said = parts.filter((part) => part !== '');
		return said.length > 0 ? `Calls ${said.join('; ')}.` : undefined;
	},
	async execute(item) {
		const filterId = item.read('filterId', aLocator('targeting'));
		const phoneNumber = item.read('phoneNumber', aPhoneNumber);
		const zone = item.run.functions.getTimezone();
		item.readAdded('additionalFields', 'scheduledFor', aTime(zone));
		const userId = item.readAdded('additionalFields', 'userId', aLocator('users'));
		const key = item.readAdded('options', 'deduplicationKey', aKey);
		const whenUnavailable = item.option(
			'whenUnavailable',
			oneOf<WhenUnavailable>(...WHEN_UNAVAILABLE),
			'place',
		);
		const redialUnknown = item.option('redialUnknown', aSwitch, false);

		const asked = { customer: digitsOf(phoneNumber), terms: `${filterId} ${userId ?? ''}` };
		const known = recall(item, asked, placingCall, redialUnknown);
		if (known?.state === 'placed') return { json: known.answer };

		// A call that is placed again on purpose has claimed its key already.
		if (key !== undefined && !known && !(await item.run.knownKeys.claim(key))) {
			return { json: { skipped: true, reason: 'duplicate', deduplication_key: key } };
		}
		try {
			const scheduledFor = item.readAdded(
				'additionalFields',
				'scheduledFor',
				aTimeToCome(zone, Date.now()),
			);
			const time = await timeToPlace(item, filterId, scheduledFor, whenUnavailable);
			if ('skipped' in time) return time.skipped;
			const call: IDataObject = { filter_id: filterId, phone_number: phoneNumber };
			if (time.at !== undefined) call.scheduled_for = time.at;
			if (userId !== undefined) call.user_id = userId;
			const topic = placeCallTopic(filterId, userId);
			return { json: await sendOnce(item, asked, placeCall(call), topic) };
		} finally {
			const mayHaveRung = item.run.ledger.find(item.index, asked) !== undefined;
			if (key !== undefined && !mayHaveRung) await item.run.knownKeys.giveBack(key);
		}
	},
};

function counted(count: number, what: string): string {
	return count > 0 ? `${what}: ${count}` : '';
}

/** When the call is to take place (`undefined`: at once), or the output of an item for which none is placed. */
async function timeToPlace(
	item: Item,
	filterId: string,
	scheduledFor: string | undefined,
	whenUnavailable: WhenUnavailable,
): Promise<{ at: string | undefined } | { skipped: Output }> {
	const isSettled =
		whenUnavailable === 'place' || (whenUnavailable === 'schedule' && scheduledFor !== undefined);
	if (isSettled) return { at: scheduledFor };
	const filter: Filter = item.expect(
		await item.run.availability.of(filterId, item.client),
		filterTopic(filterId),
	);
	if (isAvailable(filter)) return { at: scheduledFor };
	if (whenUnavailable === 'skip')
		return { skipped: { json: { skipped: true, reason: 'unavailable', filter } } };
	if (whenUnavailable === 'fail') throw item.wrong(ownWords.nobodyReachable(filterId));
	const at = nextAvailableTime(filter, Date.now());
	if (at !== null) return { at };
	throw item.wrong(ownWords.noTimeToCome(filterId));
}
