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
	hint: 'Another one for each lead: of equal keys, one is called',
};

const deduplicateWithin: INodeProperties = {
	displayName: 'Deduplicate Within',
	name: 'deduplicateWithin',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description:
		'For how many hours a deduplication key counts, from the call that was placed and for up to a quarter longer: 0.25 for a quarter of an hour, 0 for ever. When this is changed, the keys of before count no longer.',
	hint: 'In hours',
};

const allowRepeats: INodeProperties = {
	displayName: 'Allow Repeats',
	name: 'allowRepeats',
	type: 'boolean',
	default: false,
	description:
		'Whether an AI agent may have a customer called again whom it has had called in this execution. Without it, the agent is given the first call again, marked with "already_placed", unless it asks for another time.',
};

/** How often a customer may be called, in the order in which one asks oneself. */
export const deduplicationOptions: INodeProperties[] = [
	deduplicationKey,
	deduplicateWithin,
	redialUnknownOption,
	allowRepeats,
];
