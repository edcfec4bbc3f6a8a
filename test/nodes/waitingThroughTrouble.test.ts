import type { INodeParameters } from 'n8n-workflow';
import type { Fault } from '../../dev/sandbox';
import { answerInPassing } from '../support/passingTime';
import { jsons, sharedWorld } from '../support/world';

const world = sharedWorld({ stageMs: 60_000 });
beforeEach(() => {
	world.sandbox.calls.add({ id: 9_020, status: 'initiated' });
});
afterEach(() => jest.restoreAllMocks());

const waitFor = async (options: INodeParameters = {}) =>
	await world.run('call.waitUntilEnded', { callId: 9_020, options: { maxRetries: 0, ...options } });

/** Trouble that may pass, whatever a single request makes of it. */
const TROUBLE: Array<[string, Fault]> = [
	['status 503', { kind: 'status', status: 503 }],
	['status 500', { kind: 'status', status: 500 }],
	['status 429', { kind: 'status', status: 429 }],
	['a lost connection', { kind: 'reset-before' }],
	['a maintenance page', { kind: 'html', status: 200 }],
	['an answer that is cut off', { kind: 'cut-off-json' }],
];

describe.each(TROUBLE)('a call that LiveCall has told of, and %s after that', (_, fault) => {
	it('is waited for until it has ended', async () => {
		answerInPassing(world, 0, (look) => {
			if (look === 3) world.sandbox.calls.end(9_020, { outcome: 'successful' });
			return look === 0 || look >= 3 ? undefined : fault;
		});
		const result = await waitFor({ pollInterval: 1 });
		expect(jsons(result)).toMatchObject([{ id: 9_020, outcome: 'successful' }]);
		expect(world.seen()).toHaveLength(4);
	});

	it('is told as it was last, and so is why LiveCall could not say more', async () => {
		answerInPassing(world, 20_000, (look) => (look === 0 ? undefined : fault));
		const options = { pollInterval: 1, timeout: 1 };
		const { error } = await waitFor(options);
		expect(error.message).toContain(
			'Call "9020" had not ended after 1 minute; its status was last "initiated"',
		);
		expect(error.description).toMatch(/^The last look brought nothing: .*LiveCall/);
	});
});

it.each<[string, Fault]>([
	['refuses the key', { kind: 'status', status: 401 }],
	['refuses the request', { kind: 'status', status: 422 }],
	['asks for a wait that is too long', { kind: 'status', status: 503, retryAfter: 60 }],
])('the wait for a call ends at once if LiveCall %s', async (_, fault) => {
	answerInPassing(world, 0, (look) => (look === 0 ? undefined : fault));
	const { error } = await waitFor({ pollInterval: 1 });
	expect(error.message).not.toContain('had not ended');
	expect(world.seen()).toHaveLength(2);
});

it.each(TROUBLE)('a call that was never told of is not waited for through %s', async (_, fault) => {
	answerInPassing(world, 0, () => fault);
	const { error } = await waitFor({ pollInterval: 1 });
	expect(error).toBeDefined();
	expect(world.seen()).toHaveLength(1);
});

it('LiveCall is left alone for as long as it asks to', async () => {
	const looks: number[] = [];
	answerInPassing(world, 0, (look) => {
		looks.push(Date.now());
		if (look === 2) world.sandbox.calls.end(9_020, { outcome: 'failed' });
		return look === 1 ? { kind: 'status', status: 503, retryAfter: 3 } : undefined;
	});
	await waitFor({ pollInterval: 1 });
	const [, asked = 0, next = 0] = looks;
	expect(next - asked).toBeGreaterThanOrEqual(3_000);
});

it('the wait ends at once if LiveCall asks for a longer one than there is time', async () => {
	answerInPassing(world, 0, (look) =>
		look === 0 ? undefined : { kind: 'status', status: 503, retryAfter: 25 },
	);
	const { error } = await waitFor({ pollInterval: 1, timeout: 0.3 });
	expect(error.message).toContain('its status was last "initiated"');
	expect(world.seen()).toHaveLength(2);
});
