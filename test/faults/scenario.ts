import type { INode, INodeParameters } from 'n8n-workflow';
import { processedData, retry, runNode, type RunResult } from '../support/engine';
import type { Decide, Deeds, Lane } from './lane';
import type { FaultName, RetrySettings, Schedule } from './schedule';

/** How long a request may take for an item that meets a hang, in seconds. */
export const HANGING_SECONDS = 0.1;

/** The same for all others: so long that a busy machine makes nothing time out that the schedule wants to be fine. */
const OTHERWISE_SECONDS = 20;

/** One execution of a scenario, and what LiveCall did meanwhile. */
export interface Execution {
	kind: 'first' | 'retry' | 'again';
	redialUnknown: boolean;
	result: RunResult;
	/** For each item. */
	deeds: Deeds[];
}

/** A scenario that has been run. */
export interface Story {
	schedule: Schedule;
	executions: Execution[];
	requests: number;
	secrets: string[];
}

/** Takes a schedule's faults in turn; what is not in it is fine. */
function byTheBook(schedule: Schedule): Decide {
	return (whom, n) =>
		(whom === 'list' ? schedule.listFaults[n] : schedule.faults[whom]?.[n]) ?? 'fine';
}

let scenarios = 0;

/**
 * Runs one scenario in n8n's engine, in a workflow of its own: the execution, then its "Retry" runs for as long as it fails, then, with
 * deduplication keys, the same items in an execution of their own.
 * @param decide what meets which request; by default what the schedule says
 * @param patience how many times as long as usual a request that hangs may take
 */
export async function runScenario(
	schedule: Schedule,
	lane: Lane,
	decide: Decide = byTheBook(schedule),
	patience = 1,
): Promise<Story> {
	const numbers = lane.begin(schedule.faults.length, decide);
	const items = numbers.map((phone, index) => ({
		phone,
		key: schedule.keys === 'shared' ? `pair ${index - (index % 2)}` : `lead ${index}`,
		timeout: timeoutOf(schedule, index, patience),
	}));
	const node: Partial<INode> = {
		onError: schedule.onError,
		retryOnFail: schedule.tries > 1,
		maxTries: schedule.tries,
		waitBetweenTries: 1,
	};
	const executions: Execution[] = [];
	const note = async (kind: Execution['kind'], redialUnknown: boolean, result: RunResult) => {
		executions.push({ kind, redialUnknown, result, deeds: await lane.look() });
		return result;
	};
	const workflowId = `scenario-${++scenarios}`;
	const settings = { credential: lane.credential, items, node, workflowId };
	const asFirst: RetrySettings = { redialUnknown: false, concurrency: schedule.concurrency };
	const first = { ...settings, parameters: parametersFor(schedule, asFirst) };

	let last = await note('first', false, await runNode(first));
	for (const changed of schedule.retries) {
		if (!last.failed) break;
		const parameters = parametersFor(schedule, changed);
		last = await note('retry', changed.redialUnknown, await retry(last, { parameters }));
	}
	if (schedule.runAgain) await note('again', false, await runNode(first));
	processedData.forget(workflowId);
	return { schedule, executions, requests: lane.requests, secrets: lane.secrets };
}

/** The list of users is asked for with the time-out of whichever item needs it first. */
function timeoutOf({ faults, listFaults }: Schedule, index: number, patience: number): number {
	return [...faults[index], ...listFaults].some(isHang)
		? HANGING_SECONDS * patience
		: OTHERWISE_SECONDS;
}

export function isHang(fault: FaultName): boolean {
	return fault === 'hangBefore' || fault === 'hangAfter';
}

function parametersFor(
	{ operation, maxRetries, keys }: Schedule,
	{ redialUnknown, concurrency }: RetrySettings,
): INodeParameters {
	const [resource, name] = operation.split('.');
	return {
		resource,
		operation: name,
		phoneNumber: '={{ $json.phone }}',
		...(operation === 'call.create' ? { filterId: '1' } : { name: 'Ada Lovelace' }),
		options: {
			maxConcurrency: concurrency,
			maxRetries,
			requestTimeout: '={{ $json.timeout }}',
			...(redialUnknown ? { redialUnknown } : {}),
			...(keys === 'none' ? {} : { deduplicationKey: '={{ $json.key }}' }),
		},
	};
}
