import { DateTime } from 'luxon';
import type { INodeParameters } from 'n8n-workflow';
import { sharedTrigger, until } from '../support/trigger';

jest.setTimeout(60_000);

const trigger = sharedTrigger();
const { ended, host, settings, start, world } = trigger;

const deliver = async (id: number, event = 'call.ended') =>
	await trigger.deliver({ event, call: { id } });

/** Has the calls delivered, so many at a time. */
async function deliverAll(ids: number[], atOnce = ids.length, event?: string): Promise<void> {
	const left = [...ids];
	const sender = async () => {
		for (let id = left.shift(); id !== undefined; id = left.shift()) await deliver(id, event);
	};
	await Promise.all(Array.from({ length: atOnce }, sender));
}

/** The calls whose deliveries n8n has stored, oldest first. */
const stored = () =>
	[...host.stored.matchAll(/"call\.(?:ended|created) (\d+)[ "]/g)].map(([, id]) => Number(id));

/** n8n restarts: the process remembers nothing, and its database everything. */
function restart(parameters?: INodeParameters): void {
	const staticData = JSON.parse(host.stored);
	start(parameters, { staticData });
}

describe('a delivery that came before', () => {
	it('starts nothing, whatever form it has', async () => {
		const { id } = ended();
		await deliver(id);
		const answer = await trigger.deliver({ data: { id: String(id), type: 'calls' } });
		expect(answer.status).toBe(200);
		expect(answer.body).toContain('delivered before');
		expect(host.started).toHaveLength(1);
		expect(host.writes).toBe(1);
	});

	it('starts nothing 50 ms later', async () => {
		const { id } = ended();
		world.sandbox.faults.always({ kind: 'latency', ms: 100 });
		const first = deliver(id);
		await new Promise((resolve) => setTimeout(resolve, 50));
		await Promise.all([first, deliver(id)]);
		expect(host.started).toHaveLength(1);
	});

	it('is told from another event of the same call', async () => {
		const { id } = ended();
		await deliver(id, 'call.created');
		await deliver(id, 'call.ended');
		expect(host.started).toHaveLength(2);
	});

	it.each<[string, object, number]>([
		['ended otherwise', { outcome: 'failed' }, 2],
		['ended later', { ended_at: '2017-07-17T15:00:00.000+02:00' }, 2],
		['ended the same, in other letters', { outcome: 'SUCCESSFUL' }, 1],
		['has another length only', { duration: 7 }, 1],
	])('is told from a second end of the same call that %s', async (_, change, starts) => {
		const call = ended();
		await deliver(call.id);
		const body = { call: { ...call, ...change } };
		world.sandbox.faults.always({ kind: 'status', status: 200, body });
		await deliver(call.id);
		await deliver(call.id);
		expect(host.started).toHaveLength(starts);
	});

	it('is told from no end at the same moment, however that is written', async () => {
		const call = ended();
		const ms = Date.parse(String(call.ended_at));
		for (const ended_at of [
			new Date(ms).toISOString(),
			DateTime.fromMillis(ms, { zone: 'Asia/Kolkata' }).toISO(),
		]) {
			const body = { call: { ...call, ended_at } };
			world.sandbox.faults.always({ kind: 'status', status: 200, body });
			await deliver(call.id);
		}
		expect(host.started).toHaveLength(1);
	});

	it('is a creation, whatever has become of the call since', async () => {
		const { id } = world.sandbox.calls.add({ status: 'started' });
		await deliver(id, 'call.created');
		world.sandbox.calls.end(id);
		await deliver(id, 'call.created');
		expect(host.started).toHaveLength(1);
	});

	it('takes little room, whatever an unverified one says', async () => {
		start({ verifyCalls: false });
		const [outcome, ended_at] = ['a'.repeat(100_000), 'b'.repeat(100_000)];
		await trigger.deliver({ event: 'call.ended', call: { id: 5, outcome, ended_at } });
		expect(host.started).toHaveLength(1);
		expect(host.stored.length).toBeLessThan(1_000);
	});

	it('starts the workflow again when told to', async () => {
		start({ options: { ignoreRepeats: false } });
		const { id } = ended();
		await deliver(id);
		await deliver(id);
		expect(host.started).toHaveLength(2);
		expect(host.writes).toBe(0);
	});

	it('starts the workflow again while a person listens in the editor', async () => {
		start({}, { mode: 'manual' });
		const { id } = ended();
		await deliver(id);
		await deliver(id);
		expect(host.started).toHaveLength(2);
		expect(host.writes).toBe(0);
	});

	it('to the test URL starts the published workflow all the same', async () => {
		const { id } = ended();
		host.settings = settings({}, { mode: 'manual', workflowId: 'both' });
		await deliver(id);
		host.settings = settings({}, { workflowId: 'both' });
		await deliver(id);
		await deliver(id);
		expect(host.started).toHaveLength(2);
	});

	it('is forgotten with the workflow that it came to', async () => {
		const { id } = ended();
		await deliver(id);
		start();
		await deliver(id);
		expect(host.started).toHaveLength(1);
	});
});

describe.each([
	['2.41, which answers after the start of the workflow', false],
	['1.123, which answers before it', true],
])('in n8n %s, a restart finds', (_, answersFirst) => {
	beforeEach(() => {
		host.answersFirst = answersFirst;
	});

	it('each delivery that was answered', async () => {
		for (const id of [ended().id, ended().id, ended().id]) {
			await deliver(id);
			expect(stored()).toContain(id);
		}
		expect(host.started).toHaveLength(3);
	});

	it('deliveries that came together', async () => {
		world.sandbox.faults.always({ kind: 'latency', ms: 30 });
		const ids = Array.from({ length: 20 }, () => ended().id);
		await deliverAll(ids);
		expect(host.started).toHaveLength(20);
		expect(stored().sort()).toEqual(ids);

		restart();
		await deliverAll(ids);
		expect(host.started).toEqual([]);
	});

	it('deliveries that came while the database was slow', async () => {
		host.writeMs = 50;
		const ids = Array.from({ length: 3 }, () => ended().id);
		await deliverAll(ids, 1);
		await deliverAll(ids, 1);
		await host.written();
		expect(host.started).toHaveLength(3);
		expect(stored()).toEqual(ids);
	});
});

it('deliveries that come before the first of them is stored know of each other', async () => {
	host.writeMs = 100;
	const ids = Array.from({ length: 3 }, () => ended().id);
	const answers = [];
	for (const id of ids) {
		const begun: number = host.started.length;
		answers.push(deliver(id));
		await until('the start of the workflow', () =>
			host.started.length > begun ? true : undefined,
		);
	}
	await Promise.all(answers);
	await host.written();
	await deliverAll(ids, 1);
	expect(host.started).toHaveLength(3);
	expect(stored()).toEqual(ids);
});

it('n8n answers once the workflow has started, which holds the sender back', async () => {
	await deliver(ended().id);
	host.startMs = 300;
	const { id } = ended();
	const answer = deliver(id);
	await until('the start of the workflow', () => (host.started.length > 1 ? true : undefined));
	const first = await Promise.race([answer, host.workflowStarted().then(() => 'the start')]);
	expect(first).toBe('the start');
	expect((await answer).status).toBe(200);
});

it('data that other nodes of the workflow keep stay as they are', async () => {
	start({}, { staticData: { global: { since: '2026-01-01' } } });
	await deliver(ended().id);
	const { id } = ended();
	await deliver(id);
	await deliver(id);
	expect(host.started).toHaveLength(2);
	expect(host.stored).toContain('2026-01-01');
});

it('a delivery that overlaps with a slow one is remembered', async () => {
	const [early, late] = [ended(), ended()];
	world.sandbox.faults.always({ kind: 'latency', ms: 300 }, { path: new RegExp(`/${late.id}$`) });
	const slow = deliver(late.id);
	await until('the question about the slow one', () => world.sandbox.requests[0]);
	await deliver(early.id);
	await slow;
	await deliver(early.id);
	expect(host.started.map(({ id }) => id).sort()).toEqual([early.id, late.id]);
});

it('a delivery that n8n answers late stores what has come meanwhile, too', async () => {
	const [early, late] = [ended().id, ended().id];
	host.startMs = 500;
	const slow = deliver(late);
	await until('the start of the slow one', () => host.started[0]);
	host.startMs = 5;
	await deliver(early);
	await slow;
	expect(host.writes).toBe(2);
	expect(stored()).toEqual([late, early]);
});

it('the latest 1,000 deliveries, 20 at a time, are remembered in their order', async () => {
	const before = Array.from({ length: 1_000 }, (_, index) => index + 1);
	const seen = before.map((id) => `call.created ${id}`);
	const staticData = { 'node:LiveCall Trigger': { seen } };
	start({ verifyCalls: false }, { staticData });
	const deliverCreated = async (ids: number[]) => await deliverAll(ids, 20, 'call.created');
	await deliverCreated(Array.from({ length: 60 }, (_, index) => index + 1_001));
	const order = host.started.map(({ id }) => Number(id));
	expect(order).toHaveLength(60);
	const latest = [...before.slice(60), ...order];
	expect(stored()).toEqual(latest);

	const known = [...latest.slice(0, 20), ...latest.slice(-20)];
	await deliverCreated(known);
	expect(host.started).toHaveLength(60);
	restart({ verifyCalls: false });
	await deliverCreated(known);
	expect(host.started).toEqual([]);
	await deliverCreated(before.slice(59, 60));
	expect(host.started).toHaveLength(1);
});

it('what was stored before a restart is older than what has come since', async () => {
	const [before, since] = [ended().id, ended().id];
	await deliver(before);
	restart();
	await deliver(since);
	expect(stored()).toEqual([before, since]);
});

it.each([[{ seen: 'call.ended 1' }], [{ seen: [5, null, { a: 1 }] }], [{ seen: 7 }]])(
	'stored data of another form, %j, are no hindrance',
	async (kept) => {
		start({}, { staticData: { 'node:LiveCall Trigger': kept } });
		const { id } = ended();
		await deliver(id);
		await deliver(id);
		expect(host.started).toHaveLength(1);
		expect(host.errors).toEqual([]);
	},
);
