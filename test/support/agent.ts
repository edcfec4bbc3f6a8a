import {
	NodeConnectionTypes,
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

/** Runs its tool as an AI agent does that is told of a failure and asks for the same once more. */
export class AgentNode implements INodeType {
	/** What the tool gave or said each time. */
	static readonly heard: string[] = [];

	description: INodeType['description'] = {
		displayName: 'Agent',
		name: 'agent',
		group: ['transform'],
		version: 1,
		description: 'Uses the tool that is connected to it, twice',
		usableAsTool: true,
		defaults: { name: 'Agent' },
		inputs: [NodeConnectionTypes.Main, { type: NodeConnectionTypes.AiTool }],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const connected: unknown = await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0);
		const [tool] = Array.isArray(connected) ? connected.filter(isTool) : [];
		for (let time = 0; time < 2; time++) {
			try {
				AgentNode.heard.push(String(await tool?.invoke({})));
			} catch (error) {
				AgentNode.heard.push(error instanceof Error ? error.message : String(error));
			}
		}
		return [this.getInputData()];
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
