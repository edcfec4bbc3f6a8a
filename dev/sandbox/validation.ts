import type { CallRequest } from './calls';
import type { FilterBook } from './filters';
import { parseOffsetTime } from './time';
import type { UserBook, UserRecord } from './users';

/** What is wrong with which field, as Rails says it. */
type FieldErrors = Record<string, string[] | undefined>;

const BLANK = ["can't be blank"];
const INVALID = ['is invalid'];
const MISSING = ['must exist'];

/** Something that was asked for, checked; or what is wrong with it. */
export type Checked<T> = { value: T } | { errors: FieldErrors };

/**
 * Checks the fields of a call. Fields that the docs do not have are passed over, as Rails does.
 * A number to call is anything with 7 to 15 digits and the usual punctuation: the docs set no rule.
 */
export function checkCall(
	fields: Record<string, unknown>,
	filters: FilterBook,
	users: UserBook,
): Checked<CallRequest> {
	const { phone_number, filter_id, user_id, scheduled_for } = fields;
	const filter = filters.get(toId(filter_id) ?? 0);
	const user = users.get(toId(user_id) ?? 0);
	// A time that has passed is taken: the docs do not say otherwise. Such a call is made at once.
	const scheduledForMs = parseOffsetTime(scheduled_for);
	const errors: FieldErrors = {
		phone_number: wrongWithPhone(phone_number),
		filter_id: isBlank(filter_id) ? BLANK : filter ? undefined : MISSING,
		user_id: isBlank(user_id) || user ? undefined : MISSING,
		scheduled_for: isBlank(scheduled_for) || scheduledForMs !== undefined ? undefined : INVALID,
	};
	if (!filter || Object.values(errors).some(Boolean)) return { errors };
	return {
		value: {
			filter_id: filter.id,
			phone_number: String(phone_number),
			scheduledForMs: scheduledForMs ?? null,
			user_id: user?.id ?? null,
		},
	};
}

/** Checks the fields of a user, of whom both are required. What stays as it was before is not checked again. */
export function checkUser(
	fields: Record<string, unknown>,
	before?: UserRecord,
): Checked<{ name: string; phone_number: string }> {
	const { name, phone_number } = fields;
	const keepsPhone = before !== undefined && phone_number === before.phone_number;
	const errors: FieldErrors = {
		name: isBlank(name) ? BLANK : typeof name === 'string' ? undefined : INVALID,
		phone_number: keepsPhone ? undefined : wrongWithPhone(phone_number),
	};
	return Object.values(errors).some(Boolean)
		? { errors }
		: { value: { name: String(name), phone_number: String(phone_number) } };
}

/** Takes an id as it comes in a path or a body (`7` or `"7"`); gives the number, or undefined. */
export function toId(value: unknown): number | undefined {
	if (typeof value === 'number')
		return Number.isSafeInteger(value) && value > 0 ? value : undefined;
	if (typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value)) return Number(value);
	return undefined;
}

function wrongWithPhone(value: unknown): string[] | undefined {
	if (isBlank(value)) return BLANK;
	if (typeof value !== 'string' || !/^[\d\s+()./-]+$/.test(value)) return INVALID;
	const digits = value.replace(/\D/g, '').length;
	return digits >= 7 && digits <= 15 ? undefined : INVALID;
}

function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && !value.trim());
}
