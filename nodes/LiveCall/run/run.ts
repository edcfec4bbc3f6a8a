import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { Pace } from '../../shared/api/pace';
import type { ApiAccess } from '../../shared/credential';
import type { Kind } from '../fields/commonOptions';
import { Availability } from '../known/availability';
import { UserDirectory } from '../known/users';
import { KnownKeys } from '../once/knownKeys';
import { Ledger } from '../once/ledger';
import { Looks } from './looks';

/** What a run does, as far as its items and its account need to know. */
export interface Task {
	/** The resource's name, for the account of what was done. */
	resource: string;
	kind: Kind;
	/** The operation's fields as the panel shows them, for their labels. */
	fields: INodeProperties[];
	/** Set for what must not be done twice; completes "LiveCall may already have …". */
	done?: string;
}

/** What all items of one run of the node share. */
export class Run {
	/** The execution's cancel signal. */
	readonly signal: AbortSignal | undefined;
	/** How many items the run has. */
	readonly count: number;
	/** When the run began, in ms since 1970. */
	readonly startedAt = Date.now();
	readonly pace: Pace;
	readonly looks = new Looks();
	readonly ledger: Ledger;
	readonly knownKeys: KnownKeys;
	readonly users = new UserDirectory();
	readonly availability = new Availability();

	/**
	 * @param functions n8n's functions for this run
	 * @param api how LiveCall is asked; `undefined` when the credential's base URL is no web address
	 * @param task what the run does
	 * @param concurrency how many items run at once at most
	 */
	constructor(
		readonly functions: IExecuteFunctions,
		readonly api: ApiAccess | undefined,
		readonly task: Task,
		readonly concurrency: number,
	) {
		this.count = functions.getInputData().length;
		this.signal = functions.getExecutionCancelSignal();
		this.pace = new Pace(concurrency, this.signal);
		this.ledger = new Ledger(
			functions.getContext('node'),
			runIndexOf(functions),
			functions.getExecutionId() ?? '',
			isTool(functions),
		);
		this.knownKeys = new KnownKeys(functions);
	}
}

/** n8n makes a second type of each node that is usable as a tool (n8n 1.x and 2.x, `convertNodeToAiTool`). */
function isTool(functions: IExecuteFunctions): boolean {
	return functions.getNode().type.endsWith('Tool');
}

/** Which run of the node this is within its execution, counted from 0: in a loop a node runs more than once. */
function runIndexOf(functions: IExecuteFunctions): number {
	const runIndex: unknown = functions.getWorkflowDataProxy(0).$runIndex;
	return typeof runIndex === 'number' ? runIndex : 0;
}
