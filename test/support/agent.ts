import {
	NodeConnectionTypes,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
} from 'n8n-workflow';

interface Tool {
	invoke(input: object): Promise<unknown>;
}

function isTool(value: unknown): value is Tool {
	return typeof value === 'object' && value !== null && 'invoke' in value;
}

/** Runs its tool as an AI agent does; by default one that asks for the same once more. */
export class AgentNode implements INodeType {
	/** What the tool gave or said each time. */
	static readonly heard: string[] = [];

	/**
	 * What it asks its tool for, one after the other; those in a list at the same time. A parameter `asks` of the agent, as JSON,
	 * holds for that one alone.
	 */
	static asks: Array<object | object[]> = [{}, {}];

	/** How many of its next runs fail once the tool was used, as when the model cannot be reached any longer. */
	static failures = 0;

	description: INodeType['description'] = {
		displayName: 'Agent',
		name: 'agent',
		group: ['transform'],
		version: 1,
		description: 'Uses the tool that is connected to it',
		usableAsTool: true,
		defaults: { name: 'Agent' },
		inputs: [NodeConnectionTypes.Main, { type: NodeConnectionTypes.AiTool }],
		outputs: [NodeConnectionTypes.Main],
		properties: [{ displayName: 'Asks', name: 'asks', type: 'json', default: '' }],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const connected: unknown = await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0);
		const [tool] = Array.isArray(connected) ? connected.filter(isTool) : [];
		const heard: string[] = [];
		const ask = async (input: object) => {
			try {
				heard.push(String(await tool?.invoke(input)));
			} catch (error) {
				heard.push(error instanceof Error ? error.message : String(error));
			}
		};
		const { asks } = this.getNode().parameters;
		const asked: typeof AgentNode.asks = asks === '' ? AgentNode.asks : JSON.parse(String(asks));
		for (const together of asked) await Promise.all([together].flat().map(ask));
		AgentNode.heard.push(...heard);
		if (AgentNode.failures > 0) {
			AgentNode.failures--;
			throw new NodeOperationError(this.getNode(), 'The model is not available');
		}
		return [heard.map((text) => ({ json: { heard: text } }))];
	}
}

/** Makes of a node what n8n makes of it for agents (n8n 2.41, `convertNodeToAiTool`). */
export function asTool(type: INodeType): INodeType {
	const tool: INodeType = Object.create(type);
	tool.description = {
		...type.description,
		name: `${type.description.name}Tool`,
		inputs: [],
		outputs: [NodeConnectionTypes.AiTool],
	};
	return tool;
}
