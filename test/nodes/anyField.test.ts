import type { IDataObject, INodeParameters, INodeProperties } from 'n8n-workflow';
import { resources } from '../../nodes/LiveCall/operations';
import { fieldsOf } from '../../nodes/LiveCall/panel';
import { AgentNode } from '../support/agent';
import { PACKAGE } from '../support/engine';
import { CALL, CONTINUES, locator, sharedWorld } from '../support/world';

const world = sharedWorld();

/** Parameters with which each operation runs. */
const RIGHT: Record<string, INodeParameters> = {
	'call.create': CALL,
	'call.get': { callId: '1' },
	'call.waitUntilEnded': { callId: '1' },
	'filter.checkAvailability': { filterId: locator('1') },
	'filter.getAvailableTimes': { filterId: locator('1') },
	'recording.get': { callId: '1' },
	'recording.download': { callId: '1', binaryPropertyName: 'data' },
	'user.create': { name: 'Mary', phoneNumber: '+49 30 1234567' },
	'user.delete': { userId: locator('501') },
	'user.get': { userId: locator('501') },
	'user.getAll': {},
	'user.update': { userId: locator('501'), updateFields: { name: 'Mary' } },
	'user.upsert': { name: 'Mary', phoneNumber: '+49 30 1234567' },
};

const VALUE = '={{ $json.value }}';

/** A field of an operation, its label, and parameters in which the item's `value` stands in it. */
type Filled = [where: string, operation: string, label: string, parameters: INodeParameters];

/** The fields of a collection or of a group, but for those in which n8n takes no expression. */
function entriesOf(field: INodeProperties): INodeProperties[] {
	const isCollection = field.type === 'collection';
	const entries = isCollection ? (field.options ?? []) : [];
	return entries
		.filter((entry): entry is INodeProperties => 'type' in entry)
		.filter(({ noDataExpression }) => !noDataExpression);
}

/** Each way to fill a field: as a whole, and where it is a group, each field of it. */
function filled(
	field: INodeProperties,
): Array<[path: string, label: string, value: INodeParameters]> {
	const { name, displayName, type } = field;
	const inside = entriesOf(field).flatMap((entry) =>
		filled(entry).map(([path, label, value]): [string, string, INodeParameters] => [
			`${name}.${path}`,
			label,
			{ [name]: value },
		]),
	);
	if (inside.length > 0) return inside;
	return [[name, displayName, { [name]: type === 'resourceLocator' ? locator(VALUE) : VALUE }]];
}

const FIELDS: Filled[] = resources.flatMap(({ option, operations }) =>
	operations.flatMap((operation) => {
		const name = `${option.value}.${operation.option.value}`;
		return fieldsOf(operation)
			.flatMap(filled)
			.map(
				([path, label, value]): Filled => [
					`${name} ${path}`,
					name,
					label,
					{ ...RIGHT[name], ...value },
				],
			);
	}),
);
const ADDED = FIELDS.filter(([where]) => where.includes('.', where.indexOf(' ')));

/** What expressions give that find nothing, as JSON has it; an item without `value` gives undefined. */
const NOTHING: IDataObject[] = [
	{},
	{ value: null },
	{ value: 'null' },
	{ value: ' undefined ' },
	{ value: 'NaN' },
	{ value: 'none' },
	{ value: [null] },
];

const EXPRESSIONS: IDataObject[] = [
	{ value: '{{ $json.lead_id }}' },
	{ value: '+49 {{ $json.phone }}' },
	{ value: '{{\n$json.when }}' },
	{ value: '$json.phone' },
	{ value: "$('Leads').item.json.phone" },
];

/** The errors of all items, of which none has reached LiveCall. */
async function errorsOf(
	operation: string,
	parameters: INodeParameters,
	items: IDataObject[],
): Promise<unknown[]> {
	const result = await world.run(operation, parameters, { items, node: CONTINUES });
	expect(world.sandbox.requests).toEqual([]);
	return result.output.map(({ json }) => json.error);
}

it('knows parameters of every operation', () => {
	expect(new Set(FIELDS.map(([, operation]) => operation))).toEqual(new Set(Object.keys(RIGHT)));
	expect(ADDED.length).toBeGreaterThan(40);
});

it.each(FIELDS)('%s holds no expression as plain text', async (_where, operation, label, given) => {
	const errors = await errorsOf(operation, given, EXPRESSIONS);
	expect(errors).toHaveLength(EXPRESSIONS.length);
	for (const error of errors) {
		expect(error).toContain(`"${label}"`);
		expect(error).toContain('an expression that was entered as plain text');
	}
});

it.each(FIELDS)('%s holds no object that became text', async (_where, operation, label, given) => {
	const items = ['[object Object]', 'a [object Undefined]'].map((value) => ({ value }));
	const errors = await errorsOf(operation, given, items);
	expect(errors).toHaveLength(items.length);
	for (const error of errors) {
		expect(error).toContain(`"${label}"`);
		expect(error).toContain('a whole object instead of one field of it');
	}
});

it.each(ADDED)('%s is no field that was not added', async (_where, operation, label, given) => {
	const errors = await errorsOf(operation, given, NOTHING);
	expect(errors).toHaveLength(NOTHING.length);
	for (const error of errors) {
		expect(error).toContain(`"${label}"`);
		expect(error).toContain('nothing');
	}
});

it('tells what to do about either', async () => {
	const pasted = await world.run('user.create', {
		...RIGHT['user.create'],
		name: '{{ $json.name }}',
	});
	expect(pasted.error.description).toContain('Choose "Expression"');
	const missing = await world.run('filter.getAvailableTimes', {
		...RIGHT['filter.getAvailableTimes'],
		options: { timeZone: VALUE },
	});
	expect(missing.error.description).toMatch(/expression against the input, or remove the field\.$/);
	const inACall = await world.run('call.create', {
		...RIGHT['call.create'],
		options: { fallbackFilterIds: VALUE },
	});
	expect(inACall.error.description).toMatch(/remove the field\. To go on .* to "Leave Out"\.$/);
});

describe('a call that leaves empty fields out', () => {
	/** Without these a call is never placed once they were added; the choice itself is no such field. */
	const RELIED_ON = ['deduplicationKey', 'allowedCountries', 'ifEmpty'];
	const fields = ADDED.filter(([, operation]) => operation === 'call.create');
	const isReliedOn = ([where]: Filled) => RELIED_ON.some((name) => where.endsWith(`.${name}`));
	const placed = { filter_id: '1', phone_number: '+49 30 1234567' };
	const leavingOut = (given: INodeParameters): INodeParameters => {
		const { options } = given;
		const others = typeof options === 'object' ? options : {};
		return { ...given, options: { ifEmpty: 'leaveOut', ...others } };
	};

	it.each(fields.filter((field) => !isReliedOn(field) && !field[0].includes('callingHours')))(
		'is as if they had not been added: %s',
		async (_where, operation, _label, given) => {
			const items = [...NOTHING, { value: '' }, { value: ' ' }];
			await world.run(operation, leavingOut(given), { items });
			expect(world.seen().map(({ json }) => json)).toEqual(items.map(() => ({ call: placed })));
		},
	);

	it('reads calling hours in the zone of the workflow where theirs is empty', async () => {
		const callingHours = { from: '9', to: '17', timeZone: VALUE };
		const additionalFields = { scheduledFor: '2035-01-05T08:30:00+01:00' };
		const given = { ...RIGHT['call.create'], additionalFields, options: { callingHours } };
		await world.run('call.create', leavingOut(given), { items: NOTHING });
		const call = { ...placed, scheduled_for: '2035-01-05T09:00:00+01:00' };
		expect(world.seen().map(({ json }) => json)).toEqual(NOTHING.map(() => ({ call })));
	});

	it.each(fields.filter(isReliedOn))('is not placed without %s', async (_where, ...field) => {
		const [operation, label, given] = field;
		for (const error of await errorsOf(operation, leavingOut(given), NOTHING)) {
			expect(error).toContain(`"${label}"`);
		}
	});
});

describe('an AI agent', () => {
	const said = "={{ $fromAI('said', '', 'string') }}";
	const ask = async (operation: string, more: INodeParameters) => {
		AgentNode.heard.length = 0;
		AgentNode.asks = ['', 'null', 'undefined'].map((word) => ({ said: word }));
		const node = { type: `${PACKAGE}.liveCallTool` };
		await world.run(operation, { ...RIGHT[operation], ...more }, { node });
		return AgentNode.heard;
	};
	afterAll(() => {
		AgentNode.asks = [{}, {}];
	});

	it('leaves out what it says nothing of', async () => {
		const heard = await ask('filter.getAvailableTimes', {
			options: { timeZone: said, after: said },
		});
		expect(heard).toHaveLength(3);
		for (const answer of heard) expect(JSON.parse(answer)).toEqual(expect.any(Array));
		expect(world.seen()).toHaveLength(3);
	});

	it('leaves out no key', async () => {
		for (const answer of await ask('call.create', { options: { deduplicationKey: said } })) {
			expect(answer).toContain('"Deduplication Key"');
		}
		expect(world.seen()).toEqual([]);
	});
});
