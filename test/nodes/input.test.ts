import type { IDataObject, INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { CALL, CONTINUES, locator, sharedWorld } from '../support/world';

const world = sharedWorld();

const call = CALL;
const page = 'https://app.livecall.io';

const withMore = (additionalFields: INodeParameters) => ({ ...call, additionalFields });
const placedWith = (options: INodeParameters) => ({ ...call, options });
const ofCall = (options: INodeParameters) => ({ callId: '1', options });
const searching = (filters: INodeParameters) => ({ returnAll: true, filters });
const changing = (updateFields: INodeParameters) => ({ userId: locator('501'), updateFields });

/** An operation, its parameters with one that is wrong, its label, and what the message must show. */
type Wrong = [operation: string, parameters: INodeParameters, label: string, shown: string];

/** Values that are wrong in a field of an operation, each with what the message must show of it. */
function wrongIn(
	operation: string,
	label: string,
	fill: (value: NodeParameterValueType) => INodeParameters,
	values: Array<[NodeParameterValueType, string]>,
): Wrong[] {
	return values.map(([value, shown]) => [operation, fill(value), label, shown]);
}

const WRONG: Wrong[] = [
	...wrongIn('call.create', 'Target Group', (filterId) => ({ ...call, filterId }), [
		[locator(''), 'nothing'],
		[locator('1/../2'), '1/../2'],
		[locator('a'.repeat(65)), 'aaaa'],
		[locator('={{ $json.missing }}'), 'nothing'],
		[locator(`${page}/users/1/edit`, 'url'), '/users/1/edit'],
		[locator('https://example.com/targeting/1/edit', 'url'), 'example.com'],
		[locator(`https://evil.test/?u=${page}/targeting/1/edit`, 'url'), 'evil.test'],
		[locator(`${page}/targeting/1/edit`), '/targeting/1/edit'],
		[locator('undefined'), 'undefined'],
	]),
	...wrongIn('call.create', 'Phone Number', (phoneNumber) => ({ ...call, phoneNumber }), [
		['', 'nothing'],
		['123456', '123456'],
		['1234567890123456', '16'],
		['+49 30 1234567 ext. 5', '"e"'],
		['+49 30 12345٦٧', '٦'],
		['={{ null }}', 'nothing'],
		['={{ ["+49301234567"] }}', '+49301234567'],
		['555-1234 / 555-4321', 'two numbers'],
		['49+301234567', '"+" in front'],
		['={{ -49301234567 }}', '-49301234567'],
		['={{ 49301234.5 }}', '49301234.5'],
		['+49\u00a030\u00a01234567', 'an invisible character (U+00A0)'],
		['\u202a+49 30 1234567\u202c', 'an invisible character (U+202A)'],
	]),
	...wrongIn('call.create', 'Scheduled For', (scheduledFor) => withMore({ scheduledFor }), [
		['tomorrow', 'tomorrow'],
		['', 'nothing'],
		['2035-02-30T10:00:00', '2035-02-30'],
		['10:30', '10:30'],
		[2035, '2035'],
		['={{ $now.minus({ seconds: 90 }) }}', 'in the past'],
		['2035-01-31', 'needs a time of day'],
		['2020-01-31T14:30:00+25:00', 'offset'],
	]),
	...wrongIn('call.create', 'User (Consultant)', (userId) => withMore({ userId }), [
		[locator('', 'list'), 'nothing'],
		[locator(`${page}/targeting/1/edit`, 'url'), 'targeting'],
		[locator('null'), 'null'],
	]),
	...wrongIn(
		'call.create',
		'Deduplication Key',
		(deduplicationKey) => placedWith({ deduplicationKey }),
		[
			['', 'nothing'],
			['={{ 12345678901234567001 }}', 'too many digits'],
		],
	),
	['call.create', placedWith({ redialUnknown: '={{ "maybe" }}' }), 'Redial If Unknown', 'maybe'],
	['call.create', placedWith({ whenUnavailable: 'later' }), 'When Unavailable', 'later'],
	['call.create', placedWith({ maxRetries: 11 }), 'Max Retries', '11'],
	...wrongIn('call.create', 'Request Timeout', (requestTimeout) => placedWith({ requestTimeout }), [
		[0, '0'],
		['={{ "soon" }}', 'from 0.001 to 86400 (seconds)'],
	]),
	...wrongIn('call.get', 'Call ID', (callId) => ({ callId }), [
		['={{ Number("x") }}', 'nothing'],
		[1.5, '1.5'],
		['', 'nothing'],
		['12 34', '12 34'],
		['None', 'None'],
		['12\u200b34', 'an invisible character (U+200B)'],
		['12?x=1', '12?x=1'],
	]),
	...wrongIn('call.get', 'Simplify', (simplify) => ({ callId: '1', simplify }), [
		['={{ "perhaps" }}', 'perhaps'],
		['={{ null }}', 'nothing'],
	]),
	['call.get', ofCall({ requestTimeout: -1 }), 'Request Timeout', '-1'],
	['call.get', ofCall({ requestTimeout: '={{ "soon" }}' }), 'Request Timeout', 'soon'],
	['call.get', ofCall({ maxRetries: -1 }), 'Max Retries', '-1'],
	['call.get', ofCall({ maxRetries: 1.5 }), 'Max Retries', '1.5'],
	['call.get', ofCall({ maxConcurrency: 0 }), 'Max Concurrency', '0'],
	['call.waitUntilEnded', { callId: '1', simplify: '={{ 2 }}' }, 'Simplify', '2'],
	['call.waitUntilEnded', ofCall({ timeout: -1 }), 'Timeout', '-1'],
	['call.waitUntilEnded', ofCall({ pollInterval: 0.5 }), 'Poll Interval', '0.5'],
	['call.waitUntilEnded', ofCall({ onTimeout: 'panic' }), 'On Timeout', 'panic'],
	['recording.get', { callId: 'ä' }, 'Call ID', 'ä'],
	[
		'recording.download',
		{ callId: '1', binaryPropertyName: '' },
		'Put Output File in Field',
		'nothing',
	],
	['recording.download', ofCall({ waitForRecording: -5 }), 'Wait for Recording', '-5'],
	['filter.checkAvailability', { filterId: locator('x y') }, 'Target Group', 'x y'],
	...wrongIn('user.getAll', 'Limit', (limit) => ({ limit }), [
		[0, '0'],
		[-3, '-3'],
		['={{ "all" }}', 'all'],
	]),
	['user.getAll', { returnAll: '={{ "yes" }}' }, 'Return All', 'yes'],
	['user.getAll', searching({ name: '={{ { of: "Mary" } }}' }), 'Name', 'needs some text'],
	['user.getAll', searching({ phoneNumber: 'none' }), 'Phone Number', 'none'],
	['user.getAll', searching({ phoneNumber: '={{ ["4930"] }}' }), 'Phone Number', 'needs some text'],
	['user.get', { userId: locator('', 'list') }, 'User (Consultant)', 'nothing'],
	['user.create', { name: ' ', phoneNumber: '+49 30 1234567' }, 'Name', '" "'],
	['user.create', { name: 'Mary', phoneNumber: 'none' }, 'Phone Number', 'none'],
	['user.update', { userId: locator('501') }, 'Update Fields', 'empty'],
	['user.update', changing({ name: '' }), 'Name', 'nothing'],
	['user.update', changing({ phoneNumber: '1' }), 'Phone Number', '1'],
	['user.delete', { userId: locator('a b') }, 'User (Consultant)', 'a b'],
	['user.upsert', { name: '', phoneNumber: '+49 30 1234567' }, 'Name', 'nothing'],
	['user.upsert', { name: 'Mary', phoneNumber: '12' }, 'Phone Number', '12'],
];

/**
 * Moves the values of parameters into the item, where expressions read them: n8n itself stops a workflow in which a
 * value that was typed in is missing or fails its field's validation.
 */
function throughItem(parameters: INodeParameters): {
	expressions: INodeParameters;
	item: IDataObject;
} {
	const values: IDataObject[] = [];
	const move = (name: string, value: unknown): NodeParameterValueType => {
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
			return Object.fromEntries(
				Object.entries(value).map(([key, inner]) => [key, move(key, inner)]),
			);
		}
		const isText = typeof value === 'string';
		if (
			typeof value === 'boolean' ||
			['mode', '__rl'].includes(name) ||
			(isText && value.startsWith('='))
		) {
			return isText || typeof value === 'boolean' ? value : undefined;
		}
		values.push({ value: isText || typeof value === 'number' ? value : null });
		return `={{ $json.values[${values.length - 1}].value }}`;
	};
	const expressions = Object.fromEntries(
		Object.entries(parameters).map(([key, value]) => [key, move(key, value)]),
	);
	return { expressions, item: { values } };
}

it.each(WRONG)('%s turns away %j', async (operation, parameters, label, shown) => {
	const { expressions, item } = throughItem(parameters);
	const result = await world.run(operation, expressions, { items: [item] });
	expect(result.error.name).toBe('NodeOperationError');
	expect(result.error.message).toContain(`"${label}"`);
	expect(result.error.message).toContain(shown);
	expect(result.error.message).not.toContain('[item');
	expect(result.error.context).toMatchObject({ itemIndex: 0 });
	expect(result.error.description).toMatch(/^(?!Item)\S/);
	expect(world.sandbox.requests).toEqual([]);
});

it('names the item that is wrong and leaves the others alone', async () => {
	const items: IDataObject[] = [
		{ phone: '+49 30 1000001' },
		{ phone: 'none' },
		{ phone: '+49 30 1000003' },
	];
	const parameters = { ...call, phoneNumber: '={{ $json.phone }}' };

	const stopped = await world.run('call.create', parameters, { items });
	expect(stopped.error.message).toContain('[item 1]');
	expect(stopped.error.description).toMatch(/^Item 1: /);
	expect(stopped.error.description).toContain('Already done: item 0 (call');
	expect(stopped.error.description).toContain('Not tried: item 2');
	expect(world.seen()).toHaveLength(1);

	world.reset();
	const went = await world.run('call.create', parameters, { items, node: CONTINUES });
	expect(went.output.map(({ json }) => Object.keys(json).includes('error'))).toEqual([
		false,
		true,
		false,
	]);
	expect(went.output[1].json).toEqual({ error: expect.stringContaining('"Phone Number"') });
	expect(world.seen()).toHaveLength(2);
});

it.each(['livecall', 'http://ann:secret@127.0.0.1/v1', 'http://127.0.0.1/v1?key=1'])(
	'turns away %s as the address of the API',
	async (baseUrl) => {
		const credential = { ...world.credential, baseUrl };
		const result = await world.run('call.get', { callId: '1' }, { credential });
		expect(result.error.message).toContain('"Base URL"');
	},
);

it('takes a trailing slash and blanks around the address and the key', async () => {
	const credential = {
		...world.credential,
		baseUrl: ` ${world.sandbox.apiUrl}/ `,
		apiKey: ` ${world.sandbox.apiKey}\n`,
	};
	const result = await world.run('user.getAll', { returnAll: true }, { credential });
	expect(result.failed).toBe(false);
	expect(world.asked()).toEqual(['GET /v1/users']);
});

it('takes an API key that an expression gives as a number', async () => {
	const credential = { ...world.credential, apiKey: 12345 };
	await world.run('user.getAll', { returnAll: true }, { credential });
	expect(world.seen()[0].headers.authorization).toBe('Token token=12345');
});
