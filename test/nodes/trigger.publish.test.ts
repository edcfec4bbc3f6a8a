import { HookContext } from 'n8n-core';
import { Workflow, type IHookFunctions, type INode, type INodeParameters } from 'n8n-workflow';
import { WRONG_SETTINGS } from '../support/trigger';
import { additionalDataFor, loadPackage, PACKAGE } from '../support/engine';

jest.setTimeout(60_000);

/** Does what n8n does when the workflow is published or listened for (n8n 2.41, `createWebhookIfNotExists`). */
async function publish(parameters: INodeParameters): Promise<void> {
	const { nodeTypes } = await loadPackage();
	const node: INode = {
		id: 'trigger',
		name: 'LiveCall Trigger',
		type: `${PACKAGE}.liveCallTrigger`,
		typeVersion: 1,
		position: [0, 0],
		parameters,
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: true, nodeTypes });
	const additionalData = await additionalDataFor({}, 'execution', 'webhook', workflow);
	const methods = nodeTypes.getByNameAndVersion(node.type).webhookMethods?.default;
	const context: IHookFunctions = new HookContext(
		workflow,
		workflow.nodes[node.name],
		additionalData,
		'webhook',
		'activate',
	);
	if (!(await methods?.checkExists.call(context))) await methods?.create.call(context);
	expect(await methods?.delete.call(context)).toBe(true);
}

describe('publishing', () => {
	it.each([
		[undefined],
		[''],
		['12'],
		['12, 34'],
		['12;34\n a-5_6 '],
		['https://app.livecall.io/targeting/12/edit'],
		['HTTPS://App.LiveCall.io/targeting/12/edit, 34'],
		['={{ $json.body.group }}'],
		['={{ "Sales" }}'],
		[12],
	])('goes through with the target groups %j', async (filterIds) => {
		await publish(filterIds === undefined ? {} : { options: { filterIds } });
	});

	it.each([
		['Sales', '"Sales"'],
		['12; Sales', '"Sales"'],
		['["12"]', '"["12"]"'],
		['Sales Team 2', '"Sales"'],
		['https://app.livecall.io/users/12/edit', '"https://app.livecall.io/users/12/edit"'],
		['12|34', '"12|34"'],
		['https://example.com/targeting/12/edit', '"https://example.com/targeting/12/edit"'],
	])('stops where the target groups are %j', async (filterIds, told) => {
		await expect(publish({ options: { filterIds } })).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(/^"Target Groups" needs IDs of target groups/),
			description: expect.stringContaining('separated by commas'),
		});
		await expect(publish({ options: { filterIds } })).rejects.toThrow(`but ${told} was found`);
	});

	it.each([
		[{ events: ['call.created'] }],
		[{ events: '={{ $json.events }}', options: { outcome: 'successful' } }],
		[{ events: ['call.created'], options: { outcome: '={{ $json.outcome }}' } }],
		[{ events: ['={{ "call.created" }}'], options: { outcome: 'successful' } }],
		[{ verifyCalls: '={{ $json.verify }}', options: { whenUnverifiable: '={{ "accept" }}' } }],
	])('goes through with %j', async (parameters) => {
		await publish(parameters);
	});

	it('stops where an expression was entered as plain text', async () => {
		const stopped = publish({ options: { filterIds: '{{ $json.group }}' } });
		await expect(stopped).rejects.toMatchObject({
			message: expect.stringMatching(/^"Target Groups" holds an expression/),
			description: expect.stringContaining('Choose "Expression"'),
		});
	});

	it.each(WRONG_SETTINGS)('stops where %s is wrong: %j', async (label, parameters) => {
		await expect(publish(parameters)).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(new RegExp(`^"${label}" `)),
			description: expect.stringMatching(/./),
		});
	});
});
