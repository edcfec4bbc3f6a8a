import fc from 'fast-check';
import type { Fault } from '../../dev/sandbox';

/**
 * What can meet one request. "Before" and "after" say whether LiveCall acts on the request before things go wrong;
 * `html`, `cutOff` and `emptyObject` are answers that nobody can use to a request that LiveCall has acted on.
 */
export const FAULTS = {
	fine: undefined,
	refused: { kind: 'status', status: 422, body: { errors: { filter_id: ['must exist'] } } },
	tooMany: { kind: 'status', status: 429, retryAfter: 0 },
	resetBefore: { kind: 'reset-before' },
	resetAfter: { kind: 'reset-after' },
	hangBefore: { kind: 'hang-before' },
	hangAfter: { kind: 'hang-after' },
	brokenBefore: { kind: 'status', status: 503 },
	brokenAfter: { kind: 'status-after', status: 500 },
	html: { kind: 'html' },
	cutOff: { kind: 'cut-off-json' },
	emptyObject: { kind: 'empty-object' },
} satisfies Record<string, Fault | undefined>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES: FaultName[] = [
	'fine',
	'refused',
	'tooMany',
	'resetBefore',
	'resetAfter',
	'hangBefore',
	'hangAfter',
	'brokenBefore',
	'brokenAfter',
	'html',
	'cutOff',
	'emptyObject',
];

/** The operations that send what must not be done twice. */
export const OPERATIONS = ['call.create', 'user.create', 'user.upsert'] as const;
type WriteOperation = (typeof OPERATIONS)[number];

export type OnError = 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';

/** What a person sets before pressing "Retry" on a failed execution. */
export interface RetrySettings {
	redialUnknown: boolean;
	concurrency: number;
}

/** Everything that happens in one scenario. It is plain JSON, so that it can be printed and replayed. */
export interface Schedule {
	operation: WriteOperation;
	/**
	 * For each item, what meets the requests that send this item, one after the other over all tries and executions;
	 * what comes after the list is fine. Faults belong to items and not to places in the order of arrival, so that a
	 * schedule means the same at any concurrency.
	 */
	faults: FaultName[][];
	/** The same for the requests that list the users, which `user.upsert` sends. */
	listFaults: FaultName[];
	concurrency: number;
	maxRetries: number;
	onError: OnError;
	/** How often n8n tries the node: 1 without Retry On Fail, else 2 to 5. */
	tries: number;
	/** The "Retry" runs; each happens only when the execution before it failed. */
	retries: RetrySettings[];
	/** Which items have a deduplication key: none, each one of its own, or each two next to each other the same. */
	keys: 'none' | 'own' | 'shared';
	/** Whether the same items come once more in an execution that knows nothing of the others; only with keys. */
	runAgain: boolean;
}

const fault = fc.oneof(
	...[
		// Hangs cost real time, and so are rare.
		{ weight: 60, name: 'fine' as const },
		{ weight: 12, name: 'refused' as const },
		{ weight: 10, name: 'tooMany' as const },
		{ weight: 6, name: 'resetBefore' as const },
		{ weight: 8, name: 'resetAfter' as const },
		{ weight: 2, name: 'hangBefore' as const },
		{ weight: 3, name: 'hangAfter' as const },
		{ weight: 6, name: 'brokenBefore' as const },
		{ weight: 8, name: 'brokenAfter' as const },
		{ weight: 5, name: 'html' as const },
		{ weight: 5, name: 'cutOff' as const },
		{ weight: 5, name: 'emptyObject' as const },
	].map(({ weight, name }) => ({ weight, arbitrary: fc.constant<FaultName>(name) })),
);

/** What meets the requests for one item, in turn. */
export const itemFaults = fc.oneof(
	{ weight: 2, arbitrary: fc.constant<FaultName[]>([]) },
	{ weight: 3, arbitrary: fc.array(fault, { minLength: 1, maxLength: 4 }) },
);

const concurrency = fc.integer({ min: 1, max: 8 });

/** Any schedule that means something. */
export const anySchedule: fc.Arbitrary<Schedule> = fc
	.record<Schedule>({
		operation: fc.oneof(
			{ weight: 6, arbitrary: fc.constant<WriteOperation>('call.create') },
			{ weight: 2, arbitrary: fc.constant<WriteOperation>('user.create') },
			{ weight: 2, arbitrary: fc.constant<WriteOperation>('user.upsert') },
		),
		faults: fc.array(itemFaults, { minLength: 1, maxLength: 20, size: 'max' }),
		listFaults: itemFaults,
		concurrency,
		maxRetries: fc.integer({ min: 0, max: 1 }),
		onError: fc.oneof(
			{ weight: 2, arbitrary: fc.constant<OnError>('stopWorkflow') },
			{ weight: 1, arbitrary: fc.constant<OnError>('continueRegularOutput') },
			{ weight: 1, arbitrary: fc.constant<OnError>('continueErrorOutput') },
		),
		tries: fc.integer({ min: 1, max: 5 }),
		retries: fc.array(fc.record({ redialUnknown: fc.boolean(), concurrency }), { maxLength: 2 }),
		keys: fc.oneof(
			{ weight: 3, arbitrary: fc.constant('none' as const) },
			{ weight: 1, arbitrary: fc.constant('own' as const) },
			{ weight: 1, arbitrary: fc.constant('shared' as const) },
		),
		runAgain: fc.boolean(),
	})
	.map(meaningful);

/** Takes out what the operation does not have, and what would only cost time. */
function meaningful(schedule: Schedule): Schedule {
	const hasKeys = schedule.operation === 'call.create' && schedule.keys !== 'none';
	const lists = schedule.operation === 'user.upsert';
	return {
		...schedule,
		// A GET that is repeated waits at least an eighth of a second; that repeats work is for the matrix to show.
		maxRetries: lists ? 0 : schedule.maxRetries,
		listFaults: lists ? schedule.listFaults : [],
		keys: hasKeys ? schedule.keys : 'none',
		runAgain: hasKeys && schedule.runAgain,
	};
}

/** A schedule as one line that `run.ts --replay` takes. */
export function printed(schedule: Schedule): string {
	return JSON.stringify(schedule);
}
