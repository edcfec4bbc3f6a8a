import type { INodeProperties } from 'n8n-workflow';
import { timeZoneField } from './commonFields';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const FROM = '08:00';
const TO = '21:00';

/** The hours that the panel proposes. */
const PROPOSED_HOURS = { from: FROM, to: TO, days: [1, 2, 3, 4, 5, 6], timeZone: '' };

/** What holds for a part of them that is left out. */
export const HOURS_BY_DEFAULT = { ...PROPOSED_HOURS, notOn: '', zoneFromNumber: false, spread: 0 };

const from: INodeProperties = {
	displayName: 'From',
	name: 'from',
	type: 'string',
	default: FROM,
	placeholder: 'e.g. 08:00',
	description: "When they begin, by the customer's clock",
};

const to: INodeProperties = {
	displayName: 'To',
	name: 'to',
	type: 'string',
	default: TO,
	placeholder: 'e.g. 21:00',
	description:
		'When they end; nobody is rung at this minute. A time before "From" is on the next day. If both are the same, the hours last the whole day.',
};

const days: INodeProperties = {
	displayName: 'Days',
	name: 'days',
	type: 'multiOptions',
	default: [1, 2, 3, 4, 5, 6],
	description: 'The days on which they begin; an expression gives 1 for Monday to 7 for Sunday',
	options: WEEKDAYS.map((name, index) => ({ name, value: index + 1 })),
};

const zoneFromNumber: INodeProperties = {
	displayName: 'Time Zone From Phone Number',
	name: 'zoneFromNumber',
	type: 'boolean',
	// Without the choice between "Fixed" and "Expression", n8n has room for the whole label.
	noDataExpression: true,
	default: false,
	description:
		'Whether the hours are those of the country that the phone number belongs to, instead of "Time Zone". In a country with several time zones the call has to lie in the hours in each of them: for +1, with Hawaii and Newfoundland, 8 to 21 leaves five hours a day, for +7 three.',
	hint: 'The hours have to hold in all zones of the country at once: +1 and +7 need long hours',
};

const notOn: INodeProperties = {
	displayName: 'Not On',
	name: 'notOn',
	type: 'string',
	default: '',
	placeholder: 'e.g. 2026-12-25, 2027-01-01',
	description:
		"Days on which nobody is rung, by the customer's calendar, such as public holidays. Hours that begin on such a day do not count, nor does what reaches into it over midnight.",
	hint: 'Dates as year-month-day, separated by commas',
};

const spread: INodeProperties = {
	displayName: 'Spread Over',
	name: 'spread',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 1440 },
	default: 0,
	description:
		'A call that "Outside Hours" schedules rings at a random moment within so many minutes after the hours begin, so that not all of them ring at once',
	hint: 'In minutes after the hours begin. 0: all as they begin.',
};

/** When customers may be rung, in the order in which one asks oneself. */
export const callingHours: INodeProperties = {
	displayName: 'Calling Hours',
	name: 'callingHours',
	type: 'collection',
	placeholder: 'Add hours',
	default: { ...PROPOSED_HOURS },
	description:
		'When customers may be rung. If the phone would ring at another time, "Outside Hours" decides what happens.',
	options: [from, to, days, timeZoneField, zoneFromNumber, notOn, spread],
};
