import { at, objectAt } from '../../dev/json';
import { readExamples } from '../../dev/launcher/examples';
import { CREDENTIAL_TYPE } from '../../dev/launcher/seed';
import { poll } from '../../dev/launcher/poll';
import { CHOOSE_A_TIME_ID } from '../e2e/helpers/exampleIds';
import { withCredentials } from '../support/workflow';
import { shareBrowserWorld } from './helpers/world';

const PHONE = '+44 20 7946 0195';
const DIALLED = '+442079460195';

const { world, scenario } = shareBrowserWorld();

/** Publishes the example in a workflow of its own that reads times in a zone; gives the form's address. */
async function publishForm(timezone: string): Promise<string> {
	const { client, credential, n8n } = world();
	const example = (await readExamples()).find(({ id }) => id === CHOOSE_A_TIME_ID);
	const webhookId = `choose-a-time-in-${timezone.replace(/\W/g, '-')}`;
	const nodes = withCredentials(example?.nodes ?? [], { [CREDENTIAL_TYPE]: credential }).map(
		(node) =>
			at(node, 'type') === 'n8n-nodes-base.formTrigger' ? { ...objectAt(node), webhookId } : node,
	);
	const id = await client.createWorkflow({
		name: `Choose a time in ${timezone}`,
		nodes,
		connections: example?.connections ?? {},
		settings: { executionOrder: 'v1', timezone },
	});
	await client.activateWorkflow(id);
	const url = `${n8n.url}/form/${webhookId}`;
	await poll(async () => (await fetch(url)).ok || undefined, {
		what: 'The form',
		timeoutMs: 60_000,
	});
	return url;
}

/** A moment as a clock on the wall of a zone shows it, such as "14:30". */
function wallClock(moment: string, timeZone: string): string {
	const parts = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const;
	return new Intl.DateTimeFormat('en-GB', parts).format(new Date(moment));
}

describe('a visitor who chooses a time', () => {
	// An hour and a half away from a full hour, west of UTC, and one with daylight saving.
	it.each(['Asia/Kolkata', 'America/New_York', 'Europe/Berlin'])(
		'is called at that time, with the workflow in %s',
		async (zone) =>
			await scenario(async ({ openStranger, sandbox }) => {
				const url = await publishForm(zone);
				const free = sandbox.filters.get(1)?.available_call_times ?? [];
				const { page } = await openStranger();
				await page.goto(url);
				await page.getByLabel('Your name').fill('Mary');
				await page.getByLabel('Your phone number').fill(PHONE);
				await page.getByRole('button', { name: 'Show free times' }).click();

				await page.getByText(`All times are in the time zone ${zone}.`).waitFor();
				const list = page.getByRole('combobox');
				const labels = (await list.locator('option').allInnerTexts()).filter((label) =>
					/\d\d:\d\d$/.test(label),
				);
				expect(labels.map((label) => label.slice(-5))).toEqual(
					free.slice(0, labels.length).map((moment) => wallClock(moment, zone)),
				);
				const chosen = labels[2];
				await list.selectOption(chosen);
				expect(sandbox.calls.placed()).toEqual([]);
				await page.getByRole('button', { name: 'Call me then' }).click();

				await page.getByText('We will call you').waitFor();
				await page.getByText(`On ${chosen} (${zone}), at ${DIALLED}.`).waitFor();
				const [call, ...others] = sandbox.calls.placed();
				expect(others).toEqual([]);
				expect(call).toMatchObject({ filter_id: 1, phone_number: DIALLED });
				expect(Date.parse(call.scheduled_for ?? '')).toBe(Date.parse(free[2]));
			})(),
	);
});
