import type { INodeParameters } from 'n8n-workflow';
import type { Fault } from '../../dev/sandbox';
import { processedData } from '../support/engine';
import { answerInPassing, passWaits } from '../support/passingTime';
import { answer, jsons, locator, sharedWorld } from '../support/world';

const world = sharedWorld({ stageMs: 60_000 });
beforeEach(() => passWaits());
afterEach(() => jest.restoreAllMocks());

/** What gateways and the like say in LiveCall's place, and how it is told. */
const FOREIGN: Array<[string, Fault, string]> = [
	['a page with 404', { kind: 'html', status: 404 }, 'a web page'],
	['a page with 403', { kind: 'html', status: 403 }, 'a web page'],
	['an XML file', answer(403, '<Error>AccessDenied</Error>', 'application/xml'), 'a web page'],
	['a text', answer(404, '404 page not found', 'text/plain'), 'a text'],
	['a text without a type', answer(404, 'default backend - 404', ''), 'a text'],
	['a number', answer(404, '404', 'text/plain'), 'a text'],
];

/** What LiveCall says itself. */
const OWN: Array<[string, Fault]> = [
	['JSON', { kind: 'status', status: 404 }],
	['JSON that is typed as a page', answer(404, '{"error":"Not Found"}', 'text/html')],
	['nothing', { kind: 'empty-body', status: 404 }],
	['nothing, typed as a page', answer(404, '', 'text/html')],
];

const waitFor = async (callId: number, options: INodeParameters = {}) =>
	await world.run('call.waitUntilEnded', { callId, options: { pollInterval: 1, ...options } });

describe('a wait for the end of a call that LiveCall has told of', () => {
	it.each(FOREIGN)('looks on when it is answered with %s', async (_, fault) => {
		const { id } = world.sandbox.calls.add({ status: 'initiated' });
		answerInPassing(world, 11_000, (index) => {
			if (index === 2) world.sandbox.calls.end(id, { outcome: 'successful' });
			return index === 1 ? fault : undefined;
		});
		expect(jsons(await waitFor(id))).toMatchObject([{ id, outcome: 'successful' }]);
		expect(world.seen()).toHaveLength(3);
	});

	it.each(['fail', 'return'])('ends with its time, as On Timeout says: %s', async (onTimeout) => {
		const { id } = world.sandbox.calls.add({ status: 'initiated' });
		answerInPassing(world, 20_000, (index) =>
			index > 0 ? { kind: 'html', status: 404 } : undefined,
		);
		const result = await waitFor(id, { timeout: 1, onTimeout });
		if (onTimeout === 'return') expect(jsons(result)).toMatchObject([{ id, status: 'initiated' }]);
		else expect(result.error.message).toContain(`Call "${id}" had not ended after 1 minute`);
	});

	it.each(OWN)('believes LiveCall itself: %s', async (_, fault) => {
		const { id } = world.sandbox.calls.add({ status: 'initiated' });
		answerInPassing(world, 11_000, (index) => (index > 0 ? fault : undefined));
		expect((await waitFor(id)).error.message).toBe(`LiveCall knows no call "${id}"`);
		expect(world.seen()).toHaveLength(2);
	});
});

describe('a wait for the end of a call that nobody has told of', () => {
	it.each(FOREIGN)('looks on for a moment when it is answered with %s', async (_, fault) => {
		const { id } = world.sandbox.calls.add({ status: 'ended' });
		answerInPassing(world, 8_000, (index) => (index < 1 ? fault : undefined));
		expect(jsons(await waitFor(id, { pollInterval: 60 }))).toMatchObject([{ id }]);
	});

	it.each(FOREIGN)('ends after 10 s and says what may be: %s', async (_, fault, came) => {
		answerInPassing(world, 6_000, () => fault);
		const { error } = await waitFor(7);
		expect(error.message).toMatch(/^LiveCall (knows no call "7"|does not allow this API key to)/);
		expect(error.message).toContain(`, or ${came} came in place of LiveCall's answer`);
		expect(world.seen()).toHaveLength(2);
	});
});

describe('a user that is deleted', () => {
	const remove = { userId: locator('501') };

	it.each(FOREIGN)('is not taken as gone after %s', async (_, fault) => {
		world.sandbox.faults.next({ kind: 'status', status: 502 });
		world.sandbox.faults.next(fault);
		const { error } = await world.run('user.delete', remove);
		expect(error.message).toContain("came in place of LiveCall's answer");
		expect(error.description).toContain('An earlier try may have been carried out.');
		expect(world.sandbox.users.get(501)).toBeDefined();
	});

	it.each(OWN)('is gone where LiveCall says so on a repeat: %s', async (_, fault) => {
		world.sandbox.faults.next({ kind: 'reset-after' });
		world.sandbox.faults.next(fault);
		expect(jsons(await world.run('user.delete', remove))).toEqual([{ deleted: true }]);
	});

	it('was never there where only a try before was turned away', async () => {
		world.sandbox.faults.next({ kind: 'status', status: 429, retryAfter: 1 });
		const { error } = await world.run('user.delete', { userId: locator('99') });
		expect(error.message).toBe('LiveCall knows no user "99"');
		expect(world.seen()).toHaveLength(2);
	});

	it('is gone where a retry of the execution finds that, and an earlier try was lost', async () => {
		const options = { maxRetries: 0 };
		world.sandbox.faults.next({ kind: 'reset-after' });
		const settings = { node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } };
		const result = await world.run('user.delete', { ...remove, options }, settings);
		expect(jsons(result)).toEqual([{ deleted: true }]);

		world.sandbox.faults.next({ kind: 'hang-before', ms: 1 });
		world.sandbox.faults.next({ kind: 'status', status: 422 });
		const refused = await world.run('user.delete', { userId: locator('502'), options }, settings);
		expect(refused.error.description).toContain('An earlier try may have been carried out.');
	});
});

describe('a call that is placed', () => {
	const call = {
		filterId: locator('1'),
		phoneNumber: '+49 30 1234567',
		options: { deduplicationKey: 'A' },
	};

	it.each(FOREIGN)('is refused by %s, and its key stays free', async (_, fault, came) => {
		world.sandbox.faults.next(fault);
		const { error } = await world.run('call.create', call);
		expect(error.message).toMatch(/^LiveCall (knows no target group "1"|does not allow)/);
		expect(error.message).toContain(`${came} came in place of LiveCall's answer`);
		expect(error.description).toMatch(/No call was placed|Nothing was carried out/);
		expect(error.description).toContain('"Base URL"');
		expect(world.seen()).toHaveLength(1);
		expect(processedData.keys()).toEqual([]);
	});
});

describe('a recording', () => {
	it.each(FOREIGN)('is waited for when the API answers with %s', async (_, fault) => {
		const { id } = world.sandbox.calls.add({ status: 'ended', recorded: true });
		world.sandbox.faults.next(fault, { host: 'api' });
		const parameters = { callId: id, options: { waitForRecording: 20 } };
		const result = await world.run('recording.download', parameters);
		expect(result.failed).toBe(false);
		expect(world.seen()).toHaveLength(2);
	});

	it.each(FOREIGN)('that is not waited for says what may be: %s', async (_, fault, came) => {
		for (const operation of ['recording.download', 'recording.get']) {
			world.sandbox.faults.next(fault);
			const { error } = await world.run(operation, { callId: '7' });
			expect(error.message).toMatch(/^LiveCall (has no recording for call "7"|does not allow)/);
			expect(error.message).toContain(`, or ${came} came in place of LiveCall's answer`);
		}
	});
});
