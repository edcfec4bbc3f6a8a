import type { INodeParameters } from 'n8n-workflow';
import { AgentNode } from '../support/agent';
import { PACKAGE, retry } from '../support/engine';
import { locator, RETRY_ON_FAIL, sharedWorld } from '../support/world';

const world = sharedWorld();
beforeEach(() => {
	AgentNode.heard.length = 0;
	AgentNode.asks = [{}, {}];
});
afterAll(() => {
	AgentNode.asks = [{}, {}];
});

const [ANNA, BEN] = ['+49 30 1000001', '+49 30 1000002'];
const tool = { type: `${PACKAGE}.liveCallTool` };
const call: INodeParameters = {
	filterId: locator('1'),
	phoneNumber: "={{ $fromAI('phone', '', 'string') }}",
};
const at: INodeParameters = {
	...call,
	additionalFields: { scheduledFor: "={{ $fromAI('time', '', 'string') }}" },
};

const rung = () => world.sandbox.calls.placed().map((placed) => placed.phone_number);
const run = async (parameters: INodeParameters = call, node = {}) =>
	await world.run('call.create', parameters, { node: { ...tool, ...node } });
const heard = () => AgentNode.heard.map((text) => JSON.parse(text)[0]);

it('gives an agent that repeats itself the call that was placed', async () => {
	AgentNode.asks = [{ phone: ANNA }, { phone: ANNA }, { phone: '+49 (30) 1000001' }];
	await run();
	expect(rung()).toEqual([ANNA]);
	const [first, second, third] = heard();
	expect(first).not.toHaveProperty('already_placed');
	expect(second).toEqual({ ...first, already_placed: true });
	expect(third).toEqual(second);
});

it.each([
	['+49 30 1000001', '0049 30 1000001'],
	['0049301000001', '+49 (30) 1000001'],
	['(00) 49 30 1000001', '+49-30-1000001'],
])('knows a customer by either way to write a country code: %s, %s', async (first, second) => {
	AgentNode.asks = [{ phone: first }, { phone: second }];
	await run();
	expect(rung()).toEqual([first]);
	expect(heard()[1]).toMatchObject({ already_placed: true });
});

it('calls each of two customers for whom an agent asks, with what it says of each', async () => {
	AgentNode.asks = [[{ phone: ANNA }, { phone: BEN }], { phone: BEN }];
	await run();
	expect(rung().sort()).toEqual([ANNA, BEN]);
	expect(heard()[2]).toMatchObject({ phone_number: BEN, already_placed: true });
});

it('does not ring a customer twice for whom an agent asks twice at the same time', async () => {
	AgentNode.asks = [[{ phone: ANNA }, { phone: ANNA }]];
	await run();
	expect(rung()).toEqual([ANNA]);
});

it.each([
	['another time', ['2035-06-01T10:00:00Z', '2035-06-01T10:30:00Z'], 2],
	['the same time', ['2035-06-01T10:00:00Z', '2035-06-01T12:00:00+02:00'], 1],
	['a time that moves with each thought', ['2035-06-01T10:00:00Z', '2035-06-01T10:01:30Z'], 1],
])('when an agent asks for %s', async (_, times, calls) => {
	AgentNode.asks = times.map((time) => ({ phone: ANNA, time }));
	await run(at);
	expect(rung()).toHaveLength(calls);
});

it('calls again where repeats are allowed, but not what is unknown', async () => {
	AgentNode.asks = [{ phone: ANNA }, { phone: ANNA }, { phone: ANNA }];
	world.meetAt(1, { kind: 'status-after', status: 502 });
	await run({ ...call, options: { allowRepeats: true } });
	expect(rung()).toEqual([ANNA, ANNA]);
	expect(AgentNode.heard[2]).toContain('may already have placed this call');
});

it('holds when Retry On Fail of the tool runs it again', async () => {
	AgentNode.asks = [{ phone: ANNA }];
	world.sandbox.faults.next({ kind: 'reset-after' });
	await run(call, RETRY_ON_FAIL);
	expect(rung()).toEqual([ANNA]);
	expect(AgentNode.heard[0]).toContain('may already have placed this call');
});

it.each([
	['its own Retry On Fail', { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 }],
	['"Retry" of the execution', {}],
])('holds when the agent, whose model has failed, runs again by %s', async (way, agent) => {
	AgentNode.asks = [{ phone: ANNA }, { phone: BEN }];
	AgentNode.failures = 1;
	const result = await world.run('call.create', call, { node: tool, agent });
	if (way.startsWith('"Retry"')) {
		expect(result.failed).toBe(true);
		await retry(result);
	}
	expect(rung()).toEqual([ANNA, BEN]);
	expect(heard().slice(2)).toEqual([
		expect.objectContaining({ phone_number: ANNA, already_placed: true }),
		expect.objectContaining({ phone_number: BEN, already_placed: true }),
	]);
});

it('does not touch workflows without an agent', async () => {
	const items = [{ phone: ANNA }, { phone: ANNA }];
	await world.run('call.create', { ...call, phoneNumber: '={{ $json.phone }}' }, { items });
	expect(rung()).toEqual([ANNA, ANNA]);
});
