import { textAt } from '../json';
import type { Sandbox } from '../sandbox';
import { DEMO_OWNER, type Demo, type DemoWorkflow } from './demo';
import {
	formPath,
	isChat,
	nodesOf,
	ownKey,
	recordingNode,
	TRIGGER_TYPE,
	webhookPath,
} from './examples';
import type { LauncherOptions } from './options';
import { DEMO_CREDENTIAL } from './seed';

/** What there is to say of a demo. */
interface Described {
	n8n: Pick<Demo['n8n'], 'url'>;
	sandbox?: Pick<Sandbox, 'pageUrl'>;
	workflows: DemoWorkflow[];
}

/** Gives the published example that LiveCall starts and that fetches the recording, where there is one. */
export function recordingExample({ workflows }: Pick<Described, 'workflows'>) {
	return workflows.find(
		({ example, triggers }) => triggers.length > 0 && recordingNode(example) !== undefined,
	)?.example;
}

/** Says what to open, and what to try first. */
export function describe(
	demo: Described,
	options: Pick<LauncherOptions, 'liveCall' | 'timeZone'>,
): string {
	const { n8n, sandbox } = demo;
	return [
		'',
		`  n8n      ${n8n.url}`,
		`           e-mail ${DEMO_OWNER.email}, password ${DEMO_OWNER.password}`,
		`           It reads times in the zone ${options.timeZone}; GENERIC_TIMEZONE=<zone> npm start chooses another.`,
		...(sandbox
			? [
					`  Sandbox  ${sandbox.pageUrl}`,
					'           Start here: the way into n8n, the examples, and calls as they happen',
					`           Nodes of your own: credential "${DEMO_CREDENTIAL.name}", target group 1, any phone number.`,
					'           A LiveCall Trigger of your own: enter its address there, under Webhooks.',
				]
			: [`  LiveCall ${options.liveCall?.baseUrl ?? ''} (your account: real calls, no sandbox)`]),
		'',
		...demo.workflows.flatMap(describeInactive),
		...(sandbox ? tryWithSandbox(demo, sandbox.pageUrl) : tryWithLiveCall(demo)),
		'',
		`Ctrl-C ends it.${sandbox ? ' n8n keeps its workflows and asks for the login again; the sandbox begins anew.' : ''}`,
	].join('\n');
}

function describeInactive(workflow: DemoWorkflow): string[] {
	const [what, ...more] = whyInactive(workflow) ?? [];
	return what === undefined ? [] : [`"${workflow.example.name}": ${what}`, ...more, ''];
}

/** Says in sentences why nothing starts an example, or undefined if it is published. */
export function whyInactive({ example, active }: DemoWorkflow): string[] | undefined {
	if (active) return undefined;
	const key = ownKey(example);
	const trigger = nodesOf(example.nodes, TRIGGER_TYPE)[0];
	const told = trigger
		? `enter the Production URL of "${textAt(trigger, 'name')}" under Webhooks, and `
		: '';
	return key !== undefined
		? [
				'The demo does not publish it, since it needs a key of your own.',
				`Put it into n8n's credential "${key}", then ${isChat(example) ? "open the workflow's chat" : `${told}publish the workflow`}.`,
			]
		: ['When the demo started, it was not published in n8n, so nothing started it.'];
}

/** Gives the first published example that takes leads at a Webhook node, and what follows `/webhook/` in its address. */
export function leadsPath(
	workflows: DemoWorkflow[],
): { workflow: DemoWorkflow; path: string } | undefined {
	const taking = workflows.flatMap((workflow) => {
		const path = workflow.active ? webhookPath(workflow.example) : undefined;
		return path === undefined ? [] : [{ workflow, path }];
	});
	return taking[0];
}

function tryWithSandbox(demo: Described, pageUrl: string): string[] {
	const recording = recordingExample(demo);
	const forms = demo.workflows.filter(
		({ example, active }) => active && formPath(example) !== undefined,
	);
	return [
		...(forms.length > 0
			? [
					'Forms that ask for a call, as a visitor fills them in:',
					...forms.map(
						({ example }) => `  ${demo.n8n.url}/form/${formPath(example)} (${example.name})`,
					),
					'',
				]
			: []),
		...sendLead(demo, "Send a lead, and watch it being called on the sandbox's page:", {}),
		...(recording
			? [
					'',
					'Seconds later its recording can be heard:',
					`  ${pageUrl} (under Calls)`,
					`  ${demo.n8n.url}/workflow/${recording.id}/executions (the newest one: the node`,
					`  "${recordingNode(recording)}", Binary, View; its address comes here once it has run)`,
				]
			: []),
	];
}

function tryWithLiveCall(demo: Described): string[] {
	return [
		'LiveCall cannot reach this machine by itself. To be told of calls, make n8n reachable from outside',
		'and enter in LiveCall (Settings, Integrations, Webhooks), for each of these workflows and events,',
		'its public address followed by',
		...demo.workflows.flatMap(({ example, triggers }) =>
			triggers.map(
				({ path, events }) => `  /webhook/${path} (${example.name}: ${events.join(', ')})`,
			),
		),
		'',
		...sendLead(
			demo,
			"To have a customer called, put the number and your target group's ID in place of the example and send:",
			{ target_group: 'YOUR-TARGET-GROUP' },
		),
	];
}

/** The command that sends a lead to the example with a Webhook node, after an introduction. */
function sendLead({ n8n, workflows }: Described, introduction: string, more: object): string[] {
	const path = leadsPath(workflows)?.path;
	if (path === undefined) return [];
	const lead = JSON.stringify({ name: 'Mary', phone: '+44 20 7946 0123', ...more });
	return [
		introduction,
		'',
		`  curl -X POST ${n8n.url}/webhook/${path} -H "Content-Type: application/json" -d '${lead}'`,
	];
}
