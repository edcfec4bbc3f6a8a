import type { IDataObject, INodeProperties, NodeOperationError } from 'n8n-workflow';
import { messages, type Explanation } from '../../shared/errors/messages';
import { operationError, type ItemPlace } from '../../shared/errors/nodeErrors';
import { mistakenText, nothingFound } from '../../shared/input/anyField';
import { inGroup, oneOf, valid, type Check, type Invalid } from '../../shared/input/checks';
import { IF_EMPTY, isEmpty } from '../../shared/input/empty';
import { isObject } from '../../shared/json';
import type { Result } from '../../shared/result';
import { isTimeZone } from '../../shared/time';
import type { Run } from './run';

/** Reads and checks a field of a group. @throws NodeOperationError that names the item, the group and the field */
export type ReadField = <T>(name: string, check: Check<T>) => T;

/**
 * The parameters of one input item. Whatever the field, an expression that was entered as plain text is refused, and so is
 * an added field whose expression finds nothing: neither passes as something else.
 */
export class Parameters {
	private readonly collections = new Map<string, IDataObject>();

	/**
	 * @param run what all items of the run share
	 * @param index the item's place in the input, counted from 0
	 */
	constructor(
		readonly run: Run,
		readonly index: number,
	) {}

	/**
	 * Reads and checks a field of the panel.
	 * @param name the field's name
	 * @throws NodeOperationError that names the item and the field
	 */
	read<T>(name: string, check: Check<T>): T {
		const given = this.run.functions.getNodeParameter(name, this.index);
		return this.checked(label(this.field(name), name), given, check, mistakenText(given));
	}

	/**
	 * Reads and checks an entry of a collection, such as "Options".
	 * @returns `undefined` when the entry was not added, or is empty and to be left out
	 * @throws NodeOperationError that names the item and the entry
	 */
	readAdded<T>(collection: string, name: string, check: Check<T>): T | undefined {
		const otherwise = nested(this.field('options'), 'ifEmpty')
			? `To go on as if it had not been added, set "${IF_EMPTY}" in the options to "Leave Out".`
			: '';
		return this.entry(collection, name, check, this.leavesOut, otherwise);
	}

	/** As {@link readAdded}, for an entry of "Options" that is never left out: whoever adds it relies on it. */
	readFilledIn<T>(name: string, check: Check<T>): T | undefined {
		return this.entry('options', name, check, false, '');
	}

	/**
	 * Reads a group of fields that was added to "Options", such as "Calling Hours".
	 * @param byDefault what holds for the fields that are left out
	 * @returns what reads and checks a field of the group, and throws an error that names both; `undefined` as {@link readAdded}
	 */
	readGroup(name: string, byDefault: IDataObject): ReadField | undefined {
		const given = this.readAdded('options', name, (group) => valid(asObject(group)));
		if (!given) return undefined;
		const fields: IDataObject = { ...byDefault, ...given };
		const group = nested(this.field('options'), name);
		return (fieldName, check) => {
			const checked = check(fields[fieldName]);
			if (checked.ok) return checked.value;
			const shownAs = label(nested(group, fieldName), fieldName);
			throw this.wrong(messages.wrongField(label(group, name), inGroup(shownAs, checked.error)));
		};
	}

	/** Reads and checks an entry of "Options", or gives its default. */
	option<T>(name: string, check: Check<T>, byDefault: T): T {
		return this.readAdded('options', name, check) ?? byDefault;
	}

	/**
	 * The workflow's time zone, for what depends on it.
	 * @throws NodeOperationError when it is none: n8n takes any text for one
	 */
	get timeZone(): string {
		const zone = this.run.functions.getTimezone();
		if (isTimeZone(zone)) return zone;
		throw this.wrong(messages.noTimeZone(zone));
	}

	/** An error about what a person entered for this item. */
	wrong(explanation: Explanation): NodeOperationError {
		return operationError(this.run.functions.getNode(), explanation, this.place);
	}

	protected get place(): ItemPlace {
		return { index: this.index, count: this.run.count };
	}

	/** An agent has no other way to say that it gives nothing than to leave a field empty. */
	private get leavesOut(): boolean {
		const ifEmpty = this.readFilledIn('ifEmpty', oneOf('fail', 'leaveOut'));
		return ifEmpty === undefined ? this.run.guards.isTool : ifEmpty === 'leaveOut';
	}

	private entry<T>(
		collection: string,
		name: string,
		check: Check<T>,
		leavesOut: boolean,
		otherwise: string,
	): T | undefined {
		const entries = this.collection(collection);
		if (!(name in entries) || (leavesOut && isEmpty(entries[name]))) return undefined;
		const field = nested(this.field(collection), name);
		const given = leavesOut ? withoutEmpty(entries[name], field) : entries[name];
		const shownAs = label(field, name);
		return this.checked(shownAs, given, check, wrongInAddedField(given, field, otherwise));
	}

	private collection(name: string): IDataObject {
		const kept = this.collections.get(name);
		if (kept) return kept;
		const entries = asObject(this.run.functions.getNodeParameter(name, this.index, {}));
		this.collections.set(name, entries);
		return entries;
	}

	private field(name: string): INodeProperties | undefined {
		return this.run.task.fields.find((field) => field.name === name);
	}

	/** @param wrong what is wrong with it whatever the field is for */
	private checked<T>(
		shownAs: string,
		given: unknown,
		check: Check<T>,
		wrong: Invalid | undefined,
	): T {
		const result: Result<T, Invalid> = wrong ? { ok: false, error: wrong } : check(given);
		if (result.ok) return result.value;
		throw this.wrong(messages.wrongField(shownAs, result.error));
	}
}

function asObject(given: unknown): IDataObject {
	return isObject(given) ? given : {};
}

/** A field of a collection or of a group. */
function nested(parent: INodeProperties | undefined, name: string): INodeProperties | undefined {
	return (parent?.options ?? []).find(
		(entry): entry is INodeProperties => 'type' in entry && entry.name === name,
	);
}

function label(field: INodeProperties | undefined, name: string): string {
	return field?.displayName ?? name;
}

/** What is wrong with an added field, or with one in the group that it is, before it is known what they are for. */
function wrongInAddedField(
	given: unknown,
	field: INodeProperties | undefined,
	otherwise: string,
): Invalid | undefined {
	const wrong = nothingFound(given, otherwise) ?? mistakenText(given);
	if (wrong) return wrong;
	for (const [name, value] of Object.entries(groupIn(given, field) ?? {})) {
		const inner = nested(field, name);
		const wrongInside = wrongInAddedField(value, inner, otherwise);
		if (wrongInside) return inGroup(label(inner, name), wrongInside);
	}
	return undefined;
}

/** A field's value; of a group, only the fields that hold something. */
function withoutEmpty(given: unknown, field: INodeProperties | undefined): unknown {
	const group = groupIn(given, field);
	if (!group) return given;
	return Object.fromEntries(Object.entries(group).filter(([, value]) => !isEmpty(value)));
}

function groupIn(given: unknown, field: INodeProperties | undefined): IDataObject | undefined {
	return field?.type === 'collection' && isObject(given) ? given : undefined;
}
