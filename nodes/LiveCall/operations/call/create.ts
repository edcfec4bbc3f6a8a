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
import { AtMostOnce } from '../../once/atMostOnce';
import { keyClaim } from '../../once/keys';
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
		const wanted = read(item);
		const { filterId, phoneNumber, userId, key } = wanted;
		const asked = { customer: digitsOf(phoneNumber), terms: `${filterId} ${userId ?? ''}` };
		const request = new AtMostOnce(item, asked, placingCall, wanted.redialUnknown);
		if (request.answer) return { json: request.answer };
		request.refuseUnknown();
		const claim = key === undefined ? undefined : keyClaim(key, 0, Date.now());
		const output = await request.claimed(claim, async () => {
			const time = await timeToPlace(item, wanted);
			if ('skipped' in time) return time.skipped;
			const call: IDataObject = { filter_id: filterId, phone_number: phoneNumber };
			if (time.at !== undefined) call.scheduled_for = time.at;
			if (userId !== undefined) call.user_id = userId;
			return { json: await request.send(placeCall(call), placeCallTopic(filterId, userId)) };
		});
		return (
			output ?? {
				json: {
					skipped: true,
					reason: 'duplicate',
					deduplication_key: key,
					phone_number: phoneNumber,
				},
			}
		);
	},
};

/** The call that an item asks for, checked. */
type Wanted = ReturnType<typeof read>;

function read(item: Item) {
	const zone = item.run.functions.getTimezone();
	// Whether it lies ahead is asked only of a call that is to be placed: one that was placed has had its time since.
	item.readAdded('additionalFields', 'scheduledFor', aTime(zone));
	return {
		filterId: item.read('filterId', aLocator('targeting')),
		phoneNumber: item.read('phoneNumber', aPhoneNumber),
		userId: item.readAdded('additionalFields', 'userId', aLocator('users')),
		key: item.readAdded('options', 'deduplicationKey', aKey),
		whenUnavailable: item.option(
			'whenUnavailable',
			oneOf<WhenUnavailable>(...WHEN_UNAVAILABLE),
			'place',
		),
		redialUnknown: item.option('redialUnknown', aSwitch, false),
	};
}

function counted(count: number, what: string): string {
	return count > 0 ? `${what}: ${count}` : '';
}

/** When the call is to take place (`undefined`: at once), or the output of an item for which none is placed. */
async function timeToPlace(
	item: Item,
	{ filterId, phoneNumber, whenUnavailable }: Wanted,
): Promise<{ at: string | undefined } | { skipped: Output }> {
	const scheduledFor = item.readAdded(
		'additionalFields',
		'scheduledFor',
		aTimeToCome(item.run.functions.getTimezone(), Date.now()),
	);
	const isSettled =
		whenUnavailable === 'place' || (whenUnavailable === 'schedule' && scheduledFor !== undefined);
	if (isSettled) return { at: scheduledFor };
	const filter: Filter = item.expect(
		await item.run.availability.of(filterId, item.client),
		filterTopic(filterId),
	);
	if (isAvailable(filter)) return { at: scheduledFor };
	if (whenUnavailable === 'skip')
		return {
			skipped: {
				json: { skipped: true, reason: 'unavailable', phone_number: phoneNumber, filter },
			},
		};
	if (whenUnavailable === 'fail') throw item.wrong(ownWords.nobodyReachable(filterId));
	const at = nextAvailableTime(filter, Date.now());
	if (at !== null) return { at };
	throw item.wrong(ownWords.noTimeToCome(filterId));
}
