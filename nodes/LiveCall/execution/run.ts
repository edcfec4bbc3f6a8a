import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { Pace } from '../../shared/throttling/pace';
import type { ApiAccess } from '../../shared/credential';
import type { Kind } from '../fields/requestOptions';
import { Availability } from '../lookups/availability';
import { UserDirectory } from '../lookups/users';
import type { Guards } from '../deduplication/request';
import { Claims } from '../deduplication/claims';
import { Ledger } from '../deduplication/ledger';
import { lineageOf } from '../deduplication/record';
import { PollThrottle } from '../../shared/throttling/pollThrottle';
import { Hints } from './hints';

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
	readonly pollThrottle = new PollThrottle();
	/** Which run of the node this is within its execution, counted from 0: in a loop a node runs more than once. */
	readonly index: number;
	/** What keeps requests from being sent twice. */
	readonly guards: Guards;
	readonly hints: Hints;
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
		this.hints = new Hints(this.count);
		this.signal = functions.getExecutionCancelSignal();
		this.pace = new Pace(concurrency, this.signal);
		const { $runIndex, $execution } = functions.getWorkflowDataProxy(0);
		this.index = typeof $runIndex === 'number' ? $runIndex : 0;
		const execution = functions.getExecutionId() ?? '';
		this.guards = {
			ledger: new Ledger(functions.getContext('node'), this.index, execution),
			claims: new Claims(functions.helpers, functions.getWorkflow().id, this.signal),
			lineage: lineageOf($execution, execution),
			// "Retry" runs an execution in this mode (n8n 1.123 and 2.41, `ExecutionService.retry`).
			isRetry: functions.getMode() === 'retry',
			// For an AI agent n8n makes a second type of the node (n8n 1.x and 2.x, `convertNodeToAiTool`).
			isTool: functions.getNode().type.endsWith('Tool'),
			nodeKey: `${execution}:${functions.getNode().id}`,
		};
	}

	get isCanceled(): boolean {
		return this.signal?.aborted ?? false;
	}

	/**
	 * To be called when all items have ended, whatever became of them. Of several items, those that were placed go on record
	 * now; of a single one that is left to the next run, since each use of n8n's store takes as long as a call.
	 */
	async close(): Promise<void> {
		const { ledger, claims } = this.guards;
		const { toRecord } = ledger;
		if (this.count > 1 && toRecord.length > 0 && !claims.failed) {
			if (await claims.record(toRecord)) ledger.recorded(toRecord);
		}
		claims.dispose();
		this.pace.dispose();
	}
}
