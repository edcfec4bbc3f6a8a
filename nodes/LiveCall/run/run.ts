import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { Pace } from '../../shared/api/pace';
import type { Connection } from '../../shared/credential';
import { Availability } from './availability';
import { KnownKeys } from './knownKeys';
import { Ledger } from './ledger';
import { UserDirectory } from './userDirectory';

/** What all items of one run of the node share. */
export class Run {
	/** The execution's cancel signal. */
	readonly signal: AbortSignal | undefined;
	readonly pace: Pace;
	readonly ledger: Ledger;
	readonly knownKeys: KnownKeys;
	readonly users = new UserDirectory();
	readonly availability = new Availability();

	/**
	 * @param functions n8n's functions for this run
	 * @param connection the credential, without the key
	 * @param fields the operation's fields, for their labels
	 * @param most how many items run at once at most
	 */
	constructor(
		readonly functions: IExecuteFunctions,
		readonly connection: Connection,
		readonly fields: INodeProperties[],
		most: number,
	) {
		this.signal = functions.getExecutionCancelSignal();
		this.pace = new Pace(most, this.signal);
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
