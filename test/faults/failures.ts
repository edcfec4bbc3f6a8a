import fc from 'fast-check';
import type { INode, INodeParameters } from 'n8n-workflow';
import type { Fault, HostName } from '../../dev/sandbox';
import { PACKAGE, processedData } from '../support/engine';
import type { StoreFailure } from '../support/processedData';
import type { World } from '../support/world';
import { subjectOf, type OperationOnSubject, type Subject } from './operations';
import type { OnError } from './schedule';

interface Before {
	node?: Partial<INode>;
	credential?: Error;
	parameters?: INodeParameters;
	/** In place of the API's address. */
	baseUrl?: string;
}

/** What keeps all items from being run, before the first one is. */
const BEFORE: Record<string, Before> = {
	'no credential': { node: { credentials: undefined } },
	'a credential that was deleted': {
		credential: new Error('Credential with ID "credential" does not exist for type "liveCallApi".'),
	},
	'a credential that cannot be decrypted': {
		credential: new Error(
			'Credentials could not be decrypted. The likely reason is that a different "encryptionKey" was used to encrypt the data.',
		),
	},
	'an operation that does not exist': { parameters: { operation: 'nothing' } },
	'a resource that does not exist': { parameters: { resource: 'nothing' } },
	'an operation whose expression fails': {
		parameters: { operation: '={{ $("Nowhere").first().json.id }}' },
	},
	'a base URL that is none': { baseUrl: 'livecall' },
	'nobody listening': { baseUrl: 'http://127.0.0.1:1/v1' },
};

/** One thing that fails. Plain JSON, so that a run that breaks a promise can be read. */
type Failure =
	| { where: 'nowhere' }
	| { where: 'before the first item'; what: string }
	| { where: 'in items'; what: 'fails' | 'findsNothing'; items: number[] }
	| ({ where: "in n8n's store" } & StoreFailure)
	| {
			where: 'in LiveCall or before it';
			fault: Fault;
			host: HostName;
			items: number[];
			isLasting: boolean;
			sparesReads: boolean;
	  };

/** A run of an operation in which something fails. */
export interface Trial {
	items: number;
	onError: OnError;
	isTool: boolean;
	hasKeys: boolean;
	concurrency: number;
	failure: Failure;
}

const status = (code: number, contentType?: string): Fault => ({
	kind: 'status',
	status: code,
	...(contentType === undefined
		? { body: { error: 'no luck' } }
		: { body: 'no page here', contentType }),
});

const pages: Fault[] = [
	...[200, 403, 404, 502].map((code): Fault => ({ kind: 'html', status: code })),
	status(404, 'text/plain'),
	status(403, 'text/plain'),
];
const statuses = [400, 401, 403, 404, 408, 422, 500, 503].map((code) => status(code));
const apiFaults: Fault[] = [
	...pages,
	...statuses,
	{ kind: 'status', status: 429, retryAfter: 0 },
	{ kind: 'status', status: 429, retryAfter: 60 },
	...[408, 500, 504].map((code): Fault => ({ kind: 'status-after', status: code })),
	{ kind: 'latency', ms: 20 },
	{ kind: 'trickle', everyMs: 0 },
	{ kind: 'cut-off-json' },
	{ kind: 'empty-object' },
	{ kind: 'empty-body' },
	{ kind: 'reset-before' },
	{ kind: 'reset-after' },
	{ kind: 'cut-connection' },
	{ kind: 'hang-before' },
	{ kind: 'hang-after' },
	{ kind: 'redirect', location: 'http://127.0.0.1:9/' },
];
const recordingFaults: Fault[] = [
	...pages,
	...statuses,
	{ kind: 'reset-before' },
	{ kind: 'hang-before' },
	{ kind: 'expired-link' },
	{ kind: 'truncated-download' },
	{ kind: 'empty-download' },
	{ kind: 'stalled-download' },
];

const some = fc.subarray([0, 1, 2, 3], { minLength: 1 });
const failures = (host: HostName): fc.Arbitrary<Failure> =>
	fc.record({
		where: fc.constant('in LiveCall or before it' as const),
		fault: fc.constantFrom(...(host === 'api' ? apiFaults : recordingFaults)),
		host: fc.constant(host),
		items: some,
		isLasting: fc.boolean(),
		sparesReads: fc.boolean(),
	});

function failureOf(operation: string): fc.Arbitrary<Failure> {
	const isDownload = operation === 'recording.download';
	const usesStore = /create|upsert/.test(operation);
	return fc.oneof(
		{ weight: 1, arbitrary: fc.constant<Failure>({ where: 'nowhere' }) },
		{
			weight: 6,
			arbitrary: fc.record({
				where: fc.constant('before the first item' as const),
				what: fc.constantFrom(...Object.keys(BEFORE)),
			}),
		},
		{
			weight: 3,
			arbitrary: fc.record({
				where: fc.constant('in items' as const),
				what: fc.constantFrom('fails' as const, 'findsNothing' as const),
				items: some,
			}),
		},
		{
			weight: usesStore ? 6 : 1,
			arbitrary: fc.record({
				where: fc.constant("in n8n's store" as const),
				at: fc.nat({ max: 20 }),
				lasting: fc.constantFrom<StoreFailure['lasting']>('once', 'forEver'),
				when: fc.constantFrom<StoreFailure['when']>('before', 'after'),
			}),
		},
		{ weight: 12, arbitrary: failures('api') },
		{ weight: isDownload ? 12 : 0, arbitrary: failures('recordings') },
	);
}

/** Any run of an operation in which something fails. */
export function anyTrial({ operation }: OperationOnSubject): fc.Arbitrary<Trial> {
	return (
		fc
			.record<Trial>({
				items: fc.integer({ min: 1, max: 4 }),
				onError: fc.constantFrom<OnError[]>(
					'stopWorkflow',
					'continueRegularOutput',
					'continueErrorOutput',
				),
				isTool: fc.oneof(
					{ weight: 3, arbitrary: fc.constant(false) },
					{ weight: 1, arbitrary: fc.constant(true) },
				),
				hasKeys: operation === 'call.create' ? fc.boolean() : fc.constant(false),
				concurrency: fc.constantFrom(1, 2, 8),
				failure: failureOf(operation),
			})
			.map((trial) => (trial.isTool ? { ...trial, items: 1 } : trial))
			// An agent that gives no filter is given all users.
			.filter(
				({ isTool, failure }) =>
					!(
						isTool &&
						'what' in failure &&
						failure.what === 'findsNothing' &&
						operation === 'user.getAll'
					),
			)
	);
}

/** Which of the items the failure may meet. */
export function metBy({ items, hasKeys, failure }: Trial, on: OperationOnSubject): number[] {
	const all = Array.from({ length: items }, (_, index) => index);
	switch (failure.where) {
		case 'nowhere':
			return [];
		case 'before the first item':
			return all;
		case 'in items':
			return all.filter((index) => failure.items.includes(index));
		case "in n8n's store":
			return hasKeys ? all : [];
		case 'in LiveCall or before it': {
			if (failure.fault.kind === 'latency' || failure.fault.kind === 'trickle') return [];
			const listed = all.filter((index) => failure.items.includes(index));
			return on.isShared || failure.host === 'recordings' ? all : listed;
		}
	}
}

const EXPRESSION = /\{(\w+)\}/g;

/** The panel: what is in braces is taken from the item, unless that fails or finds nothing. */
function filledIn(parameters: INodeParameters): INodeParameters {
	const text = JSON.stringify(parameters).replace(
		EXPRESSION,
		(_, field) =>
			`={{ $json.fails ? $('Nowhere').first().json : $json.findsNothing ? undefined : $json.${field} }}`,
	);
	return JSON.parse(text);
}

/** How long a request may take, in seconds: short for the items that meet a hang. */
const TIMEOUT = { hanging: 0.3, otherwise: 20 };

let trials = 0;

/** Everything that n8n is told of a trial in a workflow of its own, once the sandbox and n8n's store are set up to fail. */
export function arrange(world: World, trial: Trial, on: OperationOnSubject, subjects: Subject[]) {
	const { failure } = trial;
	const met = metBy(trial, on);
	const hangs =
		failure.where === 'in LiveCall or before it' && /hang|stalled/.test(failure.fault.kind);
	const items = subjects.map((subject, index) => ({
		...subject,
		timeout: hangs && met.includes(index) ? TIMEOUT.hanging : TIMEOUT.otherwise,
		...(failure.where === 'in items' && met.includes(index) ? { [failure.what]: true } : {}),
	}));
	const before: Before = failure.where === 'before the first item' ? BEFORE[failure.what] : {};
	if (failure.where === 'in LiveCall or before it') meetWith(world, failure, subjects);
	const workflowId = `trial-${++trials}`;
	if (failure.where === "in n8n's store") processedData.failIn(workflowId, failure);
	const [resource, operation] = on.operation.split('.');
	const { baseUrl = world.sandbox.apiUrl } = before;
	const options = {
		maxRetries: 1,
		maxConcurrency: trial.concurrency,
		requestTimeout: '={{ $json.timeout }}',
		...(on.operation === 'call.waitUntilEnded' ? { timeout: 0.005 } : {}),
		...(trial.hasKeys ? { deduplicationKey: '={{ $json.input }}' } : {}),
	};
	return {
		workflowId,
		credential: before.credential ?? { ...world.credential, baseUrl },
		items,
		parameters: {
			resource,
			operation,
			...filledIn(on.parameters),
			options,
			...before.parameters,
		},
		node: {
			onError: trial.onError,
			...(trial.isTool ? { type: `${PACKAGE}.liveCallTool` } : {}),
			...before.node,
		},
		agent: { parameters: { asks: JSON.stringify([subjects[0]]) } },
	};
}

function meetWith(
	{ sandbox }: World,
	{ fault, host, items, isLasting, sparesReads }: Extract<Failure, { host: HostName }>,
	subjects: Subject[],
): void {
	const met = new Set<number>();
	sandbox.faults.decide((question) => {
		const subject = subjectOf(question, subjects);
		const isMeant = host === 'recordings' || subject < 0 || items.includes(subject);
		if (question.host !== host || !isMeant || (!isLasting && met.has(subject))) return undefined;
		if (sparesReads && subject < 0 && host === 'api') return undefined;
		met.add(subject);
		return fault;
	});
}
