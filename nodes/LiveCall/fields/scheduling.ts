import type { INodeProperties } from 'n8n-workflow';

export const scheduledForField: INodeProperties = {
	displayName: 'Scheduled For',
	name: 'scheduledFor',
	type: 'dateTime',
	default: '',
	description:
		"When to call, with a time of day. A time without an offset, such as +01:00, is read in the workflow's time zone (Workflow, Settings, Timezone). Without this field LiveCall calls at once.",
	hint: "In the workflow's time zone, unless it has an offset",
};

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const FROM = '08:00';
const TO = '21:00';

/** The hours that the panel proposes, and what holds for a part that is left out. */
export const PROPOSED_HOURS = { from: FROM, to: TO, days: [1, 2, 3, 4, 5, 6], timeZone: '' };

const whenUnavailable: INodeProperties = {
	displayName: 'When Unavailable',
	name: 'whenUnavailable',
	type: 'options',
	default: 'place',
	description:
		'What to do while nobody of the target group can be reached; for a call that is scheduled, at that time',
	options: [
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
			description:
				'Place no call; the item comes out without an ID, with "skipped" and the reason "unavailable"',
		},
		{
			name: 'Fail',
			value: 'fail',
			description: 'Place no call; the item fails',
		},
	],
};

const fallbackFilterIds: INodeProperties = {
	displayName: 'Fallback Target Groups',
	name: 'fallbackFilterIds',
	type: 'string',
	default: '',
	placeholder: 'e.g. 124, 125',
	description:
		'The IDs or addresses of other target groups, separated by commas. They are asked in this order while nobody of the first can be reached; the first that is available gets the call. Where none is, "When Unavailable" holds.',
	hint: 'IDs, separated by commas: tried in this order',
};

const callingHours: INodeProperties = {
	displayName: 'Calling Hours',
	name: 'callingHours',
	type: 'collection',
	placeholder: 'Add hours',
	default: { ...PROPOSED_HOURS },
	description:
		'When customers may be rung. The moment at which the phone would ring has to lie in these hours; what happens otherwise, "Outside Hours" says.',
	options: [
		{
			displayName: 'From',
			name: 'from',
			type: 'string',
			default: FROM,
			placeholder: 'e.g. 08:00',
			description: 'When they begin, on the clock of the time zone below',
		},
		{
			displayName: 'To',
			name: 'to',
			type: 'string',
			default: TO,
			placeholder: 'e.g. 21:00',
			description:
				'When they end; nobody is rung at this minute. Earlier than "From", it is the next day\'s. The same as "From", the hours are the whole day.',
		},
		{
			displayName: 'Days',
			name: 'days',
			type: 'multiOptions',
			default: [1, 2, 3, 4, 5, 6],
			description: 'The days on which they begin; an expression gives 1 for Monday to 7 for Sunday',
			options: WEEKDAYS.map((name, index) => ({ name, value: index + 1 })),
		},
		{
			displayName: 'Time Zone',
			name: 'timeZone',
			type: 'string',
			default: '',
			placeholder: 'e.g. America/New_York',
			description:
				"The customer's time zone, by its IANA name; the workflow's where it is left empty",
			hint: "The customer's; the workflow's where it is left empty",
		},
	],
};

const outsideHours: INodeProperties = {
	displayName: 'Outside Hours',
	name: 'outsideHours',
	type: 'options',
	default: 'schedule',
	description: 'What to do with a call that would ring outside "Calling Hours"',
	options: [
		{
			name: 'Schedule',
			value: 'schedule',
			description: 'Place the call for the next time in these hours',
		},
		{
			name: 'Skip',
			value: 'skip',
			description:
				'Place no call; the item comes out without an ID, with "skipped" and the reason "outside_hours"',
		},
		{
			name: 'Fail',
			value: 'fail',
			description: 'Place no call; the item fails',
		},
	],
};

/** When a call is placed and by whom, in the order in which one asks oneself. */
export const schedulingOptions: INodeProperties[] = [
	whenUnavailable,
	fallbackFilterIds,
	callingHours,
	outsideHours,
];
