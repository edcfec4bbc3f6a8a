import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { setTimeout as delay } from 'node:timers/promises';
import { poll } from '../../dev/launcher/poll';
import type { Fault, FaultQuestion } from '../../dev/sandbox';
import { processedData } from '../support/engine';
import { CALL_EACH, CONTINUES, sharedWorld } from '../support/world';

const world = sharedWorld();

/** What a node waits for when it is canceled. */
interface Wait {
	operation: string;
	parameters: INodeParameters;
	items?: IDataObject[];
	/** What LiveCall does with each request. */
	fault?: (question: FaultQuestion) => Fault | undefined;
	/** After how many requests the wait begins. */
	requests: number;
	/** How long the wait would last, in ms. */
	ms: number;
}

const WAITS: Record<string, Wait> = {
	'for the next look at a call': {
		operation: 'call.waitUntilEnded',
		parameters: { callId: '9001', options: { pollInterval: 60 } },
		requests: 1,
		ms: 60_000,
	},
	'for its turn among many looks': {
		operation: 'call.waitUntilEnded',
		parameters: { callId: '9001', options: { pollInterval: 60 } },
		items: Array.from({ length: 300 }, () => ({})),
		requests: 2,
		ms: 20_000,
	},
	'for a recording that is not ready': {
		operation: 'recording.download',
		parameters: { callId: '9001', options: { waitForRecording: 60 } },
		requests: 1,
		ms: 60_000,
	},
	'as long as LiveCall asked to, when it takes too many requests': {
		operation: 'call.get',
		parameters: { callId: '9001' },
		fault: () => ({ kind: 'status', status: 429, retryAfter: 25 }),
		requests: 1,
		ms: 25_000,
	},
	'as long as LiveCall asked to, when it is down': {
		operation: 'call.get',
		parameters: { callId: '9001' },
		fault: () => ({ kind: 'status', status: 503, retryAfter: 25 }),
		requests: 1,
		ms: 25_000,
	},
	'as long as the host of the recordings asked to': {
		operation: 'recording.download',
		parameters: { callId: '9002' },
		fault: ({ host }) =>
			host === 'recordings' ? { kind: 'status', status: 503, retryAfter: 25 } : undefined,
		requests: 2,
		ms: 25_000,
	},
	'in the queue behind a pause of the whole run': {
		operation: 'call.get',
		parameters: { callId: '9001', options: { maxConcurrency: 8 } },
		items: Array.from({ length: 8 }, () => ({})),
		fault: () => ({ kind: 'status', status: 429, retryAfter: 25 }),
		requests: 8,
		ms: 25_000,
	},
	'in the queue behind a silent host': {
		operation: 'call.get',
		parameters: { callId: '9001', options: { maxConcurrency: 4, requestTimeout: 60 } },
		items: Array.from({ length: 4 }, () => ({})),
		fault: ({ index }) =>
			index < 4 ? { kind: 'status', status: 429, retryAfter: 0 } : { kind: 'hang-before' },
		requests: 5,
		ms: 60_000,
	},
	'for a silent host': {
		operation: 'call.get',
		parameters: { callId: '9001', options: { requestTimeout: 60 } },
		fault: () => ({ kind: 'hang-before' }),
		requests: 1,
		ms: 60_000,
	},
	'for the rest of an answer': {
		operation: 'call.get',
		parameters: { callId: '9001', options: { requestTimeout: 60 } },
		fault: () => ({ kind: 'trickle', everyMs: 1_000 }),
		requests: 1,
		ms: 60_000,
	},
	'for the rest of a file': {
		operation: 'recording.download',
		parameters: { callId: '9002', options: { requestTimeout: 60 } },
		fault: ({ host }) => (host === 'recordings' ? { kind: 'stalled-download' } : undefined),
		requests: 2,
		ms: 60_000,
	},
};

describe('a cancel ends the wait', () => {
	it.each(Object.entries(WAITS))(
		'%s',
		async (_name, wait) => {
			world.sandbox.calls.add({ id: 9_001, status: 'started' });
			world.sandbox.calls.add({ id: 9_002, status: 'ended', recorded: true });
			world.sandbox.faults.decide(wait.fault);
			const { requests } = world.sandbox;
			let cancel = (): void => undefined;
			const running = world.run(wait.operation, wait.parameters, {
				items: wait.items,
				onStart: (stop) => (cancel = stop),
			});
			const last = await poll(async () => requests[wait.requests - 1], {
				what: 'the request before the wait',
				timeoutMs: 10_000,
				everyMs: 5,
			});
			// The answer has to reach the node, which then begins to wait.
			await delay(100);
			const sent = requests.length;
			cancel();
			const result = await running;

			expect(result.run.status).toBe('canceled');
			expect(result.error.message).toContain('canceled');
			expect(Date.now()).toBeLessThan(last.at + wait.ms);
			// Some may have been on their way.
			expect(requests.length - sent).toBeLessThanOrEqual(3);
		},
		30_000,
	);

	it("for another process's claims", async () => {
		// So many entries in the workflow's row look like a lock, for two seconds.
		await processedData.checkProcessedAndRecord(
			Array.from({ length: 30 }, (_, n) => `another's ${n}`),
			'workflow',
			{ workflow: { id: 'workflow', active: false }, node: undefined },
			{ mode: 'entries' },
		);
		const begun = Date.now();
		processedData.failAt(() => undefined);
		let cancel = (): void => undefined;
		const running = world.run(
			'call.create',
			{ filterId: '1', phoneNumber: '+49 30 1234567', options: { deduplicationKey: 'lead 1' } },
			{ onStart: (stop) => (cancel = stop) },
		);
		await poll(async () => (processedData.operationsSeen > 1 ? true : undefined), {
			what: 'a look at the lock',
			timeoutMs: 10_000,
			everyMs: 5,
		});
		cancel();
		const result = await running;

		expect(result.run.status).toBe('canceled');
		expect(Date.now()).toBeLessThan(begun + 2_000);
		expect(world.seen()).toEqual([]);
		expect(processedData.keys()).not.toContain('lead 1');
	}, 30_000);
});

it('says how to go on, since the editor offers no Retry of a canceled execution', async () => {
	const items = [1, 2, 3].map((nth) => ({ phone: `+49 30 100000${nth}` }));
	let cancel = (): void => undefined;
	world.sandbox.faults.decide(({ json }) => {
		if (!JSON.stringify(json)?.includes(items[1].phone)) return undefined;
		cancel();
		return { kind: 'hang-before' };
	});
	const { error } = await world.run('call.create', CALL_EACH, {
		items,
		node: CONTINUES,
		onStart: (stop) => (cancel = stop),
	});
	expect(error.message).toContain(
		'may already have placed this call: the execution was canceled while LiveCall was being asked',
	);
	expect(error.description).toMatch(
		/if not, run the workflow with this item alone\. Already done: item 0 .* Not tried: item 2\. The editor offers no Retry of a canceled execution, /,
	);
	expect(error.description).not.toMatch(/Redial|"On Error"/);
});
