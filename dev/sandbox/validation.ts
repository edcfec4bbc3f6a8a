import type { CallRequest } from './calls';
import type { FilterBook } from './filters';
import { parseOffsetTime } from './time';
import type { UserBook } from './users';

/** What is wrong with which field, as Rails says it. */
export type FieldErrors = Record<string, string[]>;

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
	const errors: FieldErrors = {};
	const phone = checkPhone(fields.phone_number);
	if (phone.errors) errors.phone_number = phone.errors;

	const filterId = toId(fields.filter_id);
	if (isBlank(fields.filter_id)) errors.filter_id = BLANK;
	else if (filterId === undefined || !filters.get(filterId)) errors.filter_id = MISSING;

	const userId = toId(fields.user_id);
	if (!isBlank(fields.user_id) && (userId === undefined || !users.get(userId))) {
		errors.user_id = MISSING;
	}

	// A time that has passed is taken: the docs do not say otherwise. Such a call is made at once.
	const scheduledForMs = parseOffsetTime(fields.scheduled_for);
	if (!isBlank(fields.scheduled_for) && scheduledForMs === undefined) {
		errors.scheduled_for = INVALID;
	}

	if (Object.keys(errors).length > 0 || filterId === undefined) return { errors };
	return {
		value: {
			filter_id: filterId,
			phone_number: phone.value,
			scheduledForMs: scheduledForMs ?? null,
			user_id: userId ?? null,
		},
	};
}

/** Checks the fields of a new user, of whom both are required. */
export function checkUser(
	fields: Record<string, unknown>,
): Checked<{ name: string; phone_number: string }> {
	const name = checkName(fields.name);
	const phone = checkPhone(fields.phone_number);
	if (!name.errors && !phone.errors) {
		return { value: { name: name.value, phone_number: phone.value } };
	}
	return {
		errors: {
			...(name.errors && { name: name.errors }),
			...(phone.errors && { phone_number: phone.errors }),
		},
	};
}

/** Checks the fields of a change to a user. The docs give it the same form; a field left out stays as it is. */
export function checkUserChange(
	fields: Record<string, unknown>,
): Checked<{ name?: string; phone_number?: string }> {
	const present = { name: 'unchanged', phone_number: '0000000', ...fields };
	const checked = checkUser(present);
	if ('errors' in checked) return checked;
	return {
		value: {
			...('name' in fields && { name: checked.value.name }),
			...('phone_number' in fields && { phone_number: checked.value.phone_number }),
		},
	};
}

/** Takes an id as it comes in a path or a body (`7` or `"7"`); gives the number, or undefined. */
export function toId(value: unknown): number | undefined {
	if (typeof value === 'number')
		return Number.isSafeInteger(value) && value > 0 ? value : undefined;
	if (typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value)) return Number(value);
	return undefined;
}

interface CheckedText {
	value: string;
	errors?: string[];
}

function checkName(value: unknown): CheckedText {
	if (isBlank(value)) return { value: '', errors: BLANK };
	return typeof value === 'string' ? { value } : { value: '', errors: INVALID };
}

function checkPhone(value: unknown): CheckedText {
	if (isBlank(value)) return { value: '', errors: BLANK };
	if (typeof value !== 'string' || !/^[\d\s+()./-]+$/.test(value)) {
		return { value: '', errors: INVALID };
	}
	const digits = value.replace(/\D/g, '').length;
	return digits >= 7 && digits <= 15 ? { value } : { value, errors: INVALID };
}

function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && !value.trim());
}
