import { at } from '../../dev/json';
import { ask, fetchText, listenTo, receiverOf, sandboxWith, stopAll } from './helpers';

afterEach(stopAll);

async function control(pageUrl: string, method: string, path: string, body?: unknown) {
	return await fetchText(`${pageUrl}sandbox${path}`, {
		method,
		headers: { 'Content-Type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
		redirect: 'manual',
	});
}

describe('the page', () => {
	it('comes with everything that it names, and from nowhere else', async () => {
		const { pageUrl, requests } = await sandboxWith();
		const page = await fetchText(pageUrl);
		expect(page.status).toBe(200);
		expect(page.headers['content-type']).toContain('text/html');
		const names = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name);
		expect(names).toContain('/sandbox/page/page.js');
		const isPlace = (name = '') => name.startsWith('#');
		for (const name of names.filter(isPlace)) expect(page.text).toContain(`id="${name?.slice(1)}"`);
		for (const name of names.filter((name) => !isPlace(name) && !name?.startsWith('data:'))) {
			expect(name).toMatch(/^\/sandbox\//);
			expect((await fetchText(new URL(String(name), pageUrl).href)).status).toBe(200);
		}
		expect(requests).toEqual([]);
	});

	it('has a label around every input', async () => {
		const { pageUrl } = await sandboxWith();
		const { text } = await fetchText(pageUrl);
		const labels = text.match(/<label[\s\S]*?<\/label>/g) ?? [];
		const inputs = text.match(/<(input|select)\b/g) ?? [];
		expect(labels.join('').match(/<(input|select)\b/g)).toHaveLength(inputs.length);
		expect(inputs.length).toBeGreaterThan(5);
	});

	it('is told names along with the numbers of a call', async () => {
		const { pageUrl, calls } = await sandboxWith();
		calls.add({ user_id: 503, filter_id: 2 });
		calls.add({ user_id: null, filter_id: 99 });
		const { json } = await control(pageUrl, 'GET', '/state');
		expect(json).toMatchObject({
			calls: [{ filter_id: 99 }, { user_name: 'Zofia Nowak', filter_name: 'Support' }],
		});
		expect(at(json, 'calls', 0)).not.toHaveProperty('user_name');
		expect(at(json, 'calls', 0)).not.toHaveProperty('filter_name');
	});

	it('knows of an n8n only once it is told of one, also after a fresh start', async () => {
		const sandbox = await sandboxWith();
		const shown = async () => (await control(sandbox.pageUrl, 'GET', '/state')).at('n8n');
		expect(await shown()).toBeUndefined();
		const n8n = { url: 'http://127.0.0.1:5678', email: 'me', password: 'mine', examples: [] };
		sandbox.showN8n(n8n);
		sandbox.reset();
		expect(await shown()).toEqual(n8n);
	});

	it('hears of changes as they happen', async () => {
		const sandbox = await sandboxWith();
		const response = await fetch(`${sandbox.pageUrl}sandbox/events`);
		const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
		expect((await reader?.read())?.value).toMatch(/^event: state\ndata: \{.*"calls":\[\]/);
		sandbox.calls.add({ phone_number: '+44 777777777' });
		expect((await reader?.read())?.value).toContain('+44 777777777');
		await reader?.cancel();
	});
});

describe('the control routes', () => {
	it('let the widget ask for a call, which is not one that POST /calls placed', async () => {
		const { pageUrl, calls, requests } = await sandboxWith();
		const fields = { name: 'Mary Ann Jones', phone_number: '+44 123123123', filter_id: '1' };
		const got = await control(pageUrl, 'POST', '/widget', fields);
		expect(got.status).toBe(201);
		expect(calls.all()).toEqual([got.at('call')]);
		expect(got.at('call', 'custom_fields_data')).toEqual({
			first_name: 'Mary',
			last_name: 'Ann Jones',
		});
		expect(calls.placed()).toEqual([]);
		expect(requests).toEqual([]);
	});

	it('tell the widget what is wrong', async () => {
		const { pageUrl, calls } = await sandboxWith();
		const got = await control(pageUrl, 'POST', '/widget', { phone_number: 'x', filter_id: 1 });
		expect(got.status).toBe(422);
		expect(got.json).toEqual({
			errors: { name: ["can't be blank"], phone_number: ['is invalid'] },
		});
		expect(calls.all()).toEqual([]);
	});

	it('move a call on, and lead to its recording', async () => {
		const { pageUrl, calls } = await sandboxWith();
		const { id } = calls.add({ status: 'started' });
		expect((await control(pageUrl, 'GET', `/calls/${id}/recording`)).status).toBe(404);
		const got = await control(pageUrl, 'POST', `/calls/${id}/step`);
		expect(got.at('call', 'status')).toBe('ended');
		const { status, headers } = await control(pageUrl, 'GET', `/calls/${id}/recording`);
		expect(status).toBe(302);
		expect(await listenTo(String(headers.location))).toMatchObject({ status: 200 });
		expect((await control(pageUrl, 'POST', '/calls/1/step')).status).toBe(404);
	});

	it('add, send again and remove webhooks', async () => {
		const { pageUrl, calls, webhooks } = await sandboxWith();
		const hook = await receiverOf();
		const wanted = { event: 'call.ended', url: hook.url, form: 'call_id' };
		const added = await control(pageUrl, 'POST', '/webhooks', wanted);
		expect(added.status).toBe(201);
		expect(added.at('webhook')).toMatchObject(wanted);
		calls.end(calls.add().id);
		await webhooks.settled();
		const [delivery] = webhooks.deliveries();
		const resent = await control(pageUrl, 'POST', `/deliveries/${delivery?.id}/resend`);
		expect(resent.status).toBe(202);
		await webhooks.settled();
		expect(hook.received).toHaveLength(2);
		const path = `/webhooks/${String(added.at('webhook', 'id'))}`;
		expect((await control(pageUrl, 'DELETE', path)).status).toBe(204);
		expect((await control(pageUrl, 'DELETE', path)).status).toBe(404);
		expect((await control(pageUrl, 'POST', '/deliveries/99/resend')).status).toBe(404);
		expect(webhooks.all()).toEqual([]);
	});

	it.each([
		{ event: 'call.ended', url: 'https://example.com/' },
		{ event: 'call.moved', url: 'http://localhost/' },
		{ event: 'call.ended', url: 'http://localhost/', form: 'xml' },
		{ event: 'call.ended' },
		{},
	])('refuse the webhook %j', async (wanted) => {
		const { pageUrl, webhooks } = await sandboxWith();
		expect((await control(pageUrl, 'POST', '/webhooks', wanted)).status).toBe(422);
		expect(webhooks.all()).toEqual([]);
	});

	it('switch faults on and off', async () => {
		const sandbox = await sandboxWith();
		const { pageUrl } = sandbox;
		expect((await control(pageUrl, 'PUT', '/faults/down', { on: true })).json).toEqual({
			down: true,
			busy: false,
		});
		expect((await ask(sandbox, 'GET', '/users')).status).toBe(503);
		await control(pageUrl, 'PUT', '/faults/down', { on: false });
		await control(pageUrl, 'PUT', '/faults/busy', { on: true });
		const busy = await ask(sandbox, 'GET', '/users');
		expect([busy.status, busy.headers['retry-after']]).toEqual([429, '5']);
		await control(pageUrl, 'PUT', '/faults/busy', { on: false });
		expect((await ask(sandbox, 'GET', '/users')).status).toBe(200);
		expect((await control(pageUrl, 'PUT', '/faults/other', { on: true })).status).toBe(422);
		expect((await control(pageUrl, 'PUT', '/faults/down', {})).status).toBe(422);
	});

	it('start afresh', async () => {
		const { pageUrl, calls } = await sandboxWith();
		calls.add();
		expect((await control(pageUrl, 'POST', '/reset')).status).toBe(204);
		expect(calls.all()).toEqual([]);
	});

	it('do not exist beyond those', async () => {
		const { pageUrl, requests } = await sandboxWith();
		expect((await control(pageUrl, 'GET', '/anything')).status).toBe(404);
		expect((await control(pageUrl, 'GET', '/page/..%2fmain.ts')).status).not.toBe(200);
		expect(requests).toEqual([]);
	});

	it('turn away other origins and other names', async () => {
		const { pageUrl, calls } = await sandboxWith();
		calls.add();
		const foreign = await fetchText(`${pageUrl}sandbox/reset`, {
			method: 'POST',
			headers: { Origin: 'https://example.com' },
		});
		expect(foreign.status).toBe(403);
		expect(await listenTo(pageUrl, { Host: 'example.com' })).toMatchObject({ status: 403 });
		expect(calls.all()).toHaveLength(1);
	});
});
