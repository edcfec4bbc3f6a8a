import type { Fault } from '../../dev/sandbox';
import { passTime, passWaits } from '../support/passingTime';
import { sharedTrigger, until } from '../support/trigger';

const { deliver, ended, host, start, world } = sharedTrigger();
beforeEach(() => passWaits());
afterEach(() => jest.restoreAllMocks());

const named = (id: number) => ({ event: 'call.ended', call: { id } });
const unnamed = (id: number) => ({ call: { id } });

describe('a delivery that says that a call has ended', () => {
	it.each(
		Object.entries({
			'by its event': named,
			'by the status': (id: number) => ({ call: { id, status: 'ended' } }),
			'by the time': (id: number) => ({
				data: { id, type: 'calls', attributes: { ended_at: '2026' } },
			}),
		}).flatMap(([how, payload]) =>
			['successful', 'unsuccessful', 'any'].map((outcome) => ({ how, payload, outcome })),
		),
	)('$how waits for LiveCall to say so, too ($outcome)', async ({ payload, outcome }) => {
		start({ options: { outcome } });
		const { id } = world.sandbox.calls.add({ status: 'started' });
		world.sandbox.faults.decide(({ index }) => {
			const end = outcome === 'unsuccessful' ? 'failed' : 'successful';
			if (index === 1) world.sandbox.calls.end(id, { outcome: end });
			return undefined;
		});
		expect((await deliver(payload(id))).status).toBe(200);
		expect(host.started).toMatchObject([{ event: 'call.ended', status: 'ended' }]);
		expect(world.seen()).toHaveLength(2);
	});

	it.each([
		['successful', 'successful'],
		['unsuccessful', 'failed'],
	])('is answered 503 while LiveCall does not (%s)', async (asked, outcome) => {
		start({ options: { outcome: asked } });
		const { id } = world.sandbox.calls.add({ status: 'started' });
		const answer = await deliver(named(id));
		expect(answer).toMatchObject({ status: 503, body: expect.stringContaining('not ended yet') });
		expect(Number(answer.retryAfter)).toBeGreaterThan(0);
		expect(host.started).toEqual([]);
		expect(world.seen()).toHaveLength(3);
		world.sandbox.calls.end(id, { outcome });
		expect((await deliver(named(id))).status).toBe(200);
		expect(host.started).toHaveLength(1);
	});

	it('is answered 200 where the trigger does not listen to it', async () => {
		start({ events: ['call.created'] });
		const { id } = world.sandbox.calls.add({ status: 'started' });
		expect((await deliver(named(id))).status).toBe(200);
		expect(host.started).toEqual([]);
	});

	it('starts the workflow where any outcome will do', async () => {
		const { id } = world.sandbox.calls.add({ status: 'initiated' });
		expect((await deliver(named(id))).status).toBe(200);
		expect(host.started).toMatchObject([{ event: 'call.ended', status: 'initiated' }]);
		expect(world.seen()).toHaveLength(3);
	});
});

/** LiveCall says that the call has ended, and does not say how. */
const outcomeIsMissing = (call: object): Fault => ({
	kind: 'status',
	status: 200,
	body: { call: { ...call, outcome: null } },
});

describe('an end whose outcome LiveCall does not tell yet', () => {
	describe.each(['successful', 'unsuccessful', 'any'])('(%s)', (outcome) => {
		beforeEach(() => start({ options: { outcome } }));

		it.each([
			['named', named],
			['unnamed', unnamed],
		])('is asked for again, as an event that is %s', async (_, payload) => {
			const call = ended();
			world.sandbox.faults.next(outcomeIsMissing(call));
			expect((await deliver(payload(call.id))).status).toBe(200);
			const told = { event: 'call.ended', outcome: 'successful' };
			expect(host.started).toMatchObject(outcome === 'unsuccessful' ? [] : [told]);
			expect(world.seen()).toHaveLength(2);
		});

		it('stays unknown', async () => {
			const call = ended();
			world.sandbox.faults.always(outcomeIsMissing(call));
			const answer = await deliver(named(call.id));
			expect(world.seen()).toHaveLength(3);
			if (outcome === 'any') {
				expect(answer.status).toBe(200);
				expect(host.started).toMatchObject([{ event: 'call.ended', outcome: null }]);
				return;
			}
			const body = expect.stringContaining('how this call ended');
			expect(answer).toMatchObject({ status: 503, body });
			expect(host.started).toEqual([]);
			world.sandbox.faults.clear();
			expect((await deliver(named(call.id))).status).toBe(200);
			expect(host.started).toHaveLength(outcome === 'successful' ? 1 : 0);
		});
	});

	it('is no matter of a creation', async () => {
		const call = ended();
		world.sandbox.faults.next(outcomeIsMissing(call));
		await deliver({ event: 'call.created', call: { id: call.id } });
		expect(host.started).toMatchObject([{ event: 'call.created' }]);
		expect(world.seen()).toHaveLength(1);
	});

	it('is asked for anew by who shares the answer to a creation', async () => {
		const call = world.sandbox.calls.add({ status: 'ended', outcome: null });
		const body = { call: { ...call, outcome: 'successful' } };
		world.sandbox.faults.next({ kind: 'latency', ms: 200 });
		world.sandbox.faults.next({ kind: 'status', status: 200, body });
		const created = deliver({ event: 'call.created', call: { id: call.id } });
		await until('the question about the creation', () => world.seen()[0]);
		await deliver(unnamed(call.id));
		await created;
		expect(host.started.map(({ event, outcome }) => [event, outcome])).toEqual([
			['call.created', null],
			['call.ended', 'successful'],
		]);
	});
});

describe.each<[string, Fault]>([
	['404 and a web page', { kind: 'status', status: 404, body: '<html>Not found</html>' }],
	['404 and text', { kind: 'status', status: 404, body: '404 page not found' }],
	['403 and a web page', { kind: 'status', status: 403, body: '<html>Are you human?</html>' }],
	['403 and text', { kind: 'status', status: 403, body: 'Forbidden' }],
])("another program's answer in place of LiveCall's, %s,", (_, fault) => {
	it.each(['reject', 'accept'])(
		'is 503 for this call, and no pause for others (%s)',
		async (whenUnverifiable) => {
			start({ options: { whenUnverifiable } });
			const [call, other] = [ended(), ended()];
			const path = new RegExp(`/${call.id}$`);
			world.sandbox.faults.always(fault, { path });
			const answer = await deliver(named(call.id));
			expect(answer.status).toBe(503);
			expect(Number(answer.retryAfter)).toBeGreaterThan(0);
			const repeats = await Promise.all([deliver(named(call.id)), deliver(named(call.id))]);
			expect(repeats.map(({ status }) => status)).toEqual([503, 503]);
			expect(world.seen()).toHaveLength(2);
			expect((await deliver(named(other.id))).status).toBe(200);
			expect(host.started).toMatchObject([{ id: other.id, verified: true }]);
		},
	);

	it('is asked for once more', async () => {
		const { id } = ended();
		world.sandbox.faults.next(fault);
		expect((await deliver(named(id))).status).toBe(200);
		expect(host.started).toMatchObject([{ id, verified: true }]);
		expect(world.seen()).toHaveLength(2);
	});
});

describe('a call that LiveCall does not know', () => {
	it('yet is asked for once more', async () => {
		const { id } = ended();
		world.sandbox.faults.next({ kind: 'status', status: 404 });
		expect((await deliver(named(id))).status).toBe(200);
		expect(world.seen()).toHaveLength(2);
	});

	it.each<[string, Fault, number]>([
		['LiveCall itself', { kind: 'status', status: 404 }, 404],
		['another program', { kind: 'status', status: 404, body: 'not found' }, 503],
	])('is asked for anew when 5 seconds have passed, as %s says', async (_, fault, rejection) => {
		const { id } = ended();
		world.sandbox.faults.next(fault);
		world.sandbox.faults.next(fault);
		expect((await deliver(named(id))).status).toBe(rejection);
		expect((await deliver(named(id))).status).toBe(rejection);
		expect(world.seen()).toHaveLength(2);
		passTime(5_100);
		expect((await deliver(named(id))).status).toBe(200);
		expect(world.seen()).toHaveLength(3);
	});
});
