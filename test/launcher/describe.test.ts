import { describe as describeDemo, whyInactive } from '../../dev/launcher/describe';
import type { DemoWorkflow } from '../../dev/launcher/demo';
import { frontDoor } from '../../dev/launcher/frontDoor';
import { readOptions } from '../../dev/launcher/options';
import type { JsonObject } from '../../dev/json';

const n8n = { url: 'http://127.0.0.1:5678' };
const sandbox = { pageUrl: 'http://127.0.0.1:4010/' };
const TRIGGER = { path: 'abc/webhook', events: ['call.ended'] };

function workflow(name: string, node: JsonObject, state: Partial<DemoWorkflow> = {}): DemoWorkflow {
	const example = { id: name.replace(/ /g, '-'), name, nodes: [node], connections: {} };
	return { example, active: true, triggers: [], ...state };
}

const callback = workflow('Callback on request', {
	type: 'n8n-nodes-base.webhook',
	parameters: { path: 'callback' },
});
const afterTheCall = workflow(
	'After the call',
	{
		name: 'Fetch the recording',
		type: 'n8n-nodes-livecall.liveCall',
		parameters: { resource: 'recording', operation: 'download' },
	},
	{ triggers: [TRIGGER] },
);
const chooseATime = workflow('Choose a time', {
	type: 'n8n-nodes-base.formTrigger',
	webhookId: 'form-1',
	parameters: {},
});
const agent = workflow(
	'AI agent',
	{
		type: '@n8n/n8n-nodes-langchain.agent',
		parameters: {},
		credentials: { openAiApi: { id: 'mine', name: 'OpenAI (your own key)' } },
	},
	{ active: false },
);

describe('what npm start says at its end', () => {
	it('leads to the sandbox, to a lead, and to the recording on the page and in n8n', () => {
		const words = describeDemo(
			{ n8n, sandbox, workflows: [callback, chooseATime, afterTheCall, agent] },
			readOptions([], { GENERIC_TIMEZONE: 'Europe/Berlin' }),
		);
		expect(words).toContain('reads times in the zone Europe/Berlin');
		expect(words).toContain(`curl -X POST ${n8n.url}/webhook/callback -H`);
		expect(words).toContain('credential "LiveCall (demo)", target group 1');
		expect(words).toContain(`${n8n.url}/form/form-1 (Choose a time)`);
		const [, ending] = words.split('Seconds later its recording can be heard:');
		expect(ending).toContain(sandbox.pageUrl);
		expect(ending).toContain(`${n8n.url}/workflow/After-the-call/executions`);
		expect(ending).toContain('"Fetch the recording"');
	});

	it('says what is not published, and why', () => {
		const workflows = [
			{ ...callback, active: false },
			{ ...afterTheCall, triggers: [] },
			agent,
			{ ...chooseATime, active: false },
		];
		const words = describeDemo({ n8n, sandbox, workflows }, readOptions([], {}));
		expect(words).toContain('"Callback on request": When the demo started, it was not published');
		expect(words).toContain(
			'"AI agent": The demo does not publish it, since it needs a key of your own.',
		);
		expect(words).not.toMatch(/curl|Send a lead|form/);
		expect(words).not.toContain('recording');
	});

	it("says of a CRM's workflow that its trigger has to be entered, too", () => {
		const crm = workflow(
			'CRM',
			{
				name: 'A call has ended',
				type: 'n8n-nodes-livecall.liveCallTrigger',
				credentials: { hubspotAppToken: { id: 'mine', name: 'HubSpot' } },
			},
			{ active: false },
		);
		expect(whyInactive(crm)?.[1]).toBe(
			'Put it into n8n\'s credential "HubSpot", then enter the Production URL of "A call has ended" under Webhooks, and publish the workflow.',
		);
	});

	it('names the addresses that the real LiveCall needs, and no key', () => {
		const env = { LIVECALL_API_KEY: 'a-real-key' };
		const words = describeDemo({ n8n, workflows: [callback, afterTheCall] }, readOptions([], env));
		expect(words).toContain('your account: real calls, no sandbox');
		expect(words).toContain('/webhook/abc/webhook (After the call: call.ended)');
		expect(words).toContain('YOUR-TARGET-GROUP');
		expect(words).not.toContain('a-real-key');
	});
});

describe("what the sandbox's page says of n8n", () => {
	it('is the login, and of each example how to start it, or why nothing does', () => {
		const owner = { email: 'me', password: 'mine', firstName: 'A', lastName: 'B' };
		const idle = { ...chooseATime, active: false };
		const workflows = [callback, workflow('Another', callback.example.nodes[0] as JsonObject)];
		const door = frontDoor(n8n.url, owner, [...workflows, chooseATime, idle, agent]);
		expect(door).toMatchObject({ url: n8n.url, email: 'me', password: 'mine' });
		const address = (path: string) => `${n8n.url}/${path}`;
		expect(door.examples).toMatchObject([
			{ url: address('workflow/Callback-on-request'), leads: address('webhook/callback') },
			{ name: 'Another', leads: undefined, form: undefined, inactive: undefined },
			{ form: address('form/form-1'), leads: undefined },
			{
				form: undefined,
				inactive: 'When the demo started, it was not published in n8n, so nothing started it.',
			},
			{ inactive: expect.stringContaining('credential "OpenAI (your own key)"') as string },
		]);
	});
});

describe('the time zone of n8n', () => {
	it.each([
		[{ GENERIC_TIMEZONE: 'Asia/Kolkata' }, 'Asia/Kolkata'],
		[{}, Intl.DateTimeFormat().resolvedOptions().timeZone],
		[{ GENERIC_TIMEZONE: '' }, Intl.DateTimeFormat().resolvedOptions().timeZone],
	])('with %j is %s', (env, zone) => {
		expect(readOptions([], env).timeZone).toBe(zone);
	});
});
