import type { INodeProperties, NodeHint } from 'n8n-workflow';
import { requestOptions } from './fields/requestOptions';
import type { Operation, ResourceOperations } from './execution/operation';

/** The fields of an operation as the panel shows them, "Options" last. */
export function fieldsOf(operation: Operation): INodeProperties[] {
	const options: INodeProperties = {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...(operation.options ?? []), ...requestOptions(operation.kind)],
	};
	return [...operation.fields, options];
}

/** The whole panel: the dropdowns, and for each operation its fields. */
export function panelOf(resources: ResourceOperations[]): INodeProperties[] {
	const first = resources[0]?.option.value ?? '';
	const resource: INodeProperties = {
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: resources.map(({ option }) => option),
		default: first,
	};
	return [resource, ...resources.map(operationDropdown), ...resources.flatMap(operationFields)];
}

function operationDropdown({
	option,
	default: byDefault,
	operations,
}: ResourceOperations): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [option.value] } },
		options: operations.map((operation) => operation.option),
		default: byDefault,
	};
}

function operationFields({ option, operations }: ResourceOperations): INodeProperties[] {
	return operations.flatMap((operation) =>
		fieldsOf(operation).map((field) => ({
			...field,
			displayOptions: {
				show: {
					resource: [option.value],
					operation: [operation.option.value],
					...field.displayOptions?.show,
				},
			},
		})),
	);
}

/** The expression that says under the node on the canvas, in words, what it is set to do. */
export function subtitleOf(resources: ResourceOperations[]): string {
	const actions = resources.flatMap(({ option, operations }) =>
		operations.map((operation) => [
			`${option.value} ${operation.option.value}`,
			operation.option.action,
		]),
	);
	const words = JSON.stringify(Object.fromEntries(actions));
	return `={{ (${words})[$parameter["resource"] + " " + $parameter["operation"]] }}`;
}

/**
 * What a person reads before the first run of "Create a call". In the output pane, since n8n shows the hints of a node
 * in the panes of its own results, and the input pane is that of the node before it (n8n 2.41, `RunData.vue`).
 */
export const realPhonesHint: NodeHint = {
	message:
		'"Execute step" rings real phones, unless the LiveCall API credential has a "Test Phone Number".',
	type: 'warning',
	location: 'outputPane',
	whenToDisplay: 'beforeExecution',
	displayCondition:
		'={{ $parameter["resource"] === "call" && $parameter["operation"] === "create" }}',
};
