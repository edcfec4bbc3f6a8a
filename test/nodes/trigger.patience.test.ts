import { alone } from '../support/alone';
import { endedCall, query, until } from '../support/trigger';

describe('a trigger that cannot verify a call at once', () => {
	alone('keeps to 8 seconds where it asks a second time', async (world, host) => {
		const { id } = world.sandbox.calls.add({ status: 'started' });
		world.sandbox.faults.decide(({ index }) =>
			index === 0 ? { kind: 'latency', ms: 7_000 } : { kind: 'hang-before' },
		);
		const created = host.deliver({ event: 'call.created', call: { id } }, { query });
		await until('the first question', () => world.sandbox.requests[0]);
		expect((await host.deliver({ call: { id } }, { query })).status).toBe(503);
		expect((await created).status).toBe(200);
		// Were it asked for 8 seconds more, the second question would be under way still.
		expect(world.seen()[1].at - world.seen()[0].at).toBeGreaterThan(6_900);
		expect(Date.now() - world.seen()[1].at).toBeLessThan(6_000);
	});

	alone(
		'gives up after 8 seconds on an answer that does not come to its end',
		async (world, host) => {
			const call = endedCall(world);
			world.sandbox.faults.always({ kind: 'trickle', everyMs: 100 });
			expect((await host.deliver({ call: { id: call.id } }, { query })).status).toBe(503);
			expect(host.started).toEqual([]);
		},
	);

	alone('gives up after 8 seconds', async (world, host) => {
		world.sandbox.faults.always({ kind: 'hang-before' });
		const begun = Date.now();
		expect((await host.deliver({ call: { id: 1 } }, { query })).status).toBe(503);
		expect(Date.now() - begun).toBeGreaterThan(7_900);
	});
});
