import type { IDataObject, INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { locator, sharedWorld } from '../support/world';

const world = sharedWorld();

const call = { filterId: locator('1'), phoneNumber: '+49 30 1234567' };
const page = 'https://app.livecall.io';

/** Operation, parameters that are wrong, the field's label, and what the message must show. */
const WRONG: Array<[string, INodeParameters, string, string]> = [
	['call.create', { ...call, filterId: locator('') }, 'Target Group', 'nothing'],
	['call.create', { ...call, filterId: locator('1/../2') }, 'Target Group', '1/../2'],
	['call.create', { ...call, filterId: locator('a'.repeat(65)) }, 'Target Group', 'aaaa'],
	[
		'call.create',
		{ ...call, filterId: locator('={{ $json.missing }}') },
		'Target Group',
		'nothing',
	],
	[
		'call.create',
		{ ...call, filterId: locator(`${page}/users/1/edit`, 'url') },
		'Target Group',
		'/users/1/edit',
	],
	[
		'call.create',
		{ ...call, filterId: locator('https://example.com/targeting/1/edit', 'url') },
		'Target Group',
		'example.com',
	],
	[
		'call.create',
		{ ...call, filterId: locator(`https://evil.test/?u=${page}/targeting/1/edit`, 'url') },
		'Target Group',
		'evil.test',
	],
	[
		'call.create',
		{ ...call, filterId: locator(`${page}/targeting/1/edit`) },
		'Target Group',
		'/targeting/1/edit',
	],
	['call.create', { ...call, phoneNumber: '' }, 'Phone Number', 'nothing'],
	['call.create', { ...call, phoneNumber: '123456' }, 'Phone Number', '123456'],
	['call.create', { ...call, phoneNumber: '1234567890123456' }, 'Phone Number', '16'],
	['call.create', { ...call, phoneNumber: '+49 30 1234567 ext. 5' }, 'Phone Number', '"e"'],
	['call.create', { ...call, phoneNumber: '+49 30 12345٦٧' }, 'Phone Number', '٦'],
	['call.create', { ...call, phoneNumber: '={{ null }}' }, 'Phone Number', 'nothing'],
	[
		'call.create',
		{ ...call, phoneNumber: '={{ ["+49301234567"] }}' },
		'Phone Number',
		'+49301234567',
	],
	[
		'call.create',
		{ ...call, additionalFields: { scheduledFor: 'tomorrow' } },
		'Scheduled For',
		'tomorrow',
	],
	['call.create', { ...call, additionalFields: { scheduledFor: '' } }, 'Scheduled For', 'nothing'],
	[
		'call.create',
		{ ...call, additionalFields: { scheduledFor: '2035-02-30T10:00:00' } },
		'Scheduled For',
		'2035-02-30',
	],
	[
		'call.create',
		{ ...call, additionalFields: { scheduledFor: '10:30' } },
		'Scheduled For',
		'10:30',
	],
	['call.create', { ...call, additionalFields: { scheduledFor: 2035 } }, 'Scheduled For', '2035'],
	[
		'call.create',
		{ ...call, additionalFields: { scheduledFor: '={{ $now.minus({ seconds: 90 }) }}' } },
		'Scheduled For',
		'in the past',
	],
	[
		'call.create',
		{ ...call, additionalFields: { userId: locator('', 'list') } },
		'User (Consultant)',
		'nothing',
	],
	[
		'call.create',
		{ ...call, additionalFields: { userId: locator(`${page}/targeting/1/edit`, 'url') } },
		'User (Consultant)',
		'targeting',
	],
	[
		'call.create',
		{ ...call, additionalFields: { scheduledFor: '2035-01-31' } },
		'Scheduled For',
		'needs a time of day',
	],
	[
		'call.create',
		{ ...call, additionalFields: { scheduledFor: '2020-01-31T14:30:00+25:00' } },
		'Scheduled For',
		'offset',
	],
	['call.create', { ...call, phoneNumber: '555-1234 / 555-4321' }, 'Phone Number', 'two numbers'],
	['call.create', { ...call, phoneNumber: '49+301234567' }, 'Phone Number', '"+" in front'],
	['call.create', { ...call, filterId: locator('undefined') }, 'Target Group', 'undefined'],
	[
		'call.create',
		{ ...call, additionalFields: { userId: locator('null') } },
		'User (Consultant)',
		'null',
	],
	['call.create', { ...call, options: { deduplicationKey: '' } }, 'Deduplication Key', 'nothing'],
	[
		'call.create',
		{ ...call, options: { deduplicationKey: '={{ 12345678901234567001 }}' } },
		'Deduplication Key',
		'too many digits',
	],
	[
		'call.create',
		{ ...call, options: { redialUnknown: '={{ "maybe" }}' } },
		'Redial If Unknown',
		'maybe',
	],
	['call.create', { ...call, options: { whenUnavailable: 'later' } }, 'When Unavailable', 'later'],
	['call.create', { ...call, options: { requestTimeout: 0 } }, 'Request Timeout', '0'],
	['call.create', { ...call, options: { maxRetries: 11 } }, 'Max Retries', '11'],
	['call.create', { ...call, phoneNumber: '={{ -49301234567 }}' }, 'Phone Number', '-49301234567'],
	['call.create', { ...call, phoneNumber: '={{ 49301234.5 }}' }, 'Phone Number', '49301234.5'],
	[
		'call.create',
		{ ...call, phoneNumber: '+49\u00a030\u00a01234567' },
		'Phone Number',
		'an invisible character (U+00A0)',
	],
	[
		'call.create',
		{ ...call, phoneNumber: '\u202a+49 30 1234567\u202c' },
		'Phone Number',
		'an invisible character (U+202A)',
	],
	[
		'call.create',
		{ ...call, options: { requestTimeout: '={{ "soon" }}' } },
		'Request Timeout',
		'from 0.001 to 86400 (seconds)',
	],
	['call.get', { callId: '={{ Number("x") }}' }, 'Call ID', 'nothing'],
	['call.get', { callId: 1.5 }, 'Call ID', '1.5'],
	['call.get', { callId: '' }, 'Call ID', 'nothing'],
	['call.get', { callId: '12 34' }, 'Call ID', '12 34'],
	['call.get', { callId: 'None' }, 'Call ID', 'None'],
	['call.get', { callId: '12\u200b34' }, 'Call ID', 'an invisible character (U+200B)'],
	['call.get', { callId: '1', simplify: '={{ "perhaps" }}' }, 'Simplify', 'perhaps'],
	['call.get', { callId: '1', simplify: '={{ null }}' }, 'Simplify', 'nothing'],
	['call.waitUntilEnded', { callId: '1', simplify: '={{ 2 }}' }, 'Simplify', '2'],
	['user.getAll', { returnAll: '={{ "yes" }}' }, 'Return All', 'yes'],
	['call.get', { callId: '12?x=1' }, 'Call ID', '12?x=1'],
	['call.get', { callId: '1', options: { requestTimeout: -1 } }, 'Request Timeout', '-1'],
	[
		'call.get',
		{ callId: '1', options: { requestTimeout: '={{ "soon" }}' } },
		'Request Timeout',
		'soon',
	],
	['call.get', { callId: '1', options: { maxRetries: -1 } }, 'Max Retries', '-1'],
	['call.get', { callId: '1', options: { maxRetries: 1.5 } }, 'Max Retries', '1.5'],
	['call.get', { callId: '1', options: { maxConcurrency: 0 } }, 'Max Concurrency', '0'],
	['call.waitUntilEnded', { callId: '1', options: { timeout: -1 } }, 'Timeout', '-1'],
	['call.waitUntilEnded', { callId: '1', options: { pollInterval: 0.5 } }, 'Poll Interval', '0.5'],
	['call.waitUntilEnded', { callId: '1', options: { onTimeout: 'panic' } }, 'On Timeout', 'panic'],
	['recording.get', { callId: 'ä' }, 'Call ID', 'ä'],
	[
		'recording.download',
		{ callId: '1', binaryPropertyName: '' },
		'Put Output File in Field',
		'nothing',
	],
	[
		'recording.download',
		{ callId: '1', options: { waitForRecording: -5 } },
		'Wait for Recording',
		'-5',
	],
	['filter.checkAvailability', { filterId: locator('x y') }, 'Target Group', 'x y'],
	['user.getAll', { limit: 0 }, 'Limit', '0'],
	['user.getAll', { limit: -3 }, 'Limit', '-3'],
	['user.getAll', { limit: '={{ "all" }}' }, 'Limit', 'all'],
	['user.getAll', { returnAll: true, filters: { phoneNumber: 'none' } }, 'Phone Number', 'none'],
	[
		'user.getAll',
		{ returnAll: true, filters: { name: '={{ { of: "Mary" } }}' } },
		'Name',
		'needs some text',
	],
	[
		'user.getAll',
		{ returnAll: true, filters: { phoneNumber: '={{ ["4930"] }}' } },
		'Phone Number',
		'needs some text',
	],
	['user.get', { userId: locator('', 'list') }, 'User (Consultant)', 'nothing'],
	['user.create', { name: ' ', phoneNumber: '+49 30 1234567' }, 'Name', '" "'],
	['user.create', { name: 'Mary', phoneNumber: 'none' }, 'Phone Number', 'none'],
	['user.update', { userId: locator('501') }, 'Update Fields', 'empty'],
	['user.update', { userId: locator('501'), updateFields: { name: '' } }, 'Name', 'nothing'],
	[
		'user.update',
		{ userId: locator('501'), updateFields: { phoneNumber: '1' } },
		'Phone Number',
		'1',
	],
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
	const went = await world.run('call.create', parameters, {
		items,
		node: { onError: 'continueRegularOutput' },
	});
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

it('gives nothing for no items', async () => {
	const result = await world.run('call.create', call, { items: [] });
	expect(result.output).toEqual([]);
	expect(world.sandbox.requests).toEqual([]);
});

it('names the item whose expression fails', async () => {
	const { id } = world.sandbox.calls.add({ status: 'ended' });
	const result = await world.run(
		'call.get',
		{ callId: '={{ $json.fails ? $("Nowhere").first().json.id : $json.id }}' },
		{ items: [{ id }, { id, fails: true }] },
	);
	expect(result.failed).toBe(true);
	expect(result.error.message).toContain('[item 1]');
});
