import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { get } from '../../nodes/LiveCall/operations/call/get';
import type { RunResult } from '../support/engine';
import {
	CALL_EACH,
	CONTINUES,
	customers,
	hintsOf,
	jsons,
	pairs,
	sharedWorld,
} from '../support/world';

const world = sharedWorld();

const GET = { callId: '={{ $json.id }}' };

const endedCalls = (count: number): IDataObject[] =>
	Array.from({ length: count }, () => ({ id: world.sandbox.calls.add({ status: 'ended' }).id }));

/** Runs an operation whose requests all take a while, and gives how many of them were in flight at most. */
async function mostAtOnce(
	operation: string,
	parameters: INodeParameters,
	items: IDataObject[],
): Promise<number> {
	let most = 0;
	world.sandbox.faults.decide(() => {
		most = Math.max(most, world.seen().filter(({ over }) => !over).length);
		return { kind: 'latency', ms: 50 };
	});
	const result = await world.run(operation, parameters, { items });
	expect(result.output).toHaveLength(items.length);
	return most;
}

describe('items at once', () => {
	it('are as many as the options say', async () => {
		const parameters = { ...GET, options: { maxConcurrency: 3 } };
		expect(await mostAtOnce('call.get', parameters, endedCalls(12))).toBe(3);
	});

	it('are several by default where LiveCall is only read', async () => {
		expect(await mostAtOnce('call.get', GET, endedCalls(12))).toBeGreaterThan(3);
	});

	it('are four by default where recordings are fetched, however many wait', async () => {
		const items = Array.from({ length: 12 }, () => ({
			id: world.sandbox.calls.add({ status: 'ended', recorded: true }).id,
		}));
		expect(await mostAtOnce('recording.download', GET, items)).toBe(4);
	});

	it('are one by default where a customer is rung, in the order of the input', async () => {
		const items = customers(5);
		expect(await mostAtOnce('call.create', CALL_EACH, items)).toBe(1);
		expect(world.sandbox.calls.placed().map(({ phone_number }) => phone_number)).toEqual(
			items.map(({ phone }) => phone),
		);
	});

	it.each([
		['is wrong', 0],
		['is no number', 'many'],
		['is an expression that fails', '={{ $("Nowhere").first().json.id }}'],
	])('whose number %s are told so one by one, before LiveCall is asked', async (_, wrong) => {
		const result = await world.run(
			'call.get',
			{ ...GET, options: { maxConcurrency: wrong } },
			{ items: endedCalls(3), node: CONTINUES },
		);
		expect(jsons(result)).toEqual(
			[0, 1, 2].map((item) => ({ error: expect.stringContaining(`[item ${item}]`) })),
		);
		expect(world.seen()).toEqual([]);
	});
});

describe('the output', () => {
	it('is in the order of the input, each paired to its item', async () => {
		const items = endedCalls(8);
		world.sandbox.faults.decide(({ index }) => ({ kind: 'latency', ms: 80 - index * 10 }));
		const result = await world.run('call.get', GET, { items });
		expect(jsons(result).map(({ id }) => id)).toEqual(items.map(({ id }) => id));
		expect(pairs(result)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
	});

	it('is paired to its item also where one gives several', async () => {
		const users = world.sandbox.users.all().length;
		expect(users).toBeGreaterThan(1);
		const result = await world.run('user.getAll', { returnAll: true }, { items: [{}, {}] });
		expect(pairs(result)).toEqual([...Array(users).fill(0), ...Array(users).fill(1)]);
	});

	it('has a hint where the operation has one, and none otherwise', async () => {
		const national = await world.run('call.create', CALL_EACH, {
			items: [{ phone: '030 1000001' }],
		});
		const { hints } = national.run.data.resultData.runData.LiveCall[0];
		expect(hints).toEqual([
			{
				message: expect.stringMatching(/^Numbers without a country code: 1\. LiveCall may reach/),
				location: 'outputPane',
			},
		]);
		const usual = await world.run('call.create', CALL_EACH, {
			items: [{ phone: '+49 30 1000002' }],
		});
		expect(hintsOf(usual)).toEqual([]);
		expect(hintsOf(await world.run('call.get', GET, { items: endedCalls(1) }))).toEqual([]);
	});

	it('has none of LiveCall where nothing comes in', async () => {
		const result = await world.run('user.getAll', { returnAll: true }, { items: [] });
		expect(result.failed).toBe(false);
		expect(result.output).toEqual([]);
		expect(world.seen()).toEqual([]);
	});
});

describe('an item that fails', () => {
	it('ends the run: the others are accounted for, and those behind it not tried', async () => {
		const [one, two, four] = endedCalls(3);
		const result = await world.run(
			'call.get',
			{ ...GET, options: { maxConcurrency: 1 } },
			{ items: [one, two, { id: 99 }, four] },
		);
		expect(result.error.message).toContain('no call "99" [item 2]');
		expect(result.error.description).toMatch(/^Item 2: Check "Call ID"/);
		expect(result.error.description).toContain('Already done: items 0 to 1.');
		expect(result.error.description).toContain('Not tried: item 3.');
		expect(world.seen()).toHaveLength(3);
	});

	it('ends the run once those that run beside it have ended', async () => {
		const [slow] = endedCalls(1);
		world.sandbox.faults.decide(({ path }) =>
			path.endsWith(`/${String(slow.id)}`) ? { kind: 'latency', ms: 150 } : undefined,
		);
		const result = await world.run(
			'call.get',
			{ ...GET, options: { maxConcurrency: 2 } },
			{ items: [slow, { id: 98 }, { id: 99 }, slow] },
		);
		expect(result.error.message).toContain('no call "98" [item 1]');
		expect(result.error.description).toContain('Already done: item 0.');
		expect(result.error.description).toContain('Not tried: items 2 to 3.');
	});

	it('is the first of several, and says of the others that they failed, too', async () => {
		const result = await world.run('call.get', GET, {
			items: [{ id: 97 }, { id: 98 }, { id: 99 }],
		});
		expect(result.error.message).toContain('no call "97" [item 0]');
		expect(result.error.description).toContain('Also not done: ');
		expect(result.error.description).toContain('no call "98" [item 1]');
	});

	it('is all there is to say where it is alone', async () => {
		const result = await world.run('call.get', GET, { items: [{ id: 99 }] });
		expect(result.error.description).not.toMatch(/Already done|Not tried|Also not done/);
		expect(result.error.description).toBe(String(result.error.description).trim());
	});

	it('comes out in its place where the node goes on', async () => {
		const [one, three] = endedCalls(2);
		const result = await world.run('call.get', GET, {
			items: [one, { id: 99 }, three],
			node: CONTINUES,
		});
		expect(jsons(result)).toEqual([
			expect.objectContaining(one),
			{ error: expect.stringContaining('no call "99" [item 1]') },
			expect.objectContaining(three),
		]);
		expect(pairs(result)).toEqual([0, 1, 2]);
	});

	it('because of an expression is named, with what n8n says of the expression', async () => {
		const result = await world.run(
			'call.get',
			{ callId: '={{ $("Nowhere").first().json.id }}' },
			{ items: [{}, {}], node: CONTINUES },
		);
		expect(jsons(result)).toEqual(
			[0, 1].map((item) => ({ error: `Referenced node doesn't exist [item ${item}]` })),
		);
	});
});

describe('a canceled run', () => {
	/** Cancels while LiveCall answers a request: the one of that number. */
	async function canceledAt(
		number: number,
		parameters: INodeParameters,
		items: IDataObject[],
		node?: Partial<INode>,
	): Promise<RunResult> {
		let cancel = (): void => undefined;
		world.sandbox.faults.decide(({ index }) => {
			if (index !== number) return undefined;
			cancel();
			return { kind: 'hang-before' };
		});
		return await world.run('call.get', parameters, {
			items,
			node,
			onStart: (stop) => (cancel = stop),
		});
	}

	it.each([
		['that stops on errors', undefined],
		['that goes on after errors', CONTINUES],
	])('%s ends with an error that says so, and accounts for the items', async (_, node) => {
		const result = await canceledAt(
			2,
			{ ...GET, options: { maxConcurrency: 1 } },
			endedCalls(5),
			node,
		);
		expect(result.run.status).toBe('canceled');
		expect(result.error.message).toContain('canceled');
		expect(result.error.message).toContain('[item 2]');
		expect(result.error.description).toContain('Already done: items 0 to 1.');
		expect(result.error.description).toContain('Not tried: items 3 to 4.');
		expect(world.seen()).toHaveLength(3);
	});

	it('says so also where an item has failed before', async () => {
		const [known] = endedCalls(1);
		const result = await canceledAt(
			1,
			{ ...GET, options: { maxConcurrency: 1 } },
			[{ id: 99 }, known, known],
			CONTINUES,
		);
		expect(result.run.status).toBe('canceled');
		expect(result.error.message).toContain('canceled');
		expect(result.error.description).toContain('no call "99" [item 0]');
		expect(result.error.description).not.toContain('canceled');
	});

	it('says so also where each item that began has ended well', async () => {
		let cancel = (): void => undefined;
		const execute = jest.spyOn(get, 'execute').mockImplementation(async ({ index }) => {
			if (index === 1) cancel();
			return { json: {} };
		});
		const result = await world.run(
			'call.get',
			{ ...GET, options: { maxConcurrency: 2 } },
			{ items: endedCalls(4), onStart: (stop) => (cancel = stop) },
		);
		execute.mockRestore();
		expect(result.run.status).toBe('canceled');
		expect(result.error.message).toMatch(/canceled.*\[item 1\]$/);
		expect(result.error.description).toContain(
			'Already done: items 0 to 1. Not tried: items 2 to 3.',
		);
	});
});
