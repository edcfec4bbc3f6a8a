import { DateTime } from 'luxon';

import type { JsonObject } from '../../dev/json';
import { CREDENTIAL_TYPE } from '../../dev/launcher/seed';
import { chain, node, NODE_NAME, NODE_TYPE, start, START_NAME } from '../support/workflow';
import { accessTo } from '../e2e/helpers/world';
import { shareBrowserWorld } from './helpers/world';

const { world, scenario } = shareBrowserWorld();

/** A customer's number; such numbers are kept free for examples. */
const PHONE = '+44 20 7946 0123';

function liveCall(name: string, parameters: JsonObject): JsonObject {
	return {
		...node(name, NODE_TYPE, 1, {
			filterId: { __rl: true, mode: 'id', value: '2' },
			...parameters,
		}),
		credentials: { [CREDENTIAL_TYPE]: { ...world().credential } },
	};
}

describe('a person who builds a flow', () => {
	it.each([
		['call', 'get', ['outcome', 'scheduled_for', 'custom_fields_data']],
		['filter', 'getAvailableTimes', ['time_of_day', 'weekday', 'label']],
		['recording', 'download', ['call_id']],
	])(
		'sees the fields of %s: %s before anything was run',
		async (resource, operation, fields) =>
			await scenario(async ({ client, sandbox, openEditor, camera }) => {
				const next = 'Edit Fields';
				const workflowId = await client.createWorkflow({
					name: `After ${operation}`,
					nodes: [
						start(),
						liveCall(NODE_NAME, { resource, operation }),
						node(next, 'n8n-nodes-base.set', 3.4, { options: {} }),
					],
					connections: chain(START_NAME, NODE_NAME, next),
				});
				const editor = await openEditor();
				await editor.openPanel(workflowId, encodeURIComponent(next));
				const input = editor.page.getByTestId('ndv-input-panel');
				for (const field of fields) {
					await input
						.getByTestId('run-data-schema-item')
						.getByText(field, { exact: true })
						.waitFor();
				}
				expect(await input.innerText()).toContain('Preview');
				expect(sandbox.requests).toEqual([]);
				await editor.pointNowhere();
				await camera.take(editor.page, `preview-${resource}-${operation}`);
			})(),
	);
});

describe('a person who tries a flow', () => {
	it(
		'rings their own phone by a click on "Execute step", and reads so under the output',
		scenario(async ({ client, sandbox, openEditor, camera }) => {
			const tester = '+49 30 5550100';
			const trials = await client.createCredential(
				accessTo(sandbox, { testPhoneNumber: tester }, 'LiveCall with a test phone'),
			);
			const workflowId = await client.createWorkflow({
				name: 'Try it',
				nodes: [
					start(),
					{
						...liveCall(NODE_NAME, { phoneNumber: PHONE }),
						credentials: { [CREDENTIAL_TYPE]: { ...trials } },
					},
				],
				connections: chain(START_NAME, NODE_NAME),
			});
			const editor = await openEditor();
			await editor.openPanel(workflowId, NODE_NAME);
			await editor.execute('success');
			await editor.output.getByText('This was a test').waitFor();
			await editor.output.getByTestId('radio-button-json').click();
			await editor.output.getByText('"requested_phone_number"').waitFor();
			expect(sandbox.calls.placed()).toMatchObject([{ phone_number: tester }]);
			await editor.pointNowhere();
			await camera.take(editor.page, 'trial');
		}),
	);

	it(
		'adds calling hours that are filled in already, and sees when the phone will ring',
		scenario(async ({ client, sandbox, openEditor, camera }) => {
			const workflowId = await client.createWorkflow({
				name: 'In calling hours',
				nodes: [start(), liveCall(NODE_NAME, { phoneNumber: PHONE })],
				connections: chain(START_NAME, NODE_NAME),
				settings: { timezone: 'Asia/Kathmandu' },
			});
			const editor = await openEditor();
			await editor.openPanel(workflowId, NODE_NAME);
			await editor.add('Add option', 'Calling Hours');
			expect(await editor.field('from').locator('input').inputValue()).toBe('08:00');
			const begins = DateTime.now().setZone('Asia/Kathmandu').plus({ hours: 2 }).startOf('minute');
			await editor.type('from', begins.toFormat('HH:mm'));
			await editor.type('to', begins.plus({ hours: 1 }).toFormat('HH:mm'));
			await editor.execute('success');
			await editor.output.getByText(/Scheduled for .*\(Asia\/Kathmandu\)/).waitFor();
			const [{ scheduled_for }] = sandbox.calls.placed();
			const rings = DateTime.fromISO(String(scheduled_for), { zone: 'Asia/Kathmandu' });
			// On Sundays nobody is rung unless Sunday is added.
			expect(rings.toFormat('HH:mm')).toBe(begins.toFormat('HH:mm'));
			expect(rings.weekday).not.toBe(7);
			await editor.pointNowhere();
			await camera.take(editor.page, 'calling-hours');
		}),
	);
});
