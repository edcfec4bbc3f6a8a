import { ask, receiverOf, sandboxWith, stopAll, until } from './helpers';

afterEach(stopAll);

describe('webhooks', () => {
	it('tell of a call that was created and of its end, each to who asked for it', async () => {
		const sandbox = await sandboxWith();
		const created = await receiverOf();
		const ended = await receiverOf();
		sandbox.webhooks.subscribe({ event: 'call.created', url: created.url });
		sandbox.webhooks.subscribe({ event: 'call.ended', url: ended.url });
		const call = { filter_id: 1, phone_number: '+44 123123123' };
		const id = Number((await ask(sandbox, 'POST', '/calls', { call })).at('call', 'id'));
		await sandbox.webhooks.settled();
		expect(created.received.map(({ body }) => JSON.parse(body))).toEqual([
			{ event: 'call.created', call: expect.objectContaining({ id, status: 'created' }) },
		]);
		expect(ended.received).toEqual([]);
		const record = sandbox.calls.end(id);
		await sandbox.webhooks.settled();
		expect(created.received).toHaveLength(1);
		expect(ended.received).toEqual([
			{
				contentType: 'application/json',
				body: JSON.stringify({ event: 'call.ended', call: record }),
			},
		]);
		expect(sandbox.webhooks.deliveries()).toMatchObject([
			{ event: 'call.created', callId: id, status: 200, state: 'delivered', url: created.url },
			{ event: 'call.ended', callId: id, status: 200, body: ended.received[0]?.body },
		]);
	});

	it('come in each form that a subscription can ask for', async () => {
		const { calls, webhooks } = await sandboxWith();
		const hook = await receiverOf();
		const forms = ['call', 'jsonapi', 'call_id', 'form'] as const;
		for (const form of forms) webhooks.subscribe({ event: 'call.ended', url: hook.url, form });
		const { id } = calls.add({ custom_fields_data: { email: 'a&b@example.com' } });
		const record = calls.end(id, { outcome: 'successful' });
		await webhooks.settled();
		const [call, jsonapi, callId, form] = webhooks.deliveries();
		expect(JSON.parse(String(call?.body))).toEqual({
			event: 'call.ended',
			call: record,
		});
		expect(JSON.parse(String(jsonapi?.body))).toEqual({
			data: { id: String(id), type: 'calls', attributes: expect.any(Object) },
		});
		const { attributes } = JSON.parse(String(jsonapi?.body)).data;
		expect({ id, ...attributes }).toEqual(record);
		expect(attributes).not.toHaveProperty('id');
		expect(JSON.parse(String(callId?.body))).toEqual({ event: 'call.ended', call_id: id });
		expect(form?.contentType).toBe('application/x-www-form-urlencoded');
		const fields = new URLSearchParams(form?.body);
		expect(fields.get('event')).toBe('call.ended');
		expect(fields.get('call[id]')).toBe(String(id));
		expect(fields.get('call[outcome]')).toBe('successful');
		expect(fields.get('call[scheduled_for]')).toBe('');
		expect(fields.get('call[custom_fields_data][email]')).toBe('a&b@example.com');
		expect(hook.received).toHaveLength(4);
	});

	it('are not sent for calls that a test puts into a state, nor after unsubscribing', async () => {
		const { calls, webhooks } = await sandboxWith();
		const hook = await receiverOf();
		const { id } = webhooks.subscribe({ event: 'call.ended', url: hook.url });
		const call = calls.add({ status: 'started' });
		calls.add({ status: 'ended' });
		expect(webhooks.unsubscribe(id)).toBe(true);
		expect(webhooks.unsubscribe(id)).toBe(false);
		calls.end(call.id);
		expect(webhooks.deliveries()).toEqual([]);
	});

	it('are not repeated when they fail, and say how they failed', async () => {
		const { calls, webhooks } = await sandboxWith();
		const broken = await receiverOf(500);
		const gone = await receiverOf();
		await gone.stop();
		webhooks.subscribe({ event: 'call.ended', url: broken.url });
		webhooks.subscribe({ event: 'call.ended', url: gone.url });
		calls.end(calls.add().id);
		await webhooks.settled();
		const [refused, unheard] = webhooks.deliveries();
		expect(refused).toMatchObject({ status: 500, state: 'failed' });
		expect(unheard).toMatchObject({ status: undefined, state: 'failed' });
		expect(unheard?.error).toContain('ECONNREFUSED');
		expect(broken.received).toHaveLength(1);
	});

	it.each([
		[401, '{"message":"The token is wrong"}', 'The token is wrong'],
		[
			200,
			'{"message":"Nothing was started: this was delivered before"}',
			'Nothing was started: this was delivered before',
		],
		[500, ' Workflow could not be started!\n', 'Workflow could not be started!'],
		[200, '{"received":true}', '{"received":true}'],
		[502, '<html><h1>Bad gateway</h1></html>', undefined],
		[204, '', undefined],
		[200, 'x'.repeat(100_000), 'x'.repeat(200)],
	])('keep what the receiver said: %d %s', async (status, text, answer) => {
		const { calls, webhooks } = await sandboxWith();
		const hook = await receiverOf(status, text);
		webhooks.subscribe({ event: 'call.ended', url: hook.url });
		calls.end(calls.add().id);
		await webhooks.settled();
		expect(webhooks.deliveries()).toEqual([expect.objectContaining({ status, answer })]);
	});

	it('of a named workflow stay when everything else is forgotten', async () => {
		const sandbox = await sandboxWith();
		const { webhooks, calls } = sandbox;
		const hook = await receiverOf();
		const named = { event: 'call.ended', url: hook.url, workflow: 'After the call' } as const;
		const kept = webhooks.subscribe(named);
		webhooks.subscribe({ event: 'call.ended', url: `${hook.url}/mine` });
		calls.end(calls.add().id);
		await webhooks.settled();
		sandbox.reset();
		expect(webhooks.all()).toEqual([kept]);
		expect(webhooks.deliveries()).toEqual([]);
		calls.end(calls.add().id);
		await webhooks.settled();
		expect(webhooks.deliveries()).toMatchObject([{ status: 200, workflow: 'After the call' }]);
		expect(webhooks.resend(Number(webhooks.deliveries()[0]?.id))).toMatchObject(named);
		expect(webhooks.unsubscribe(kept.id)).toBe(true);
		expect(webhooks.all()).toEqual([]);
	});

	it('are sent again on demand, as they were', async () => {
		const { calls, webhooks } = await sandboxWith();
		const hook = await receiverOf();
		webhooks.subscribe({ event: 'call.ended', url: hook.url });
		calls.end(calls.add().id);
		await until('it is delivered', () => hook.received.length === 1);
		const again = webhooks.resend(Number(webhooks.deliveries()[0]?.id));
		await webhooks.settled();
		expect(hook.received).toHaveLength(2);
		expect(hook.received[1]).toEqual(hook.received[0]);
		expect(webhooks.deliveries()[1]).toMatchObject({ id: again.id, status: 200 });
		expect(() => webhooks.resend(9999)).toThrow('no delivery 9999');
	});

	it.each(['http://127.0.0.1:5678/x', 'http://localhost:5678/x', 'https://[::1]:5678/x'])(
		'can go to %s',
		async (url) => {
			const { webhooks } = await sandboxWith();
			webhooks.subscribe({ event: 'call.ended', url });
			expect(webhooks.all()).toMatchObject([{ url, form: 'call' }]);
		},
	);

	it.each([
		'https://example.com/hook',
		'http://127.0.0.1.example.com/',
		'http://localhost@example.com/',
		'http://192.168.0.1/',
		'ftp://localhost/',
		'file:///etc/passwd',
		'nonsense',
		'',
	])('cannot go to "%s"', async (url) => {
		const { webhooks } = await sandboxWith();
		expect(() => webhooks.subscribe({ event: 'call.ended', url })).toThrow('this machine only');
		expect(webhooks.all()).toEqual([]);
	});

	it('are given up after ten seconds without an answer', async () => {
		const sandbox = await sandboxWith();
		const silent = await sandboxWith();
		silent.faults.always({ kind: 'hang-before' });
		sandbox.webhooks.subscribe({ event: 'call.ended', url: silent.apiUrl });
		const { id } = sandbox.calls.add();
		jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
		sandbox.calls.end(id);
		jest.advanceTimersByTime(9_999);
		expect(sandbox.webhooks.deliveries()).toMatchObject([{ state: 'pending' }]);
		jest.advanceTimersByTime(1);
		jest.useRealTimers();
		const isOver = () => sandbox.webhooks.deliveries()[0]?.state !== 'pending';
		await until('it is given up', isOver);
		expect(sandbox.webhooks.deliveries()).toMatchObject([
			{ state: 'failed', status: undefined, error: 'no answer within 10 seconds' },
		]);
	});

	it('that are never answered do not keep the sandbox from stopping', async () => {
		const sandbox = await sandboxWith();
		const silent = await sandboxWith();
		silent.faults.always({ kind: 'hang-before' });
		sandbox.webhooks.subscribe({ event: 'call.ended', url: silent.apiUrl });
		sandbox.calls.end(sandbox.calls.add().id);
		await until('it has arrived', () => silent.requests.length === 1);
		await sandbox.stop();
		await sandbox.webhooks.settled();
		expect(sandbox.webhooks.deliveries()).toMatchObject([
			{ state: 'failed', error: expect.stringContaining('aborted') },
		]);
	});
});
