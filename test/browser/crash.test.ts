import { poll } from '../../dev/launcher/poll';
import { OWNER } from '../e2e/helpers/world';
import { activateList, post, waitForWebhook } from '../queue/helpers/workflows';
import { NODE_NAME } from '../support/workflow';
import { Editor, PATIENCE_MS } from './helpers/editor';
import { shareBrowserWorld } from './helpers/world';

const { scenario } = shareBrowserWorld();

const LEADS = ['0301', '0302', '0303', '0304', '0305'].map((ending) => `+44 20 7946 ${ending}`);
const IN_FLIGHT = '+44 20 7946 0303';
const PATH = 'call-a-list';

/** Retries the execution that is shown, opens the one that this starts, and waits for its end. */
async function retry({ page }: Editor, way: string, id: number, end: string): Promise<void> {
	await page.getByTestId('execution-preview-retry-button').click();
	await page.getByText(way).click();
	await page.getByTestId(`execution-details-${id}`).click();
	const details = page.getByTestId('execution-preview-details-' + id);
	await details.getByText(end).waitFor();
}

describe('after a crash, the three lines with which docs/reliability.md opens', () => {
	it(
		'are followed click by click: the list is finished, and nobody is rung twice',
		scenario(async ({ client, sandbox, n8n, prepared, credential, openStranger, camera }) => {
			sandbox.faults.decide(({ method, json }) =>
				method === 'POST' && JSON.stringify(json ?? null).includes(IN_FLIGHT)
					? { kind: 'hang-before' }
					: undefined,
			);
			const { id: workflowId } = await activateList(
				client,
				credential,
				PATH,
				{
					filterId: { __rl: true, mode: 'id', value: '2' },
					phoneNumber: '={{ $json.phone }}',
					options: { requestTimeout: 600 },
				},
				{},
			);
			await waitForWebhook(n8n.url, PATH);
			await post(`${n8n.url}/webhook/${PATH}`, { leads: LEADS.map((phone) => ({ phone })) });
			await poll(
				async () => sandbox.requests.some(({ body }) => body.includes(IN_FLIGHT)) || undefined,
				{
					what: 'The call in flight',
					timeoutMs: PATIENCE_MS,
				},
			);
			process.kill(n8n.pid, 'SIGKILL');
			await n8n.ended;
			// What it had started itself goes with it.
			await n8n.stop();
			sandbox.faults.clear();

			const restarted = await prepared.start();
			try {
				const rung = () => sandbox.calls.placed().map(({ phone_number }) => phone_number);
				expect(rung()).toEqual(LEADS.slice(0, 2));
				const { page } = await openStranger();
				const editor = new Editor(page, restarted.url);
				await editor.signIn(OWNER);

				// 1. Under Executions, open the crashed one and choose Retry.
				await page.goto(`${editor.url}/workflow/${workflowId}/executions`);
				await page.getByTestId('execution-preview-label').waitFor();
				await camera.take(page, 'crash-1');
				await retry(editor, 'Retry with original workflow', 2, 'Error');
				await camera.take(page, 'crash-2');
				const others = LEADS.filter((phone) => phone !== IN_FLIGHT);
				expect(rung()).toEqual(others);

				// 2. The call that was in flight is the one that is told as unknown.
				const shown = page.getByTestId('canvas-node').filter({ hasText: NODE_NAME });
				await shown.dblclick();
				await editor.output
					.getByTestId('node-error-message')
					.getByText('LiveCall may already have placed this call')
					.waitFor();
				await camera.take(page, 'crash-3');

				// 3. It was not placed, so a person has it sent again.
				await editor.openPanel(workflowId, NODE_NAME);
				await editor.add('Add option', 'Redial If Unknown');
				const saved = page.waitForResponse(async (answer) => {
					const sent = answer.request().postData() ?? '';
					return answer.ok() && /"redialUnknown":\s*true/.test(sent);
				});
				await editor.field('redialUnknown').locator('.el-switch').click();
				await page.keyboard.press('ControlOrMeta+s');
				await saved;
				await camera.take(page, 'crash-4');
				await page.goto(`${editor.url}/workflow/${workflowId}/executions/2`);
				await retry(editor, 'Retry with currently saved workflow', 3, 'Succeeded');
				await camera.take(page, 'crash-5');
				expect(rung()).toEqual([...others, IN_FLIGHT]);
			} finally {
				await restarted.stop();
			}
		}),
	);
});
