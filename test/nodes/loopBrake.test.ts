import { loopBrake } from '../../nodes/LiveCall/execution/loopBrake';
import { retry } from '../support/engine';
import { CALL_EACH, CONTINUES, customers, sharedWorld } from '../support/world';

const world = sharedWorld();
let held = 0;
const brakeAsItIs = Object.getOwnPropertyDescriptor(loopBrake, 'ms') ?? {};
beforeEach(() => {
	held = 0;
	// Read once for each run that is held.
	Object.defineProperty(loopBrake, 'ms', {
		configurable: true,
		get: () => {
			held++;
			return 1;
		},
		set: () => undefined,
	});
});
afterAll(() => Object.defineProperty(loopBrake, 'ms', brakeAsItIs));

const [ANNA, BEN] = ['+49 30 1000001', '+49 30 1000002'];
const call = CALL_EACH;
const actsAndFails = { kind: 'status-after' as const, status: 502 };
const refuses = { kind: 'status' as const, status: 422, body: { error: 'no' } };
const one = { items: [{ phone: ANNA }] };
const looping = {
	...one,
	node: { onError: 'continueErrorOutput' as const },
	loop: { from: 'errorOutput' as const, times: 5 },
};

describe('an error output that leads back to the node is held each time that it brings nothing new', () => {
	it('for a call that is unknown', async () => {
		world.sandbox.faults.always(actsAndFails, { method: 'POST' });
		const { runs } = await world.run('call.create', call, looping);
		expect([runs.length, held, world.asked()]).toEqual([6, 5, ['POST /v1/calls']]);
	});

	it.each([1, 3])('for %i calls that LiveCall refuses each time', async (count) => {
		world.sandbox.faults.always(refuses, { method: 'POST' });
		const items = customers(count);
		const { runs } = await world.run('call.create', call, { ...looping, items });
		expect([runs.length, held, world.asked().length]).toEqual([6, 5, 6 * count]);
	});

	it.each([
		['a credential that cannot be read', { credential: new Error('It does not exist') }, call],
		['an operation that there is not', {}, { ...call, operation: 'nothing' }],
		['a field that is wrong', {}, { ...call, phoneNumber: '12' }],
	])('for %s', async (_, settings, parameters) => {
		const { runs } = await world.run('call.create', parameters, { ...looping, ...settings });
		expect([runs.length, held, world.asked()]).toEqual([6, 5, []]);
	});
});

describe('nothing is held', () => {
	it('as long as one of the items comes to something else', async () => {
		const answers = [actsAndFails, refuses, undefined];
		world.sandbox.faults.decide(() => answers.shift());
		const { runs } = await world.run('call.create', call, {
			...looping,
			items: [{ phone: ANNA }, { phone: BEN }],
		});
		// Of the second run one was placed; from the third on there is only the one that is unknown.
		expect([runs.length, held]).toEqual([6, 4]);
	});

	it('when a person retries what is unknown', async () => {
		world.sandbox.faults.always(actsAndFails, { method: 'POST' });
		const failed = await world.run('call.create', call, one);
		await retry(failed, { node: CONTINUES });
		expect(held).toBe(0);
	});

	it('if the node stops on errors', async () => {
		await world.run('call.create', { ...call, phoneNumber: '12' }, one);
		expect(held).toBe(0);
	});
});
