import type { INodeProperties } from 'n8n-workflow';

import { parseJson, textAt, type JsonObject } from '../../dev/json';
import { poll } from '../../dev/launcher/poll';
import { withDemoSettings } from '../../dev/launcher/demoSettings';
import { exampleNames, readExamples, TRIGGER_TYPE } from '../../dev/launcher/examples';
import { CREDENTIAL_TYPE } from '../../dev/launcher/seed';
import { toCallTime } from '../../dev/sandbox/time';
import { itemsOf } from '../support/n8nClient';
import {
	link,
	node,
	NODE_NAME,
	NODE_TYPE,
	start,
	START_NAME,
	withCredentials,
} from '../support/workflow';
import { LiveCall } from '../../nodes/LiveCall/LiveCall.node';
import { startChatModel } from '../e2e/helpers/chatModel';
import { expectPlayableWav } from '../e2e/helpers/wav';
import { OWNER } from '../e2e/helpers/world';
import { iconsIn, PATIENCE_MS, type Editor } from './helpers/editor';
import { bytesOf, packageIcon } from './helpers/files';
import { WINDOW } from './helpers/images';
import { shareBrowserWorld, WEBHOOK_TOKEN } from './helpers/world';

/** A customer's number; such numbers are kept free for examples. */
const PHONE = '+44 20 7946 0123';

/** High enough for the longest panel with everything added, in pixels. */
const TALL = 2_600;

const NODE_ID = 'livecall';
const WEBHOOK_ID = '0c5bd0f1-3c7e-4f3a-9d55-0d8f7c1b2a01';

const { world, scenario } = shareBrowserWorld();

/** Stores a workflow of a manual trigger and a LiveCall node, whose panel is then opened. */
async function openNode(name: string, parameters: JsonObject, withCredential = true) {
	const workflowId = await world().client.createWorkflow({
		name,
		nodes: [
			start(),
			node(NODE_NAME, NODE_TYPE, 1, parameters, {
				id: NODE_ID,
				position: [220, 0],
				...(withCredential ? usingLiveCall() : {}),
			}),
		],
		connections: link(START_NAME, NODE_NAME),
	});
	const editor = await world().openEditor();
	await editor.openPanel(workflowId, NODE_ID);
	return editor;
}

/** What a picture of a panel shows: its fields, with the tabs above them, and what came out. */
function fieldsAndOutput({ panel, output }: Editor) {
	return [panel.getByTestId('node-parameters'), panel.getByText('Parameters'), output];
}

function usingLiveCall(): JsonObject {
	return { credentials: { [CREDENTIAL_TYPE]: { ...world().credential } } };
}

describe('finding the node', () => {
	it(
		'signs in',
		scenario(async ({ openStranger }) => {
			const editor = await openStranger();
			await editor.signIn(OWNER);
			await editor.page
				.getByText('Build a workflow')
				.or(editor.page.getByText('Create workflow'))
				.first()
				.waitFor();
		}),
	);

	it.each(['light', 'dark'] as const)(
		'shows node and trigger under "LiveCall", with the icon for the %s theme',
		async (theme) =>
			await scenario(async ({ openEditor, camera, n8n }) => {
				const editor = await openEditor();
				await editor.page.emulateMedia({ colorScheme: theme });
				await editor.searchFirstNode('LiveCall');
				const found = editor.nodeCreator.getByTestId('item-iterator-item');
				await found.filter({ hasText: 'LiveCall' }).first().waitFor();
				expect(await found.count()).toBe(1);
				const icon = theme === 'light' ? 'livecall.svg' : 'livecall.dark.svg';
				const address = `${n8n.url}/icons/n8n-nodes-livecall/dist/icons/${icon}`;
				expect(await iconsIn(found)).toEqual([address]);
				const served = await editor.page.request.get(address);
				expect(await served.text()).toBe(await packageIcon(icon));
				expect(served.headers()['content-type']).toContain('image/svg+xml');

				await camera.take(editor.page, `node-creator${theme === 'light' ? '' : '-dark'}`);

				await found.click();
				const actions = editor.nodeCreator.getByText(/^Actions \(\d+\)$/);
				await actions.waitFor();
				expect(await actions.innerText()).toBe('Actions (13)');
				await editor.nodeCreator.getByText('On call ended', { exact: true }).waitFor();
				await actions.click();
				await editor.nodeCreator
					.getByText('Create a call that rings a phone', { exact: true })
					.waitFor();
				const icons = await iconsIn(editor.nodeCreator);
				expect(icons.length).toBeGreaterThan(14);
				expect(new Set(icons)).toEqual(new Set([address]));
				await editor.pointNowhere();
				await camera.take(editor.page, `node-actions${theme === 'light' ? '' : '-dark'}`);
			})(),
	);
});

describe('somebody who does not know its name', () => {
	it.each(['telephony', 'click to call', 'schedule a call', 'sales call', 'callbacks'])(
		'finds the node by "%s"',
		async (words) =>
			await scenario(async ({ openEditor }) => {
				const editor = await openEditor();
				await editor.searchFirstNode(words);
				await editor.nodeCreator
					.getByTestId('item-iterator-item')
					.filter({ hasText: 'LiveCall' })
					.first()
					.waitFor();
			})(),
	);
});

describe('the credential', () => {
	it(
		'is tested when it is saved: green with the right key, red and in words with a wrong one',
		scenario(async ({ sandbox, camera }) => {
			const editor = await openNode('Credential', {}, false);
			const dialog = editor.credentialDialog;
			const save = dialog.getByTestId('credential-save-button');
			const green = dialog.getByTestId('credentials-config-container-test-success');
			const red = dialog.getByText('Couldn’t connect with these settings');

			// A credential of the kind is there already, so n8n has chosen it: the list has the entry for a new one.
			await editor.panel.getByTestId('node-credentials-select').click();
			await editor.page.getByTestId('node-credentials-select-item-new').click();
			await editor.type('apiKey', 'not-the-key', dialog);
			await editor.type('baseUrl', sandbox.apiUrl, dialog);
			await save.click();
			await red.waitFor();
			expect(await green.isVisible()).toBe(false);
			await dialog.getByText('More details').click();
			await dialog.getByText(/did not accept the API key/).waitFor();
			expect(await dialog.innerText()).not.toContain('not-the-key');
			await editor.pointNowhere();
			await camera.take(editor.page, 'credential-refused');

			await editor.type('apiKey', sandbox.apiKey, dialog);
			await save.click();
			await dialog.waitFor({ state: 'hidden' });
			await editor.panel.getByTestId('credential-edit-button').click();
			await green.waitFor();
			expect(await green.innerText()).toContain('Connection tested successfully');
			expect(await red.isVisible()).toBe(false);
			await editor.pointNowhere();
			await camera.take(editor.page, 'credential-accepted');
		}),
	);
});

describe('a call', () => {
	it(
		'is placed from the panel, by the consultant who was looked up',
		scenario(async ({ sandbox, camera }) => {
			const editor = await openNode('Call a customer back', { resource: 'user' });
			await editor.choose('resource', 'Call');
			await editor.choose('operation', 'Create');
			const group = editor.locatorField('filterId');
			await group.getByTestId('rlc-input').fill('1');
			await editor.accepted(group);
			await editor.type('phoneNumber', PHONE);
			await editor.accepted(editor.field('phoneNumber'));

			await editor.add('Add Field', 'User (Consultant)');
			await editor.locatorField('userId').getByTestId('rlc-input').click();
			const choices = editor.page.getByTestId('rlc-item');
			await choices.filter({ hasText: 'Amelia Clarke' }).waitFor();
			await editor.page.getByTestId('rlc-search').fill('web');
			await choices.filter({ hasText: 'Amelia Clarke' }).waitFor({ state: 'detached' });
			await choices.first().waitFor();
			expect(await choices.allInnerTexts()).toEqual(['Jonas Weber (+493023125012)']);
			await choices.click();
			await choices.waitFor({ state: 'hidden' });
			await editor.pointNowhere();
			await camera.take(editor.page, 'create-call');

			await editor.execute('success');
			await editor.output.getByTestId('radio-button-json').click();
			await editor.output.getByText('"phone_number"').waitFor();
			const [call, ...others] = sandbox.calls.placed();
			expect(others).toEqual([]);
			expect(call).toMatchObject({ filter_id: 1, user_id: 502, phone_number: PHONE });
			const shown = await editor.output.innerText();
			expect(shown).toContain('1 item');
			expect(shown).toContain(String(call.id));
			expect(shown).toContain(PHONE);
			await editor.pointNowhere();
			await camera.take(editor.page, 'call-placed', { of: fieldsAndOutput(editor), height: 600 });
		}),
	);

	it(
		"takes the address of the target group's page, and no other page's",
		scenario(async ({ sandbox }) => {
			const editor = await openNode('By URL', { phoneNumber: PHONE });
			const group = editor.locatorField('filterId');
			await editor.chooseMode('filterId', 'By URL');
			await editor.pasteInto('filterId', 'https://app.livecall.io/users/2/edit');
			expect(await editor.complaintAbout(group)).toContain(
				'https://app.livecall.io/targeting/ID/edit',
			);
			await editor.pointNowhere();

			await editor.pasteInto('filterId', 'https://app.livecall.io/targeting/2/edit');
			await editor.accepted(group);
			await editor.execute('success');
			expect(sandbox.calls.placed()).toMatchObject([{ filter_id: 2, phone_number: PHONE }]);
		}),
	);

	it(
		'is not placed at a bad number, and the panel says what to do',
		scenario(async ({ sandbox, camera }) => {
			const editor = await openNode('A bad number', {
				filterId: { __rl: true, mode: 'id', value: '1' },
			});
			await editor.type('phoneNumber', '030-CALL-ME');
			await editor.accepted(editor.field('phoneNumber'));
			await editor.execute('danger');
			const message = await editor.output.getByTestId('node-error-message').innerText();
			expect(message).toContain('"Phone Number"');
			expect(message).toContain('"030-CALL-ME"');
			const description = await editor.output.getByTestId('node-error-description').innerText();
			expect(description).toMatch(/with its country code, e\.g\. \+49/);
			expect(sandbox.requests).toEqual([]);
			await editor.pointNowhere();
			await camera.take(editor.page, 'error', { of: fieldsAndOutput(editor), height: 424 });
		}),
	);
});

describe('the trigger', () => {
	it(
		'shows its addresses, listens, and shows what was delivered',
		scenario(async ({ client, n8n, sandbox, openEditor, camera }) => {
			const workflowId = await client.createWorkflow({
				name: 'When a call has ended',
				nodes: [
					{
						...node('LiveCall Trigger', TRIGGER_TYPE, 1, {}, { id: NODE_ID }),
						...usingLiveCall(),
						webhookId: WEBHOOK_ID,
					},
				],
				connections: {},
			});
			const editor = await openEditor();
			await editor.openPanel(workflowId, NODE_ID);
			const { panel, output } = editor;
			await panel.getByRole('link', { name: /Settings . Integrations . Webhooks/ }).waitFor();
			expect(await panel.innerText()).toContain('?token=');

			await panel.getByText('Webhook URLs', { exact: true }).first().click();
			const testUrl = `${n8n.url}/webhook-test/${WEBHOOK_ID}/webhook`;
			await panel.getByText(testUrl, { exact: true }).waitFor();
			await panel.getByRole('radio', { name: 'Production URL' }).click();
			await panel.getByText(`${n8n.url}/webhook/${WEBHOOK_ID}/webhook`, { exact: true }).waitFor();
			await panel.getByRole('radio', { name: 'Test URL' }).click();
			await panel.getByText(testUrl, { exact: true }).waitFor();
			await editor.pointNowhere();
			await camera.take(editor.page, 'trigger');

			const listening = editor.page.waitForResponse((response) =>
				response.url().endsWith(`/rest/workflows/${workflowId}/run`),
			);
			await panel.getByTestId('trigger-execute-button').click();
			expect((await listening).ok()).toBe(true);
			await panel.getByText('Listening for test event').waitFor();
			await camera.take(editor.page, 'trigger-listening', { busy: true });

			sandbox.webhooks.subscribe({
				event: 'call.ended',
				url: `${testUrl}?token=${encodeURIComponent(WEBHOOK_TOKEN)}`,
			});
			const ago = (seconds: number) => toCallTime(Date.now() - seconds * 1000);
			const call = sandbox.calls.add({
				status: 'started',
				phone_number: PHONE,
				created_at: ago(38),
				initiated_at: ago(36),
				started_at: ago(28),
				custom_fields_data: { first_name: 'Mary' },
			});
			sandbox.calls.end(call.id, { duration: 28 });
			await output.getByTestId('node-run-status-success').waitFor();
			await output.getByTestId('radio-button-json').click();
			await output.getByText('"call.ended"').waitFor();
			const shown = await output.innerText();
			expect(shown).toContain('1 item');
			expect(shown).toContain(String(call.id));
			expect(shown).toMatch(/"verified":\s*true/);
			expect(sandbox.webhooks.deliveries()).toMatchObject([{ state: 'delivered', status: 200 }]);
			await editor.pointNowhere();
			await camera.take(editor.page, 'trigger-delivered', {
				of: fieldsAndOutput(editor),
				height: 560,
			});
		}),
	);
});

describe('the trigger, when it believes what is delivered', () => {
	it.each([
		[{ verifyCalls: false, options: {} }, 'These calls are not verified'],
		[{ options: { whenUnverifiable: 'accept' } }, 'calls that it has not confirmed'],
	])('says so: %j', async (parameters, words) => {
		await scenario(async ({ client, n8n, openEditor }) => {
			const workflowId = await client.createWorkflow({
				name: 'Unverified',
				nodes: [
					{
						...node('LiveCall Trigger', TRIGGER_TYPE, 1, parameters, { id: NODE_ID }),
						...usingLiveCall(),
						webhookId: WEBHOOK_ID,
					},
				],
				connections: {},
			});
			const editor = await openEditor();
			await editor.openPanel(workflowId, NODE_ID);
			const listening = editor.page.waitForResponse((response) =>
				response.url().endsWith(`/rest/workflows/${workflowId}/run`),
			);
			await editor.panel.getByTestId('trigger-execute-button').click();
			expect((await listening).ok()).toBe(true);
			world().sandbox.faults.always({ kind: 'status', status: 401 });
			const token = encodeURIComponent(WEBHOOK_TOKEN);
			const delivered = await editor.page.request.post(
				`${n8n.url}/webhook-test/${WEBHOOK_ID}/webhook?token=${token}`,
				{ data: { event: 'call.ended', call: { id: 1, phone_number: PHONE } } },
			);
			expect(delivered.status()).toBe(200);
			await editor.output.getByTestId('node-run-status-success').waitFor();
			await editor.output.getByText(words).waitFor();
		})();
	});
});

describe('a recording', () => {
	it(
		'is shown in the output, played and downloaded from there',
		scenario(async ({ sandbox, camera }) => {
			const call = sandbox.calls.add({ status: 'ended', phone_number: PHONE });
			const editor = await openNode('Fetch a recording', {
				resource: 'recording',
				operation: 'download',
				callId: String(call.id),
			});
			await editor.execute('success');
			const file = editor.output.getByTestId('ndv-binary-data_0');
			await file.waitFor();
			const shown = await editor.output.innerText();
			expect(shown).toMatch(/recording-\d+\.wav/);
			expect(shown).toContain('audio/wav');
			await editor.pointNowhere();
			await camera.take(editor.page, 'recording', { of: fieldsAndOutput(editor), height: 424 });

			const downloading = editor.page.waitForEvent('download');
			await editor.output.getByTestId('ndv-download-binary-data').click();
			const download = await downloading;
			expect(download.suggestedFilename()).toMatch(/^recording-\d+\.wav$/);
			expectPlayableWav(await bytesOf(await download.path()));

			await editor.output.getByTestId('ndv-view-binary-data').click();
			const player = editor.page.locator('audio');
			await player.waitFor();
			const seconds = await poll(
				async () => {
					const length = await player.evaluate((audio: { duration: number }) => audio.duration);
					// NaN until the player has read the file.
					return length > 0 ? length : undefined;
				},
				{ what: 'A recording in the player', timeoutMs: PATIENCE_MS },
			);
			expect(seconds).toBeGreaterThan(1);
		}),
	);
});

describe('an AI agent', () => {
	it(
		'has the node place the callback that it was asked for',
		scenario(async ({ client, sandbox, openEditor, camera }) => {
			const toolName = 'Place_a_callback';
			const goodbye = 'We are calling you now.';
			const model = await startChatModel();
			try {
				model.follow([{ use: toolName, with: { Phone_Number: PHONE } }, { say: goodbye }]);
				const openAi = await client.createCredential({
					name: 'Scripted model',
					type: 'openAiApi',
					data: { apiKey: 'not-needed', url: model.url },
				});
				const workflowId = await client.createWorkflow({
					name: 'An agent that arranges callbacks',
					nodes: [
						start(),
						node(
							'AI Agent',
							'@n8n/n8n-nodes-langchain.agent',
							3.1,
							{ promptType: 'define', text: `Please call me back at ${PHONE}.`, options: {} },
							{ position: [240, 0] },
						),
						node(
							'Chat Model',
							'@n8n/n8n-nodes-langchain.lmChatOpenAi',
							1.3,
							{
								model: { __rl: true, mode: 'id', value: 'scripted' },
								responsesApiEnabled: false,
								options: {},
							},
							{ position: [160, 240], credentials: { openAiApi: { ...openAi } } },
						),
						node(
							'Place a callback',
							`${NODE_TYPE}Tool`,
							1,
							{
								filterId: { __rl: true, mode: 'id', value: '1' },
								phoneNumber:
									"={{ $fromAI('Phone_Number', `The customer's phone number`, 'string') }}",
							},
							{ position: [440, 240], ...usingLiveCall() },
						),
					],
					connections: {
						...link(START_NAME, 'AI Agent'),
						...link('Chat Model', 'AI Agent', 'ai_languageModel'),
						...link('Place a callback', 'AI Agent', 'ai_tool'),
					},
					// In the older order the agent goes on before its tools have run.
					settings: { executionOrder: 'v1' },
				});
				const editor = await openEditor();
				await editor.openCanvas(workflowId, 4);
				await editor.page.getByTestId('execute-workflow-button').click();
				// Agent, model and tool are marked one after the other; the run is over when all four nodes are.
				await editor.page.getByTestId('canvas-node-status-success').nth(3).waitFor();

				expect(sandbox.calls.placed()).toMatchObject([{ filter_id: 1, phone_number: PHONE }]);
				expect([...model.tools().keys()]).toEqual([toolName]);
				expect(model.tools().get(toolName)).toMatchObject({
					description: expect.stringMatching(/call/i),
					parameters: { properties: { Phone_Number: { type: 'string' } } },
				});
				const [{ id }] = sandbox.calls.placed();
				const told = model.conversations().at(-1)?.at(-1);
				expect(textAt(told, 'role')).toBe('tool');
				expect(textAt(told, 'content')).toContain(String(id));
				const summary = await poll(async () => (await client.executions(workflowId)).at(0), {
					what: 'An execution in the list',
					timeoutMs: PATIENCE_MS,
				});
				const execution = await client.waitForExecution(summary.id);
				expect(execution.status).toBe('success');
				const [answer] = itemsOf(execution, 'AI Agent');
				expect(textAt(answer, 'json', 'output')).toBe(goodbye);
				// The button has its words back only once the editor has heard of the end as well.
				await editor.page
					.getByTestId('execute-workflow-button')
					.getByText('Execute workflow', { exact: true })
					.waitFor();
				await editor.pointNowhere();
				await camera.take(editor.page, 'ai-agent');
			} finally {
				await model.stop();
			}
		}),
	);
});

describe('the panel', () => {
	const { properties } = new LiveCall().description;
	const operations = properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options = [], displayOptions }) =>
			(displayOptions?.show?.resource ?? []).flatMap((resource) =>
				options.flatMap((option) =>
					'value' in option ? [[String(resource), String(option.value)] as const] : [],
				),
			),
		);

	it.each(operations)(
		'of %s: %s has a name and words for everything that can be set',
		async (resource, operation) =>
			await scenario(async ({ camera }) => {
				const fields = properties.filter(({ name, displayOptions }) => {
					const { resource: resources = [], operation: named } = displayOptions?.show ?? {};
					return name !== 'operation' && resources.includes(resource) && named?.includes(operation);
				});
				const editor = await openNode(`${resource} ${operation}`, {
					resource,
					operation,
					...withEverything(fields),
				});
				await editor.page.setViewportSize({ ...WINDOW.viewport, height: TALL });
				const added = fields.flatMap(entriesOf);
				const expected = [...fields, ...added, ...added.flatMap(entriesOf)];
				expect(expected.length).toBeGreaterThan(1);
				const text = await poll(
					async () => {
						const shown = await editor.panel.getByTestId('node-parameters').innerText();
						return expected.every(({ displayName }) => shown.includes(displayName))
							? shown
							: undefined;
					},
					{
						what: `All of ${expected.map(({ displayName }) => displayName).join(', ')}`,
						timeoutMs: PATIENCE_MS,
					},
				);
				expect(text).not.toMatch(/undefined|null|NaN|\[object|\b[a-z]+[A-Z][a-z]+|\b[a-z]+_[a-z]/);
				await editor.pointNowhere();
				await camera.take(editor.page, `panels/${resource}-${operation}`);
			})(),
	);
});

describe('the example workflows', () => {
	it(
		'stand on the canvas without complaints',
		scenario(async ({ client, credential, openEditor, camera }) => {
			const editor = await openEditor();
			const incomplete = await client.createWorkflow({
				name: 'Without a number',
				nodes: [node(NODE_NAME, NODE_TYPE, 1, {}, { id: NODE_ID })],
				connections: {},
			});
			await editor.openCanvas(incomplete, 1);
			expect(await editor.markedNodes.count()).toBe(1);

			const make = async (type: string, data: JsonObject) =>
				await client.createCredential({ name: type, type, data });
			const credentials = {
				[CREDENTIAL_TYPE]: credential,
				openAiApi: await make('openAiApi', { apiKey: 'not-needed' }),
				hubspotAppToken: await make('hubspotAppToken', { appToken: 'not-needed' }),
			};
			const pictures = await exampleNames();
			const cut: object[] = [];
			const filed = await readExamples();
			// In the demo some have a longer note.
			const inDemo = filed.map(withDemoSettings).filter((example) => !filed.includes(example));
			for (const { name, nodes, connections, settings } of [...filed, ...inDemo]) {
				const workflowId = await client.createWorkflow({
					name,
					nodes: withCredentials(nodes, credentials),
					connections,
					settings,
				});
				await editor.openCanvas(workflowId, nodes.length);
				expect(await editor.markedNodes.count()).toBe(0);
				const tooLong = (await editor.notes()).filter(({ text, height }) => text > height);
				cut.push(...tooLong.map((note) => ({ name, ...note })));
				const picture = pictures.shift();
				if (picture === undefined) continue;
				await editor.pointNowhere();
				const steps = editor.page
					.locator('.vue-flow__node')
					.filter({ hasNot: editor.page.getByTestId('sticky') });
				await camera.take(editor.page, picture, {
					of: [steps],
					margin: 52,
					hide: '.vue-flow__node:has([data-test-id=sticky])',
				});
			}
			expect(cut).toEqual([]);
		}),
	);
});

/** What a collection can hold. */
function entriesOf({ type, options = [] }: INodeProperties): INodeProperties[] {
	if (type !== 'collection') return [];
	return options.flatMap((option) => ('type' in option ? [option] : []));
}

/** The parameters of a person who has added all there is, and filled in nothing. */
function withEverything(fields: INodeProperties[]): JsonObject {
	return Object.fromEntries(
		fields.map((field) => [
			field.name,
			field.type === 'collection'
				? withEverything(entriesOf(field))
				: parseJson(JSON.stringify(field.default)),
		]),
	);
}
