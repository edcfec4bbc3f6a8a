import { setTimeout as pause } from 'node:timers/promises';
import { alone } from '../support/alone';
import type { Answer } from '../support/delivery';
import { query } from '../support/trigger';

describe('more deliveries than LiveCall can be asked about', () => {
	/** How long LiveCall takes for an answer. */
	const ANSWER_MS = 3_000;
	/** How often it gives one, since 10 are asked about at once. */
	const PACE_MS = ANSWER_MS / 10;
	for (const times of [1, 2, 5]) {
		alone(`at ${times} times its pace, as many get through as it answers`, async (world, host) => {
			world.sandbox.faults.always({ kind: 'latency', ms: ANSWER_MS });
			const answers: Array<Promise<Answer>> = [];
			const [begun, forMs] = [Date.now(), 12_000];
			for (let at = 0; at < forMs; at += PACE_MS / times) {
				await pause(begun + at - Date.now());
				const { id } = world.sandbox.calls.add({ status: 'ended' });
				answers.push(host.deliver({ event: 'call.ended', call: { id } }, { query }));
			}
			const rejected = (await Promise.all(answers)).filter(({ status }) => status !== 200);
			for (const { status, retryAfter } of rejected) {
				expect(status).toBe(503);
				expect(Number(retryAfter)).toBeGreaterThan(0);
			}
			const asked = world.seen().length;
			const [first] = world.seen();
			const [last] = world.seen().slice(-1);
			const couldBeAsked = Math.min(answers.length, (last.at - first.at) / PACE_MS);
			// Nearly all, if the machine has nothing else to do (trigger.limiter.test.ts has it in virtual time);
			// two of five, if all wait their turn until it is too late.
			expect(host.started.length / asked).toBeGreaterThan(0.5);
			expect(asked / couldBeAsked).toBeGreaterThan(0.5);
		});
	}
});
