import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { resources } from '../../nodes/LiveCall/operations';
import { isObject } from '../../nodes/shared/json';
import { jsons, locator, sharedWorld } from '../support/world';

const world = sharedWorld();

const FOLDER = join(__dirname, '../../nodes/LiveCall/__schema__/v1.0.0');

/** What a person sees of an operation's output before it was run (n8n 2.41 serves these files to the editor). */
function preview(operation: string): IDataObject {
	const schema: unknown = JSON.parse(
		readFileSync(join(FOLDER, `${operation.replace('.', '/')}.json`), 'utf8'),
	);
	if (!isObject(schema) || !isObject(schema.properties)) throw new Error('That is no preview');
	return schema.properties;
}

/** The types that a preview gives a field, and the type that it really has. */
const typesOf = (field: unknown): unknown[] => (isObject(field) ? [field.type].flat() : []);
const typeOf = (value: unknown): string => {
	if (value === null) return 'null';
	return Array.isArray(value) ? 'array' : typeof value;
};

const group = { filterId: locator('1') };
const PHONE = '+49 30 1234567';

/** Each operation, with an item for it whose fields are filled and one whose fields are empty where they may be. */
const OPERATIONS: Record<string, () => INodeParameters[]> = {
	'call.create': () => [
		{ ...group, phoneNumber: PHONE },
		{
			...group,
			phoneNumber: PHONE,
			additionalFields: { scheduledFor: '2035-01-05T10:00:00Z', userId: locator('502') },
		},
	],
	'call.get': () => someCalls().map((callId) => ({ callId })),
	'call.waitUntilEnded': () =>
		someCalls().map((callId) => ({ callId, options: { timeout: 0, onTimeout: 'return' } })),
	'recording.get': () => [{ callId: someCalls()[0] }],
	'recording.download': () => [{ callId: someCalls()[0] }],
	'filter.checkAvailability': () => [group, { filterId: locator('3') }],
	'filter.getAvailableTimes': () => [group],
	'user.getAll': () => [{}],
	'user.get': () => [{ userId: locator('501') }],
	'user.create': () => [{ name: 'Mary', phoneNumber: PHONE }],
	'user.update': () => [{ userId: locator('501'), updateFields: { name: 'Mary' } }],
	'user.delete': () => [{ userId: locator('501') }],
	'user.upsert': () => [{ name: 'Mary', phoneNumber: PHONE }],
};

/** One that has ended, with everything there is to say of it, and one that was just asked for. */
function someCalls(): string[] {
	const ended = world.sandbox.calls.add({
		status: 'ended',
		outcome: 'successful',
		user_id: 501,
		scheduled_for: '2026-01-05T10:00:00Z',
		custom_fields_data: { first_name: 'Mary' },
	});
	const asked = world.sandbox.calls.add({ user_id: null, duration: null });
	return [String(ended.id), String(asked.id)];
}

it('there is a preview of every operation', () => {
	const all = resources.flatMap(({ option, operations }) =>
		operations.map((operation) => `${option.value}.${operation.option.value}`),
	);
	expect(Object.keys(OPERATIONS).sort()).toEqual(all.sort());
	expect(all.filter((name) => !existsSync(join(FOLDER, `${name.replace('.', '/')}.json`)))).toEqual(
		[],
	);
});

describe.each(Object.keys(OPERATIONS))('the preview of %s', (operation) => {
	it('has the fields of the output, in their order and with their types', async () => {
		const fields = preview(operation);
		const seen = new Map<string, Set<string>>();
		for (const parameters of OPERATIONS[operation]()) {
			const result = await world.run(operation, parameters);
			expect(result.failed).toBe(false);
			expect(result.output.length).toBeGreaterThan(0);
			for (const item of jsons(result)) {
				expect(Object.keys(item)).toEqual(Object.keys(fields));
				for (const [name, value] of Object.entries(item)) {
					expect(typesOf(fields[name])).toContain(typeOf(value));
					seen.set(name, (seen.get(name) ?? new Set()).add(typeOf(value)));
				}
			}
		}
		// Nothing is promised that never comes.
		for (const [name, types] of seen)
			expect([...types].sort()).toEqual(typesOf(fields[name]).sort());
	});
});
