import { AgentNode } from '../support/agent';
import { PACKAGE, processedData, retry, type RunResult, type RunSettings } from '../support/engine';
import {
	hintsOf,
	jsons,
	locator,
	pairs,
	RETRY_ON_FAIL,
	sharedWorld,
	World,
} from '../support/world';

const TESTER = '+49 30 5550100';

const world = sharedWorld();

const leads = Array.from({ length: 20 }, (_, index) => ({
	lead: `lead-${index}`,
	phone: `+49 30 12345${String(index).padStart(2, '0')}`,
}));
const parameters = {
	filterId: locator('1'),
	phoneNumber: '={{ $json.phone }}',
	options: { deduplicationKey: '={{ $json.lead }}' },
};

/** Calls leads, by hand unless told otherwise. */
async function call(
	settings: Partial<RunSettings> = {},
	testPhoneNumber: World['credential'][string] = TESTER,
): Promise<RunResult> {
	const credential = { ...world.credential, testPhoneNumber };
	return await world.run('call.create', settings.parameters ?? parameters, {
		items: leads,
		mode: 'manual',
		...settings,
		credential,
	});
}

/** Whose phones have rung, in order. */
const rung = (): unknown[] => world.sandbox.calls.placed().map(({ phone_number }) => phone_number);

describe('a workflow that is tried by hand', () => {
	it('rings the phone of the tester once, and no customer', async () => {
		const result = await call();
		expect(rung()).toEqual([TESTER]);
		const [first, ...others] = jsons(result);
		expect(first).toMatchObject({
			id: expect.any(Number),
			phone_number: TESTER,
			test: true,
			requested_phone_number: leads[0].phone,
		});
		expect(others).toEqual(
			leads.slice(1).map(({ phone }) => ({ skipped: true, reason: 'test', phone_number: phone })),
		);
		expect(pairs(result)).toEqual(leads.map((_, index) => index));
		expect(hintsOf(result)[0]).toMatch(
			/^20 items: 1 call placed, 19 skipped \(test\)\. This was a test: "Test Phone Number".*first item only: 19\./,
		);
	});

	it('asks for all else as it was entered', async () => {
		const scheduledFor = '2035-01-05T10:00:00Z';
		await call({
			parameters: { ...parameters, additionalFields: { scheduledFor, userId: locator('502') } },
		});
		expect(world.seen().map(({ json }) => json)).toEqual([
			{
				call: { filter_id: '1', phone_number: TESTER, scheduled_for: scheduledFor, user_id: '502' },
			},
		]);
	});

	it('uses up no key, so that the leads are called once it runs by itself', async () => {
		await call();
		await call();
		expect(rung()).toEqual([TESTER, TESTER]);
		expect(processedData.keys()).toEqual([]);
		await call({ mode: 'trigger' });
		expect(rung().slice(2)).toEqual(leads.map(({ phone }) => phone));
	});

	it.each(['trigger', 'webhook', 'error', 'integrated', 'cli', 'chat'] as const)(
		'is no trial when it runs by itself: %s',
		async (mode) => {
			const result = await call({ mode, items: leads.slice(0, 2) });
			expect(rung()).toEqual([leads[0].phone, leads[1].phone]);
			expect(jsons(result)[0]).not.toHaveProperty('test');
		},
	);

	it.each(['trigger', 'webhook', 'cli'] as const)(
		'is no trial where it runs by itself from a Manual Trigger: %s',
		async (mode) => {
			const triggerNode = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };
			const context = { version: 1 as const, establishedAt: Date.now(), source: mode, triggerNode };
			await call({ mode, context, items: leads.slice(0, 2) });
			expect(rung()).toEqual([leads[0].phone, leads[1].phone]);
		},
	);

	it.each(['', '  '])('rings customers where the credential names no phone: %j', async (phone) => {
		await call({ items: leads.slice(0, 2) }, phone);
		expect(rung()).toEqual([leads[0].phone, leads[1].phone]);
	});

	it.each(['me', '12345', {}])(
		'rings nobody where the credential names none: %j',
		async (phone) => {
			const result = await call({}, phone);
			expect(result.error.message).toContain('"Test Phone Number" in the LiveCall API credential');
			expect(rung()).toEqual([]);
		},
	);

	it('checks the lead as ever', async () => {
		const result = await call({ items: [{ phone: '123' }, leads[1]] });
		expect(result.error.message).toContain('"Phone Number"');
		expect(rung()).toEqual([]);
	});

	it('skips a lead for its own reason', async () => {
		world.sandbox.filters.set(1, { status: 'unavailable', available_call_times: [] });
		const result = await call({
			parameters: { ...parameters, options: { whenUnavailable: 'skip' } },
			items: leads.slice(0, 2),
		});
		expect(jsons(result).map(({ reason }) => reason)).toEqual(['unavailable', 'test']);
		expect(rung()).toEqual([]);
	});
});

describe('a trial', () => {
	it('rings once, however often Retry On Fail tries', async () => {
		world.sandbox.faults.next({ kind: 'reset-after' });
		const result = await call({ node: RETRY_ON_FAIL });
		expect(result.error.message).toContain('may already have placed this call');
		expect(rung()).toEqual([TESTER]);
	});

	it('rings after all where LiveCall refused the first try', async () => {
		world.sandbox.faults.next({ kind: 'status', status: 422 });
		const result = await call({ node: RETRY_ON_FAIL });
		expect(result.failed).toBe(false);
		expect(rung()).toEqual([TESTER]);
	});

	it('stays one when its execution is retried', async () => {
		world.sandbox.faults.next({ kind: 'status', status: 422 });
		const failed = await call();
		expect(failed.failed).toBe(true);
		const again = await retry(failed);
		expect(again.failed).toBe(false);
		expect(rung()).toEqual([TESTER]);
		expect(jsons(again)[0]).toMatchObject({ test: true });
	});

	it('yields its call once more in a retry, with what was requested', async () => {
		world.meetAt(1, { kind: 'status', status: 422 });
		const failed = await call({ mode: 'manual', items: [leads[0], { phone: '123' }] });
		expect(failed.failed).toBe(true);
		const again = await retry(failed, { items: leads });
		expect(rung()).toEqual([TESTER]);
		expect(again.error.message).toContain('"Phone Number"');
	});

	it.each(['manual', 'evaluation'] as const)(
		'rings once for an agent, whomever it wants to call: %s',
		async (mode) => {
			AgentNode.heard.length = 0;
			const [one, other] = [{ phone: leads[0].phone }, { phone: leads[1].phone }];
			AgentNode.asks = [[one, other], other, one];
			world.sandbox.filters.set(1, { status: 'available', available_call_times: [] });
			await call({
				mode,
				items: [{}],
				parameters: {
					filterId: locator('1'),
					phoneNumber: "={{ $fromAI('phone', '', 'string') }}",
					options: { whenUnavailable: 'skip' },
				},
				node: { type: `${PACKAGE}.liveCallTool` },
			});
			AgentNode.asks = [{}, {}];
			expect(rung()).toEqual([TESTER]);
			expect(AgentNode.heard.filter((text) => text.includes('"reason":"test"'))).toHaveLength(2);
		},
	);

	it.each(['output', 'errorOutput'] as const)('rings once in a loop: %s', async (from) => {
		if (from === 'errorOutput') world.sandbox.faults.next({ kind: 'reset-after' });
		await call({
			items: leads.slice(0, 1),
			loop: { from, times: 3 },
			node: { onError: 'continueErrorOutput' },
		});
		expect(rung()).toEqual([TESTER]);
	});

	it('rings once with several items at once', async () => {
		const options = { ...parameters.options, maxConcurrency: 10 };
		await call({ parameters: { ...parameters, options } });
		expect(rung()).toEqual([TESTER]);
	});
});
