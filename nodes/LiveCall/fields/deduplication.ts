import type { INodeProperties } from 'n8n-workflow';
import { redialUnknownOption } from './commonFields';

const deduplicationKey: INodeProperties = {
	displayName: 'Deduplication Key',
	name: 'deduplicationKey',
	type: 'string',
	default: '',
	placeholder: 'e.g. {{ $json.lead_id }}',
	description:
		'What tells this item apart, such as the ID of a lead. A key that this node has seen before, in any execution, places no call: the item comes out without an ID, with "skipped" and the reason "duplicate". A key of which part is missing, such as "lead-", is the same for all items.',
	hint: 'A different key for each lead. For each key, one call is placed.',
};

const deduplicateWithin: INodeProperties = {
	displayName: 'Deduplicate Within',
	name: 'deduplicateWithin',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 24,
	description:
		'For how many hours a deduplication key counts, from the call that was placed and for up to a quarter longer: 0.25 is a quarter of an hour. 0, or without this option, it counts for ever. If you change this, the keys from before no longer count.',
	hint: 'In hours; 0: for ever',
};

const allowRepeats: INodeProperties = {
	displayName: 'Let AI Agent Call Again',
	name: 'allowRepeats',
	type: 'boolean',
	default: false,
	description:
		'Whether an AI agent may call the same customer more than once in an execution. If not, its second try is answered with the first call, marked with "already_placed", unless it asks for another time.',
};

/** How often a customer may be called, in the order in which one asks oneself. */
export const deduplicationOptions: INodeProperties[] = [
	deduplicationKey,
	deduplicateWithin,
	redialUnknownOption,
	allowRepeats,
];
