import type { INodeParameters } from 'n8n-workflow';
import { inspect } from 'node:util';
import type { Fault, HostName } from '../../dev/sandbox';
import type { RunResult } from '../support/engine';
import { World } from '../support/world';

/** How long a request may take, in seconds, where it is meant to time out, and where it is not. */
const TIMEOUT = { hanging: 0.5, otherwise: 20 };

/** What a person is told of a request that failed. */
export type Told =
	/** LiveCall declined it for good; nothing was carried out. */
	| 'refused'
	/** LiveCall did not get it or did not take it; nothing was carried out. */
	| 'notCarriedOut'
	/** LiveCall may already have done it; it is not sent again. */
	| 'mayAlreadyHave'
	/** It failed, but does no harm when it is sent again. */
	| 'harmless'
	/** Something else than LiveCall's API has answered. */
	| 'unreadable'
	/** It did not fail. */
	| 'nothing';

/** How many requests are sent where one repeat is allowed, and what is told. */
export interface Expected {
	sent: number;
	told: Told;
}

/** One operation of the node, and the request of it that a fault meets. */
export interface Row {
	operation: string;
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	path: RegExp;
	/** Puts into the sandbox what the operation needs; gives its parameters. */
	prepare(world: World): INodeParameters;
}

/** One kind of fault, and what is expected of a POST and of the other methods. */
interface Column {
	fault: string;
	/** `undefined` where nobody listens at the API's address. */
	make: ((world: World) => Fault) | undefined;
	post: Expected;
	others: Expected;
	/** Where an operation differs: PATCH and DELETE have no documented answer and take any success as one. */
	except?: Record<string, Expected>;
	message: RegExp;
}

const CALL_ID = 7001;
const endedCall = (world: World) => {
	world.sandbox.calls.add({ id: CALL_ID, status: 'ended', recorded: true });
	return { callId: String(CALL_ID) };
};
const target = { filterId: '1', phoneNumber: '+49 30 1234567' };
const newUser = { name: 'Ada Lovelace', phoneNumber: '+49 30 7654321' };

const none = () => ({});
const group = () => ({ filterId: '1' });
const user = () => ({ userId: '501' });
const renamed = () => ({ userId: '501', updateFields: { name: 'Ada Lovelace' } });

export const ROWS: Row[] = (
	[
		['call.create', 'POST', '/calls', () => target],
		['call.get', 'GET', '/calls/7001', endedCall],
		['call.waitUntilEnded', 'GET', '/calls/7001', endedCall],
		['recording.get', 'GET', '/calls/7001/recording', endedCall],
		['recording.download', 'GET', '/calls/7001/recording', endedCall],
		['filter.checkAvailability', 'GET', '/filters/1', group],
		['filter.getAvailableTimes', 'GET', '/filters/1', group],
		['user.create', 'POST', '/users', () => newUser],
		['user.upsert', 'POST', '/users', () => newUser],
		['user.get', 'GET', '/users', user],
		['user.getAll', 'GET', '/users', none],
		['user.update', 'PATCH', '/users/501', renamed],
		['user.delete', 'DELETE', '/users/501', user],
	] as const
).map(([operation, method, path, prepare]) => ({
	operation,
	method,
	path: new RegExp(`^/v1${path}$`),
	prepare,
}));

const ONCE_AND_REFUSED = { sent: 1, told: 'refused' } as const;
const ONCE_AND_UNKNOWN = { sent: 1, told: 'mayAlreadyHave' } as const;
const TWICE_AND_HARMLESS = { sent: 2, told: 'harmless' } as const;
const TWICE_AND_NOT_DONE = { sent: 2, told: 'notCarriedOut' } as const;
const DONE = { sent: 1, told: 'nothing' } as const;

/** A status whose body repeats the key that was sent: LiveCall's words are shown, and this must not be. */
const status = (code: number) => (world: World) => ({
	kind: 'status' as const,
	status: code,
	retryAfter: 0,
	body: { error: `no luck with ${String(world.credential.apiKey)}` },
});
const always = (fault: Fault) => () => fault;

const refusals: Array<[number, RegExp]> = [
	[400, /^LiveCall refused to .*no luck/],
	[401, /^LiveCall did not accept the API key.*no luck/],
	[403, /^LiveCall does not allow this API key to .*no luck/],
	[404, /^LiveCall (knows no|has no|did not find|takes no new users)/],
	[422, /^LiveCall refused to .*no luck/],
];

const broken: Array<[string, Column['make'], RegExp]> = [
	['status 408', status(408), /answered with status 408/],
	['status 503', status(503), /answered with status 503/],
	['status 502 after acting', always({ kind: 'status-after', status: 502 }), /with status 502/],
	['a web page with status 504', always({ kind: 'html', status: 504 }), /answered with status 504/],
	['reset before acting', always({ kind: 'reset-before' }), /connection to LiveCall was lost/],
	['reset after acting', always({ kind: 'reset-after' }), /connection to LiveCall was lost/],
	['cut connection', always({ kind: 'cut-connection' }), /connection to LiveCall was lost/],
	['hang before acting', always({ kind: 'hang-before' }), /did not answer within 0\.5 seconds/],
	['hang after acting', always({ kind: 'hang-after' }), /did not answer within 0\.5 seconds/],
];

const unreadable: Array<[string, Fault, RegExp, Column['except']]> = [
	['a web page', { kind: 'html' }, /answer was a web page instead of data/, undefined],
	['cut-off JSON', { kind: 'cut-off-json' }, /answer was cut off or is not JSON/, undefined],
	[
		'an object without anything',
		{ kind: 'empty-object' },
		/answer came without /,
		{ 'user.update': DONE, 'user.delete': DONE },
	],
	[
		'an empty body',
		{ kind: 'empty-body' },
		/answer was empty, without |has no recording for call/,
		{
			'user.update': DONE,
			'user.delete': DONE,
			// That is how a host says that there is nothing yet.
			'recording.get': ONCE_AND_REFUSED,
			'recording.download': ONCE_AND_REFUSED,
		},
	],
	[
		'a redirect',
		{ kind: 'redirect', location: 'http://127.0.0.1:9/' },
		/answered with a redirect \(status 302\)/,
		undefined,
	],
];

export const COLUMNS: Column[] = [
	...refusals.map(([code, message]) => ({
		fault: `status ${code}`,
		make: status(code),
		post: ONCE_AND_REFUSED,
		others: ONCE_AND_REFUSED,
		message,
	})),
	{
		fault: 'status 429',
		make: status(429),
		post: TWICE_AND_NOT_DONE,
		others: TWICE_AND_NOT_DONE,
		message: /^LiveCall is receiving too many requests and did not /,
	},
	{
		fault: 'nobody listening',
		make: undefined,
		post: TWICE_AND_NOT_DONE,
		others: TWICE_AND_NOT_DONE,
		message: /^LiveCall could not be reached: the connection was refused/,
	},
	...broken.map(([fault, make, message]) => ({
		fault,
		make,
		post: ONCE_AND_UNKNOWN,
		others: TWICE_AND_HARMLESS,
		message,
	})),
	...unreadable.map(([fault, kind, message, except]) => ({
		fault,
		make: always(kind),
		post: ONCE_AND_UNKNOWN,
		others: { sent: 1, told: 'unreadable' as const },
		message,
		except,
	})),
];

/** What is expected where a row and a column meet. */
export function expectedOf(row: Row, column: Column): Expected {
	return column.except?.[row.operation] ?? (row.method === 'POST' ? column.post : column.others);
}

/** What happened where a row and a column meet. */
export interface Cell {
	result: RunResult;
	/** How many of the requests that the fault is for were sent. */
	sent: number;
	leaks: string[];
}

/** How often a cell is run again whose request timed out on a busy machine before it had left. */
const MOST_TRIES = 10;

/** Runs an operation against a fault that never ends, with one repeat allowed. */
export async function runCell(world: World, row: Row, column: Column): Promise<Cell> {
	const fault = column.make?.(world);
	if (fault?.kind !== 'hang-before' && fault?.kind !== 'hang-after') {
		return await runOnce(world, row, fault, TIMEOUT.otherwise);
	}
	for (let tries = 1; ; tries++) {
		// In a world of its own: such a request may also come late.
		const own = await World.start();
		const cell = await runOnce(own, row, fault, TIMEOUT.hanging);
		await own.sandbox.stop();
		if (cell.sent >= expectedOf(row, column).sent || tries === MOST_TRIES) return cell;
	}
}

async function runOnce(
	world: World,
	row: Row,
	fault: Fault | undefined,
	requestTimeout: number,
): Promise<Cell> {
	const { sandbox } = world;
	sandbox.reset();
	const parameters = row.prepare(world);
	if (fault) sandbox.faults.always(fault, { host: 'api', method: row.method, path: row.path });
	// Port 1 is reserved and refuses connections at once.
	const credential = fault
		? world.credential
		: { ...world.credential, baseUrl: 'http://127.0.0.1:1/v1' };
	const options = { maxRetries: 1, requestTimeout };
	const result = await world.run(row.operation, { ...parameters, options }, { credential });
	const sent = sandbox.requests.filter(
		({ method, path }) => method === row.method && row.path.test(path),
	).length;
	return { result, sent, leaks: leaksOf(world, result) };
}

/** Runs each of some jobs in whichever of several worlds is free. */
export async function inWorlds(jobs: Array<(world: World) => Promise<void>>): Promise<void> {
	const left = [...jobs];
	const worlds = await Promise.all(Array.from({ length: 24 }, async () => await World.start()));
	const work = async (world: World) => {
		for (let job = left.shift(); job; job = left.shift()) await job(world);
	};
	try {
		await Promise.all(worlds.map(work));
	} finally {
		await Promise.all(worlds.map(async ({ sandbox }) => await sandbox.stop()));
	}
}

/** What can go wrong on the way to a recording's file, on the host that the link leads to. */
export const DOWNLOAD_FAULTS: Fault[] = [
	{ kind: 'status', status: 500 },
	{ kind: 'expired-link' },
	{ kind: 'html' },
	{ kind: 'reset-before' },
	{ kind: 'reset-after' },
	{ kind: 'hang-before' },
	{ kind: 'truncated-download' },
	{ kind: 'empty-download' },
	{ kind: 'stalled-download' },
];

/** Downloads a recording from a host that has a fault, in a world of its own. */
export async function runDownload(fault: Fault): Promise<Cell> {
	const world = await World.start();
	const host: HostName = 'recordings';
	const { callId } = endedCall(world);
	world.sandbox.faults.always(fault, { host });
	const options = { maxRetries: 1, requestTimeout: TIMEOUT.hanging };
	const result = await world.run('recording.download', { callId, options });
	const sent = world.sandbox.requests.filter((request) => request.host === host).length;
	await world.sandbox.stop();
	return { result, sent, leaks: leaksOf(world, result) };
}

/** Which secrets a failed run shows: in its error, however deep, and in what n8n would keep of it. */
function leaksOf({ credential, sandbox }: World, { error, stored }: RunResult): string[] {
	const links = `${sandbox.recordingsUrl}/downloads`;
	const secrets = [
		String(credential.apiKey),
		String(credential.webhookToken),
		links,
		'Token token=',
	];
	const shown = [
		error.message,
		String(error.description),
		String(error.stack),
		inspect(error, { depth: null, showHidden: true }),
		stored,
	];
	return secrets.filter((secret) => shown.some((text) => text.includes(secret)));
}
