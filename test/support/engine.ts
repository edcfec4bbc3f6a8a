import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core makes its folder on loading; it must not be the developer's own.
process.env.N8N_LOG_LEVEL = 'silent';
process.env.N8N_USER_FOLDER = mkdtempSync(join(tmpdir(), 'livecall-engine-'));

import {
	DataDeduplicationService,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	PackageDirectoryLoader,
	WorkflowExecute,
} from 'n8n-core';
import {
	createRunExecutionData,
	NodeConnectionTypes,
	safeRegex,
	Workflow,
	type IConnections,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteContextData,
	type IExecuteData,
	type IExecutionContext,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type ITaskData,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { AgentNode, asTool } from './agent';
import { InMemoryCredentials } from './credentials';
import { InMemoryProcessedData } from './processedData';

// n8n gives a field's pattern 250 ms of the clock (n8n 2.41, `safeRegex`), too few for a machine that is busy with
// something else; n8n 1.x has no such limit.
const patterns: typeof safeRegex | undefined = safeRegex;
if (patterns) patterns.test = (pattern, input, flags) => new RegExp(pattern, flags).test(input);

export const PACKAGE = 'n8n-nodes-livecall';
export const NODE_NAME = 'LiveCall';
const AGENT_NAME = 'Agent';
const AGAIN_NAME = 'Again';
const BATCHES_NAME = 'Batches';

/** n8n's store of processed data, kept in memory for all runs of a test file. */
export const processedData = new InMemoryProcessedData();
// The engine may have run another file of tests before (`dev/jest/environment.js`).
Reflect.deleteProperty(DataDeduplicationService, 'instance');
void DataDeduplicationService.init(processedData);

/** Gives the items it is set to, as whatever node stands before LiveCall would. */
class StartNode implements INodeType {
	description: INodeType['description'] = {
		displayName: 'Start',
		name: 'start',
		group: ['trigger'],
		version: 1,
		description: 'Gives the items of a test',
		defaults: { name: 'Start' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	};

	async execute(): Promise<INodeExecutionData[][]> {
		return [[]];
	}
}

/** Lets through what comes, as often as it is set to: what stands in a loop, so that the loop ends. */
class AgainNode implements INodeType {
	description: INodeType['description'] = {
		displayName: 'Again',
		name: 'again',
		group: ['transform'],
		version: 1,
		description: 'Ends a loop',
		defaults: { name: 'Again' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [{ displayName: 'Times', name: 'times', type: 'number', default: 0 }],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const times = Number(this.getNode().parameters.times);
		return [Number(this.getWorkflowDataProxy(0).$runIndex) < times ? this.getInputData() : []];
	}
}

/** Gives its input in parts, one after the other, as long as what comes back leads to it: n8n's "Loop Over Items". */
class BatchesNode implements INodeType {
	description: INodeType['description'] = {
		displayName: 'Batches',
		name: 'batches',
		group: ['transform'],
		version: 1,
		description: 'Gives its input in parts',
		defaults: { name: 'Batches' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [{ displayName: 'Size', name: 'size', type: 'number', default: 1 }],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const context = this.getContext('node');
		context.input ??= this.getInputData();
		const from = Number(this.getWorkflowDataProxy(0).$runIndex) * sizeOf(this);
		const input: unknown = context.input;
		return [Array.isArray(input) ? input.slice(from, from + sizeOf(this)) : []];
	}
}

function sizeOf(functions: IExecuteFunctions): number {
	return Number(functions.getNode().parameters.size);
}

class PackageNodeTypes implements INodeTypes {
	private readonly start = new StartNode();
	private readonly again = new AgainNode();
	private readonly agent = new AgentNode();
	private readonly batches = new BatchesNode();

	constructor(private readonly loader: PackageDirectoryLoader) {}

	getByName(nodeType: string): INodeType | IVersionedNodeType {
		if (nodeType === 'test.start') return this.start;
		if (nodeType === 'test.again') return this.again;
		if (nodeType === 'test.agent') return this.agent;
		if (nodeType === 'test.batches') return this.batches;
		const name = nodeType.replace(`${PACKAGE}.`, '');
		const known = this.loader.nodeTypes[name.replace(/Tool$/, '')];
		if (!known) throw new Error(`The package has no node type ${nodeType}`);
		if (!name.endsWith('Tool') || 'nodeVersions' in known.type) return known.type;
		return asTool(known.type);
	}

	getByNameAndVersion(nodeType: string): INodeType {
		const type = this.getByName(nodeType);
		if ('nodeVersions' in type) throw new Error(`${nodeType} is versioned`);
		return type;
	}

	getKnownTypes(): IDataObject {
		return {};
	}
}

interface LoadedPackage {
	loader: PackageDirectoryLoader;
	nodeTypes: INodeTypes;
}

let loaded: Promise<LoadedPackage> | undefined;

/** Loads the built package the way n8n does. */
export async function loadPackage(): Promise<LoadedPackage> {
	loaded ??= (async () => {
		const loader = new PackageDirectoryLoader(join(__dirname, '..', '..'));
		await loader.loadAll();
		await holdLoopsFor(1);
		return { loader, nodeTypes: new PackageNodeTypes(loader) };
	})();
	return await loaded;
}

/** Sets for how long a loop is held that only repeats its errors, in ms: seconds in n8n, and next to nothing in tests. */
export async function holdLoopsFor(ms: number): Promise<void> {
	const built = join(__dirname, '../../dist/nodes/LiveCall/execution/loopBrake.js');
	const { loopBrake }: typeof import('../../nodes/LiveCall/execution/loopBrake') = await import(
		built
	);
	loopBrake.ms = ms;
}

export interface RunSettings {
	/** The LiveCall node's parameters; those left out get their defaults, as in n8n. */
	parameters: INodeParameters;
	/** The input; one empty item when left out. */
	items?: IDataObject[];
	/** Settings of the node, such as `onError` and `retryOnFail`. */
	node?: Partial<INode>;
	/** Settings of the agent, where the node is its tool. */
	agent?: Partial<INode>;
	/** The credential; see {@link InMemoryCredentials}. */
	credential: ICredentialDataDecryptedObject | Error;
	executionId?: string;
	/** How n8n was told to run; `manual` where a person clicks in the editor. A trigger when left out. */
	mode?: WorkflowExecuteMode;
	/** What n8n knows of how the execution was started; what it makes of the mode when left out. */
	context?: IExecutionContext;
	/** Which workflow the node is in; those of another one share neither keys nor lock. */
	workflowId?: string;
	timezone?: string;
	/** Leads what comes out of an output back to the node, so many times. */
	loop?: { from: 'output' | 'errorOutput'; times: number };
	/** Gives the node so many items at a time, in a loop. */
	batchSize?: number;
	/** Called with a function that cancels the execution, once it runs. */
	onStart?: (cancel: () => void) => void;
}

export interface RunResult {
	run: IRun;
	/** What came out of the node's first output, or of its only one. */
	output: INodeExecutionData[];
	/** What came out of the error output. */
	errorOutput: INodeExecutionData[];
	/** The error that ended the run. */
	error: Error & { description?: string | null; context?: IDataObject; httpCode?: string | null };
	failed: boolean;
	/** Each run of the node, in order: in a loop there are several. */
	runs: Array<Pick<RunResult, 'output' | 'errorOutput'>>;
	contextData: IExecuteContextData;
	/** What n8n stores of an execution as it begins: all that is left of it when n8n dies. */
	startData: string;
	/** Everything that n8n would keep of the execution, as text. */
	stored: string;
	settings: RunSettings;
}

const NO_ERROR = new Error('The run did not fail');

/** Everything about the instance that n8n gives to a run. */
export async function additionalDataFor(
	credential: ICredentialDataDecryptedObject | Error,
	executionId: string,
	mode: WorkflowExecuteMode,
	workflow: Workflow,
): Promise<IWorkflowExecuteAdditionalData> {
	const { loader } = await loadPackage();
	const url = 'http://127.0.0.1:5678/';
	return {
		credentialsHelper: new InMemoryCredentials(loader, credential),
		executeWorkflow: async () => await Promise.reject(new Error('Not part of these tests')),
		getRunExecutionData: async () => undefined,
		getRuntimeCredential: async () => undefined,
		executionId,
		currentNodeExecutionIndex: 0,
		restApiUrl: `${url}rest`,
		instanceBaseUrl: url,
		formBaseUrl: `${url}form`,
		formWaitingBaseUrl: `${url}form-waiting`,
		formTestBaseUrl: `${url}form-test`,
		webhookBaseUrl: `${url}webhook`,
		webhookWaitingBaseUrl: `${url}webhook-waiting`,
		webhookTestBaseUrl: `${url}webhook-test`,
		mcpBaseUrl: `${url}mcp`,
		mcpTestBaseUrl: `${url}mcp-test`,
		externalSecretsProxy: new ExternalSecretsProxy(),
		variables: {},
		logAiEvent: () => undefined,
		startRunnerTask: async () => await Promise.reject(new Error('Not part of these tests')),
		hooks: new ExecutionLifecycleHooks(mode, executionId, {
			id: workflow.id,
			name: workflow.name ?? '',
			active: false,
			isArchived: false,
			createdAt: new Date(),
			updatedAt: new Date(),
			nodes: Object.values(workflow.nodes),
			connections: workflow.connectionsBySourceNode,
			activeVersionId: null,
		}),
	};
}

/** A node of the tests' own. */
function testNode(name: string, type: string, parameters: INodeParameters = {}): INode {
	return { id: type, name, type, typeVersion: 1, position: [0, 0], parameters };
}

/** A workflow that gives items to a LiveCall node, or to an agent that has it as a tool. */
async function workflowFor(settings: RunSettings): Promise<Workflow> {
	const { nodeTypes } = await loadPackage();
	const isTool = settings.node?.type?.endsWith('Tool') ?? false;
	const nodes: INode[] = [
		testNode('Start', 'test.start'),
		{
			id: 'livecall',
			name: NODE_NAME,
			type: `${PACKAGE}.liveCall`,
			typeVersion: 1,
			position: [200, 0],
			parameters: settings.parameters,
			credentials: { liveCallApi: { id: 'credential', name: 'LiveCall' } },
			...settings.node,
		},
	];
	const connections: IConnections = {
		Start: { main: [[{ node: NODE_NAME, type: 'main', index: 0 }]] },
	};
	if (isTool) {
		nodes.push({ ...testNode(AGENT_NAME, 'test.agent'), ...settings.agent });
		connections.Start = { main: [[{ node: AGENT_NAME, type: 'main', index: 0 }]] };
		connections[NODE_NAME] = { ai_tool: [[{ node: AGENT_NAME, type: 'ai_tool', index: 0 }]] };
	}
	const { loop, batchSize } = settings;
	if (batchSize !== undefined) {
		nodes.push(testNode(BATCHES_NAME, 'test.batches', { size: batchSize }));
		const batches = [[{ node: BATCHES_NAME, type: NodeConnectionTypes.Main, index: 0 }]];
		connections.Start = { main: batches };
		connections[NODE_NAME] = { main: batches };
		connections[BATCHES_NAME] = {
			main: [[{ node: NODE_NAME, type: NodeConnectionTypes.Main, index: 0 }]],
		};
	}
	if (loop) {
		nodes.push(testNode(AGAIN_NAME, 'test.again', { times: loop.times }));
		const back = [{ node: AGAIN_NAME, type: NodeConnectionTypes.Main, index: 0 }];
		connections[NODE_NAME] = { main: loop.from === 'output' ? [back] : [[], back] };
		connections[AGAIN_NAME] = {
			main: [[{ node: NODE_NAME, type: NodeConnectionTypes.Main, index: 0 }]],
		};
	}
	return new Workflow({
		id: settings.workflowId ?? 'workflow',
		name: 'Test',
		nodes,
		connections,
		active: false,
		nodeTypes,
		settings: { executionOrder: 'v1', timezone: settings.timezone ?? 'Europe/Berlin' },
	});
}

let executions = 0;

/** Runs a LiveCall node in n8n-core's engine. */
export async function runNode(settings: RunSettings): Promise<RunResult> {
	const workflow = await workflowFor(settings);
	const items = inputOf(settings);
	const taskData: ITaskData = {
		startTime: Date.now(),
		executionTime: 0,
		executionIndex: 0,
		executionStatus: 'success',
		source: [],
		data: { main: [items] },
	};
	const data = createRunExecutionData({
		resultData: { runData: { Start: [taskData] } },
		executionData: { nodeExecutionStack: [afterStart(workflow, items)] },
	});
	if (data.executionData) data.executionData.runtimeData = settings.context;
	return await execute(settings, workflow, data, settings.mode ?? 'trigger');
}

function inputOf({ items = [{}] }: RunSettings): INodeExecutionData[] {
	return items.map((json) => ({ json }));
}

/** What is to be run once the start node has given its items. */
function afterStart({ nodes }: Workflow, items: INodeExecutionData[]): IExecuteData {
	return {
		node: nodes[AGENT_NAME] ?? nodes[BATCHES_NAME] ?? nodes[NODE_NAME],
		data: { main: [items] },
		source: { main: [{ previousNode: 'Start' }] },
	};
}

/**
 * Does what n8n does on "Retry" of an execution that was under way when n8n died, and of which it has stored nothing
 * since it began.
 * @param changes what has changed since: where there are other items, the execution begins anew and reads them
 */
export async function retryCrashed(
	crashed: RunResult,
	changes: Partial<RunSettings> = {},
): Promise<RunResult> {
	const settings: RunSettings = { ...crashed.settings, executionId: undefined, ...changes };
	const workflow = await workflowFor(settings);
	const data: IRunExecutionData = JSON.parse(crashed.startData);
	useNodesOf(workflow, data);
	if (changes.items && data.executionData) {
		data.executionData.nodeExecutionStack = [afterStart(workflow, inputOf(settings))];
	}
	return await execute(settings, workflow, data, 'retry');
}

/**
 * Does what n8n does on "Retry" of a failed execution (n8n 2.41, `ExecutionService.retry`): starts from what was
 * stored of it, without the failed node's last result.
 * @param changes what a person changed in the workflow meanwhile ("Retry with currently saved workflow")
 */
export async function retry(
	failed: RunResult,
	changes: Partial<RunSettings> = {},
): Promise<RunResult> {
	const settings: RunSettings = {
		...failed.settings,
		executionId: undefined,
		mode: 'retry',
		...changes,
	};
	const workflow = await workflowFor(settings);
	const data: IRunExecutionData = JSON.parse(JSON.stringify(failed.run.data));
	delete data.resultData.error;
	const results = data.resultData.runData[data.resultData.lastNodeExecuted ?? NODE_NAME] ?? [];
	if (results.length > 0 && results[results.length - 1].error !== undefined) results.pop();
	useNodesOf(workflow, data);
	return await execute(settings, workflow, data, 'retry');
}

function useNodesOf(workflow: Workflow, data: IRunExecutionData): void {
	for (const entry of data.executionData?.nodeExecutionStack ?? []) {
		if (entry.node.name === NODE_NAME) entry.node = workflow.nodes[NODE_NAME];
	}
}

async function execute(
	settings: RunSettings,
	workflow: Workflow,
	data: IRunExecutionData,
	mode: WorkflowExecuteMode,
): Promise<RunResult> {
	const startData = JSON.stringify(data);
	const executionId = settings.executionId ?? `execution-${++executions}`;
	const additionalData = await additionalDataFor(settings.credential, executionId, mode, workflow);
	const engine = new WorkflowExecute(additionalData, mode, data);
	const running = engine.processRunExecutionData(workflow);
	settings.onStart?.(() => running.cancel());
	const run = await running;
	const { runData, error } = run.data.resultData;
	const last = runData[NODE_NAME]?.[runData[NODE_NAME].length - 1];
	const runs = (runData[NODE_NAME] ?? []).map((result) => ({
		output: result.data?.main?.[0] ?? [],
		errorOutput: result.data?.main?.[1] ?? [],
	}));
	const failure = error ?? last?.error;
	return {
		run,
		output: runs.at(-1)?.output ?? [],
		errorOutput: runs.at(-1)?.errorOutput ?? [],
		runs,
		error: failure ?? NO_ERROR,
		failed: failure !== undefined,
		contextData: run.data.executionData?.contextData ?? {},
		startData,
		stored: JSON.stringify(run.data),
		settings: { ...settings, executionId },
	};
}
