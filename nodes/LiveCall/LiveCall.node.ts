import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { operationError } from '../shared/errors/nodeErrors';
import { messages } from '../shared/errors/messages';
import { searchUsers } from './listSearch';
import { runItems, type Chosen } from './execution/runItems';
import { resources } from './operations';
import { fieldsOf, panelOf, realPhonesHint, subtitleOf } from './panel';

export class LiveCall implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'LiveCall',
		name: 'liveCall',
		icon: { light: 'file:../../icons/livecall.svg', dark: 'file:../../icons/livecall.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: subtitleOf(resources),
		description:
			'Place and schedule callbacks, follow calls, fetch recordings and manage users in LiveCall',
		defaults: { name: 'LiveCall' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'liveCallApi', required: true }],
		hints: [realPhonesHint],
		properties: panelOf(resources),
	};

	methods = { listSearch: { searchUsers } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await runItems(this, () => chosenIn(this))];
	}
}

/** @throws NodeOperationError if this version of the node does not know the operation */
function chosenIn(functions: IExecuteFunctions): Chosen {
	const resourceName = functions.getNodeParameter('resource', 0);
	const operationName = functions.getNodeParameter('operation', 0);
	const resource = resources.find(({ option }) => option.value === resourceName);
	const operation = resource?.operations.find(({ option }) => option.value === operationName);
	if (!resource || !operation) {
		throw operationError(
			functions.getNode(),
			messages.unknownOperation(String(resourceName), String(operationName)),
		);
	}
	return { resource: resource.option.value, operation, fields: fieldsOf(operation) };
}
