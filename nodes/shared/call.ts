import type { IDataObject } from 'n8n-workflow';
import { isWord } from './words';

/** The fields that a simplified call keeps, in the order in which they are shown. */
const SIMPLE_FIELDS = [
	'id',
	'status',
	'outcome',
	'phone_number',
	'scheduled_for',
	'ended_at',
	'duration',
	'filter_id',
	'user_id',
	'custom_fields_data',
];

/** Keeps the fields of a call that most workflows need. */
export function simplifyCall(call: IDataObject): IDataObject {
	return Object.fromEntries(
		SIMPLE_FIELDS.filter((field) => field in call).map((field) => [field, call[field]]),
	);
}

/**
 * Whether a call is over. `ended` is the only status that LiveCall documents, and `ended_at` is null until the call
 * has ended (help centre, calls); either says so, since the other statuses are not known.
 */
export function hasEnded(call: IDataObject): boolean {
	return (
		isWord(call.status, 'ended') || (typeof call.ended_at === 'string' && call.ended_at !== '')
	);
}

/** How a call ended, in LiveCall's word; empty while LiveCall does not say it, which may lag behind the end. */
export function outcomeOf({ outcome }: IDataObject): string {
	return typeof outcome === 'object' ? '' : String(outcome ?? '').trim();
}
