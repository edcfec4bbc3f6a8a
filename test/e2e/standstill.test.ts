import type { JsonObject } from '../../dev/json';
import { poll } from '../../dev/launcher/poll';
import { CREDENTIAL_TYPE } from '../../dev/launcher/seed';
import { failureOf } from '../support/n8nClient';
import { chain, link, node, NODE_NAME, NODE_TYPE, start, START_NAME } from '../support/workflow';
import { storeNodeRun } from './helpers/runs';
import { shareWorld } from './helpers/world';

/** A mistyped zone, which n8n takes as it is. */
const NO_ZONE = 'Europe/Berlim';

const { scenario } = shareWorld({ env: { GENERIC_TIMEZONE: NO_ZONE } });

const call: JsonObject = {
	resource: 'call',
	operation: 'create',
	filterId: { __rl: true, mode: 'id', value: '1' },
	phoneNumber: '+442079460101',
	additionalFields: {},
	options: {},
};

/** Asks n8n over and over whether it is well, until told to stop; gives what it answered. */
function askWhetherWell(url: string): () => Promise<number[]> {
	let isOver = false;
	const asked = (async () => {
		const answers: number[] = [];
		while (!isOver) {
			const { status } = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(30_000) });
			answers.push(status);
		}
		return answers;
	})();
	return async () => {
		isOver = true;
		return await asked;
	};
}

describe('an n8n whose time zone is none', () => {
	it.each(['schedule', 'skip', 'fail'])(
		'goes on, rings nobody and says why: outside of the hours, %s',
		async (outsideHours) =>
			await scenario(async ({ credential, client, n8n, sandbox }) => {
				const workflow = await storeNodeRun(client, {
					credential,
					parameters: {
						...call,
						options: { callingHours: { from: '08:00', to: '08:30' }, outsideHours },
					},
				});
				const wasWell = askWhetherWell(n8n.url);
				const execution = await client.waitForExecution(await client.run(workflow, START_NAME));
				const answers = await wasWell();
				expect(new Set(answers)).toEqual(new Set([200]));
				expect(execution.status).toBe('error');
				expect(failureOf(execution)).toContain(`The workflow's time zone is "${NO_ZONE}"`);
				expect(sandbox.requests.filter(({ method }) => method === 'POST')).toEqual([]);
			})(),
	);
});

describe('an error output that leads back to the node', () => {
	/** For how long a round is held at least that brings nothing new, in ms: five seconds, by clocks that differ a little. */
	const HELD_MS = 4_950;
	const ROUNDS = 3;

	it(
		'turns slowly once nothing new comes of it',
		scenario(async ({ credential, client, sandbox }) => {
			const count = 'Count the rounds';
			const access = { credentials: { [CREDENTIAL_TYPE]: { ...credential } } };
			const user = { __rl: true, mode: 'id', value: '501' };
			sandbox.faults.always({ kind: 'status-after', status: 502 }, { method: 'POST' });
			const created = { ...access, onError: 'continueErrorOutput' };
			const workflow = await client.createWorkflow({
				name: 'A loop',
				nodes: [
					start(),
					node(NODE_NAME, NODE_TYPE, 1, call, created),
					node(count, NODE_TYPE, 1, { resource: 'user', operation: 'get', userId: user }, access),
				],
				connections: {
					...chain(START_NAME, NODE_NAME),
					[NODE_NAME]: { main: [[], [{ node: count, type: 'main', index: 0 }]] },
					...link(count, NODE_NAME),
				},
				settings: { executionOrder: 'v1' },
			});
			const execution = await client.run(workflow, START_NAME);
			const rounds = () => sandbox.requests.filter(({ method }) => method === 'GET');
			await poll(async () => (rounds().length >= ROUNDS ? true : undefined), {
				what: `${ROUNDS} rounds of the loop`,
				timeoutMs: 60_000,
			});
			await client.stopExecution(execution);
			expect((await client.waitForExecution(execution)).status).toBe('canceled');
			const [first, ...others] = rounds().map((request) => request.at);
			expect((others.at(-1) ?? first) - first).toBeGreaterThanOrEqual(others.length * HELD_MS);
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);
});
