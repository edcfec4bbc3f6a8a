import { alone } from '../support/alone';
import { query } from '../support/trigger';

// Alone in its file: so many deliveries take the process's time from others, whose 8 seconds would be over.
describe('what deliveries cost LiveCall', () => {
	alone('1,000 made-up ids in a flood, at most 10 at once', async (world, host) => {
		const ids = Array.from({ length: 1_000 }, (_, index) => index + 1);
		const answers = await Promise.all(
			ids.map(async (id) => await host.deliver({ event: 'call.ended', call: { id } }, { query })),
		);
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404, 503]));
		// Each takes a second or more for two requests, 10 go on at once, and none begins after 6 seconds.
		const [{ at: first }] = world.seen();
		const [{ at: last }] = world.seen().slice(-1);
		expect(world.seen().length).toBeLessThanOrEqual(20 * ((last - first) / 1_000 + 1));
		const rejections = answers.filter(({ status }) => status === 503);
		for (const { retryAfter } of rejections) expect(Number(retryAfter)).toBeGreaterThan(0);
		expect(host.started).toEqual([]);
		expect(host.errors).toEqual([]);
	});
});
