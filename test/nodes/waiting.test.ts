import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Fault } from '../../dev/sandbox';
import { growingPause } from '../../nodes/LiveCall/operations/call/waitUntilEnded';
import { PollThrottle } from '../../nodes/shared/throttling/pollThrottle';
import { answerInPassing } from '../support/passingTime';
import { jsons, sharedWorld } from '../support/world';

const world = sharedWorld({ stageMs: 60_000 });
afterEach(() => jest.restoreAllMocks());

const IN_AN_HOUR = () => new Date(Date.now() + 3_600_000).toISOString();

function underWay(id: number, more = {}) {
	return world.sandbox.calls.add({ id, status: 'initiated', ...more });
}

describe('the looks of a run', () => {
	it('stand at least 100 ms apart, however many items ask at once', () => {
		const looks = new PollThrottle();
		const turns = Array.from({ length: 25 }, () => looks.reserve(1_000));
		expect(turns).toEqual(Array.from({ length: 25 }, (_, place) => place * 100));
	});

	it('need not wait when nobody has looked for a while', () => {
		const looks = new PollThrottle();
		looks.reserve(1_000);
		expect(looks.reserve(1_030)).toBe(70);
		expect(looks.reserve(60_000)).toBe(0);
	});

	it('begin one at a time where their moments have come together, as on a busy machine', () => {
		const looks = new PollThrottle();
		expect([looks.begin(1_000), looks.begin(1_000), looks.begin(1_040)]).toEqual([0, 100, 60]);
		expect([looks.begin(1_100), looks.begin(1_101)]).toEqual([0, 99]);
	});

	it('of many items that wait together are ten a second at most', async () => {
		const ids = Array.from({ length: 15 }, (_, index) => 9_100 + index);
		ids.forEach((id) => underWay(id));
		const began = Date.now();
		const result = await world.run(
			'call.waitUntilEnded',
			{
				callId: '={{ $json.id }}',
				options: { timeout: 0.02, pollInterval: 1, onTimeout: 'return' },
			},
			{ items: ids.map((id) => ({ id })) },
		);
		expect(jsons(result).map(({ id }) => id)).toEqual(ids);
		const seen = world.seen();
		// The n-th look never comes before its turn, so this holds on the slowest machine.
		seen.forEach(({ at }, place) => expect(at - began).toBeGreaterThanOrEqual(place * 100 - 20));
		// Every item has had its whole look, also those behind the first ones.
		expect(new Set(seen.map(({ path }) => path)).size).toBe(15);
	}, 30_000);
});

describe('the pause between two looks, where none is set', () => {
	it.each([
		[0, 5_000],
		[50_000, 5_000],
		[120_000, 12_000],
		[300_000, 30_000],
		[3_600_000, 30_000],
	])('after %d ms is %d ms', (waitedMs, pause) => {
		expect(growingPause(waitedMs)).toBe(pause);
	});
});

describe('the time of an item', () => {
	it('counts from the start of the run, not from its own start', async () => {
		underWay(9_001);
		underWay(9_002);
		const result = await world.run(
			'call.waitUntilEnded',
			{
				callId: '={{ $json.id }}',
				options: { timeout: 0.02, pollInterval: 1, onTimeout: 'return', maxConcurrency: 1 },
			},
			{ items: [{ id: 9_001 }, { id: 9_002 }] },
		);
		expect(jsons(result).map(({ status }) => status)).toEqual(['initiated', 'initiated']);
		// The first item has used up the time: the second gets the one look that is due in any case.
		expect(world.asked().filter((asked) => asked.endsWith('/9002'))).toHaveLength(1);
	});
});

describe('a call that is scheduled for later than the time-out allows', () => {
	it('ends the wait at once and says for when it is scheduled', async () => {
		underWay(9_003, { status: 'created', scheduled_for: '2030-01-31T14:30:00+01:00' });
		const result = await world.run(
			'call.waitUntilEnded',
			{ callId: '9003' },
			{ timezone: 'America/New_York' },
		);
		expect(result.error.message).toContain(
			'Call "9003" is scheduled for Thu 31 Jan 2030, 08:30 (America/New_York)',
		);
		expect(result.error.description).toContain('Raise "Timeout"');
		expect(world.seen()).toHaveLength(1);
	});

	it('is given as it is where that is asked for', async () => {
		underWay(9_003, { status: 'created', scheduled_for: IN_AN_HOUR() });
		const result = await world.run('call.waitUntilEnded', {
			callId: '9003',
			options: { onTimeout: 'return', timeout: 59 },
		});
		expect(jsons(result)).toMatchObject([{ id: 9_003, status: 'created' }]);
		expect(world.seen()).toHaveLength(1);
	});

	it('is waited for where the time-out allows, and where it has ended all the same', async () => {
		underWay(9_003, { status: 'created', scheduled_for: IN_AN_HOUR() });
		const waiting = world.run('call.waitUntilEnded', {
			callId: '9003',
			options: { timeout: 120, pollInterval: 1 },
		});
		while (world.seen().length === 0) await new Promise((resolve) => setImmediate(resolve));
		world.sandbox.calls.end(9_003, { outcome: 'successful' });
		expect(jsons(await waiting)).toMatchObject([{ id: 9_003, status: 'ended' }]);

		const again = await world.run('call.waitUntilEnded', {
			callId: '9003',
			options: { timeout: 1 },
		});
		expect(jsons(again)).toMatchObject([{ id: 9_003, outcome: 'successful' }]);
	}, 30_000);
});

describe('a call that LiveCall does not know yet', () => {
	it.each([1, 2])('is looked for again: known at look %d', async (unknownLooks) => {
		underWay(9_004, { status: 'ended' });
		answerInPassing(world, 0, (look) =>
			look < unknownLooks ? { kind: 'status', status: 404, body: {} } : undefined,
		);
		const result = await world.run('call.waitUntilEnded', { callId: '9004' });
		expect(jsons(result)).toMatchObject([{ id: 9_004, status: 'ended' }]);
		expect(world.seen()).toHaveLength(unknownLooks + 1);
	});
});

describe('a call that has ended, and of which LiveCall does not tell the outcome yet', () => {
	const waitFor = async (callId: number, options: INodeParameters = {}) =>
		jsons(await world.run('call.waitUntilEnded', { callId, options }));
	/** Answers with an end that lacks its outcome. */
	const ended = (id: number, more: IDataObject = {}): Fault => ({
		kind: 'status',
		status: 200,
		body: { call: { id, status: 'Ended', ...more } },
	});

	it.each<[string, IDataObject]>([
		['is not there', {}],
		['is null', { outcome: null }],
		['is empty', { outcome: '' }],
		['is blank', { outcome: ' ', ended_at: '2026-11-26T12:00:00Z' }],
	])('is looked at again in a moment, where it %s', async (_, more) => {
		const call = underWay(9_010);
		world.sandbox.calls.end(call.id, { outcome: 'successful' });
		const looks: number[] = [];
		answerInPassing(world, 0, (look) => {
			looks.push(Date.now());
			return look === 0 ? ended(call.id, more) : undefined;
		});
		expect(await waitFor(call.id, { pollInterval: 60 })).toMatchObject([{ outcome: 'successful' }]);
		expect(looks[1] - looks[0]).toBeGreaterThanOrEqual(1_000);
		expect(looks[1] - looks[0]).toBeLessThan(30_000);
	});

	it('is given as it is after 10 s, counted from its end', async () => {
		const call = underWay(9_011);
		answerInPassing(world, 6_000, (look) => (look < 2 ? undefined : ended(call.id)));
		expect(await waitFor(call.id, { pollInterval: 1 })).toMatchObject([{ status: 'Ended' }]);
		// Twice under way, and at 18, 24 and 30 s.
		expect(world.seen()).toHaveLength(5);
	});

	it('is given as it is when the time is over, as one that has ended', async () => {
		answerInPassing(world, 2_000, () => ended(9_012));
		expect(await waitFor(9_012, { timeout: 0.1 })).toMatchObject([{ id: 9_012, status: 'Ended' }]);
		expect(world.seen().length).toBeLessThanOrEqual(4);
		world.sandbox.faults.clear();
		answerInPassing(world, 0, () => ended(9_012));
		expect(await waitFor(9_012, { timeout: 0 })).toMatchObject([{ id: 9_012, status: 'Ended' }]);
	});

	it.each<[string, Fault]>([
		['fails', { kind: 'status', status: 500 }],
		['is refused', { kind: 'status', status: 401 }],
		['finds nothing', { kind: 'status', status: 404 }],
		['gets a page', { kind: 'html', status: 404 }],
	])('is not lost when a further look %s', async (_, fault) => {
		const call = underWay(9_013);
		world.sandbox.calls.end(call.id, { outcome: 'failed' });
		answerInPassing(world, 1_000, (look) =>
			look === 0 ? ended(call.id) : look < 3 ? fault : undefined,
		);
		const options = { maxRetries: 0, pollInterval: 60 };
		expect(await waitFor(call.id, options)).toMatchObject([{ outcome: 'failed' }]);
		expect(world.seen()).toHaveLength(4);

		world.reset();
		answerInPassing(world, 6_000, (look) => (look === 0 ? ended(9_014) : fault));
		expect(await waitFor(9_014, options)).toMatchObject([{ id: 9_014, status: 'Ended' }]);
		expect(world.seen()).toHaveLength(3);
	});

	it('does not wait longer for its outcome because LiveCall asks to', async () => {
		const busy: Fault = { kind: 'status', status: 503, retryAfter: 25 };
		answerInPassing(world, 6_000, (look) => (look === 0 ? ended(9_016) : busy));
		expect(await waitFor(9_016)).toMatchObject([{ id: 9_016, status: 'Ended' }]);
		expect(world.seen()).toHaveLength(3);
	});

	it('is followed again where LiveCall takes it up again', async () => {
		const call = underWay(9_015);
		answerInPassing(world, 0, (look) => {
			if (look === 2) world.sandbox.calls.end(call.id, { outcome: 'successful' });
			return look === 0 ? ended(call.id) : undefined;
		});
		expect(await waitFor(call.id, { pollInterval: 1 })).toMatchObject([{ outcome: 'successful' }]);
	});
});
