import type { INodeProperties } from 'n8n-workflow';
import { callingHours } from './callingHours';

export const scheduledForField: INodeProperties = {
	displayName: 'Scheduled For',
	name: 'scheduledFor',
	type: 'dateTime',
	default: '',
	description:
		"When to call, with a time of day. A time that does not end in its own zone, such as +01:00, is read in the workflow's time zone (Workflow, Settings, Timezone). Without this field LiveCall calls at once.",
	hint: "In the workflow's time zone, unless it ends in its own, such as +01:00",
};

const FAIL = { name: 'Fail', value: 'fail', description: 'Place no call; the item fails' };

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
		FAIL,
	],
};

const fallbackFilterIds: INodeProperties = {
	displayName: 'Fallback Target Groups',
	name: 'fallbackFilterIds',
	type: 'string',
	default: '',
	placeholder: 'e.g. 124, 125',
	description:
		'The IDs or addresses of other target groups, separated by commas. They are asked in this order while nobody of the first can be reached; the first that is available gets the call. If none is, "When Unavailable" decides.',
	hint: 'IDs, separated by commas: tried in this order',
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
			description: 'Place the call for when these hours begin next',
		},
		{
			name: 'Skip',
			value: 'skip',
			description:
				'Place no call; the item comes out without an ID, with "skipped" and the reason "outside_hours"',
		},
		FAIL,
	],
};

const allowedCountries: INodeProperties = {
	displayName: 'Allowed Countries',
	name: 'allowedCountries',
	type: 'string',
	default: '',
	placeholder: 'e.g. +48, +49',
	description:
		'The calling codes of the countries in which people may be rung. For a number that begins with none of them, or has no country code, no call is placed: the item fails. Use it if anybody can fill in your form.',
	hint: 'Calling codes, separated by commas. Other numbers are not called.',
};

/** Who may be called when, and by whom, in the order in which one asks oneself. */
export const schedulingOptions: INodeProperties[] = [
	allowedCountries,
	whenUnavailable,
	fallbackFilterIds,
	callingHours,
	outsideHours,
];
