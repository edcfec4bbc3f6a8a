import { randomUUID } from 'node:crypto';

import { failureOf, type Execution } from '../../support/n8nClient';
import { answerOf, review, toolAnswer, write } from './agentChat';
import { fillList, listWorkflow, rowOf } from './callListTable';
import {
	AFTER_THE_CALL_ID,
	CHOOSE_A_TIME_ID,
	CONSULTANTS_ID,
	CRM_ID,
	MISSED_CALL_ID,
	RESULT_ID,
} from './exampleIds';
import { askByForm, choicesOn, openForm, type VisitorForm } from './form';
import type { HubSpot } from './hubSpot';
import {
	deliver,
	example,
	executionIds,
	finished,
	importCopy,
	model,
	newExecutions,
	world,
} from './stage';
import { formPath } from '../../../dev/launcher/examples';
import { HUBSPOT_CREDENTIAL } from '../../../dev/launcher/seed';

/** What came of somebody's visit. */
export interface Seen {
	/** What the visitor or the agent reads; of an example without a reader, how its run ended. */
	reads: string;
	/** How many calls LiveCall has placed for this visitor; of an example that places none, how much it has done. */
	asks: number;
}

/** One visit: what happens before a fault sets in, and what after that. */
interface Visit {
	before?: () => Promise<void>;
	act: () => Promise<Seen>;
}

interface Row {
	/** What has to stand before the first visit. */
	once?: (hubSpot: HubSpot) => Promise<void>;
	visitor: (phone: string, hubSpot: HubSpot) => Visit;
}

/** Copies of examples whose settings do not depend on the clock, or that write in earnest. */
const copies = { list: '', consultants: '' };

const digitsOf = (text: unknown) => String(text).replace(/\D/g, '');

/** How many calls to a number LiveCall has placed. */
const placed = (phone: string): number =>
	world.sandbox.calls.placed().filter((call) => digitsOf(call.phone_number) === digitsOf(phone))
		.length;

const callback = async (phone: string, accept: string): Promise<Seen> => {
	const response = await fetch(`${world.n8n.url}/webhook/callback`, {
		method: 'POST',
		headers: { accept },
		body: new URLSearchParams({ phone }),
	});
	return { reads: await response.text(), asks: placed(phone) };
};

const formOf = (id: string): string => `${world.n8n.url}/form/${formPath(example(id))}`;

const chosen = async (form: VisitorForm, page: string, phone: string): Promise<Seen> => {
	const [choice] = choicesOn(page);
	const reads = choice === undefined ? page : await form.submit({ 'field-0': choice });
	return { reads, asks: placed(phone) };
};

const runOf = async (workflowId: string, trigger: string): Promise<Execution> =>
	await finished(await world.client.run(workflowId, trigger));

/** How a run ended, with the message where it failed. */
const endOf = (execution: Execution, withMessage = false): string =>
	execution.status === 'error' && withMessage ? `error: ${failureOf(execution)}` : execution.status;

const endedCall = (
	phone: string,
	ending: Parameters<typeof world.sandbox.calls.add>[0] = {},
): number => world.sandbox.calls.add({ ...ending, status: 'ended', phone_number: phone }).id;

/** An example, or one of the ways to use it. */
export type ExampleName =
	| 'callback, as a page'
	| 'callback, as JSON'
	| 'choose a time'
	| 'choose a time, second page'
	| 'call and result'
	| 'AI agent'
	| 'after the call'
	| 'retry missed calls'
	| 'sync consultants'
	| 'call list'
	| 'CRM callback';

/** The examples that n8n 1.x cannot run. */
export const NEEDS_N8N_2: ExampleName[] = ['AI agent', 'call list'];

/** Each example, as somebody uses it. */
export const ROWS: Record<ExampleName, Row> = {
	'callback, as a page': {
		visitor: (phone) => ({ act: async () => await callback(phone, 'text/html') }),
	},
	'callback, as JSON': {
		visitor: (phone) => ({ act: async () => await callback(phone, 'application/json') }),
	},
	'choose a time': {
		visitor: (phone) => ({
			act: async () => {
				const form = await openForm(formOf(CHOOSE_A_TIME_ID));
				return await chosen(form, await form.submit({ 'field-0': '', 'field-1': phone }), phone);
			},
		}),
	},
	'choose a time, second page': {
		visitor: (phone) => {
			let open: { form: VisitorForm; page: string } | undefined;
			return {
				before: async () => {
					const form = await openForm(formOf(CHOOSE_A_TIME_ID));
					open = { form, page: await form.submit({ 'field-0': '', 'field-1': phone }) };
				},
				act: async () => {
					if (open === undefined) throw new Error('The form is not open');
					return await chosen(open.form, open.page, phone);
				},
			};
		},
	},
	'call and result': {
		visitor: (phone) => ({
			act: async () => ({ reads: await askByForm(formOf(RESULT_ID), phone), asks: placed(phone) }),
		}),
	},
	'AI agent': {
		visitor: (phone) => ({
			act: async () => {
				model.follow([
					{ use: 'Place_a_call', with: { toolParameters: { phone_number: phone, call_at: '' } } },
					{ say: 'So it is.' },
				]);
				const execution = await write(randomUUID(), `Call ${phone}`);
				await (await review(execution)).approve();
				await answerOf(execution);
				return { reads: toolAnswer(), asks: placed(phone) };
			},
		}),
	},
	'after the call': {
		visitor: (phone) => ({
			act: async () => {
				const before = await executionIds(AFTER_THE_CALL_ID);
				const status = await deliver(AFTER_THE_CALL_ID, endedCall(phone));
				if (status !== 200) {
					const started = (await executionIds(AFTER_THE_CALL_ID)).length - before.length;
					return { reads: `${status}, started ${started || 'nothing'}`, asks: started };
				}
				const executions = await newExecutions(AFTER_THE_CALL_ID, before, 1);
				const ends = executions.map((execution) => endOf(execution));
				// The trigger remembers its credential for a moment; then the run itself says what is wrong.
				const asks = ends.filter((end) => end === 'success').length;
				return { reads: `${status}, ${ends.join()}`, asks };
			},
		}),
	},
	'retry missed calls': {
		// The call is missed before anything is broken, and to be repeated five seconds later.
		visitor: (phone) => {
			let before: string[] = [];
			return {
				before: async () => {
					before = await executionIds(MISSED_CALL_ID);
					const missed = endedCall(phone, { outcome: 'failed', recorded: false });
					expect(await deliver(MISSED_CALL_ID, missed)).toBe(200);
				},
				act: async () => {
					const [execution] = await newExecutions(MISSED_CALL_ID, before, 1);
					return { reads: execution ? endOf(execution) : 'nothing', asks: placed(phone) };
				},
			};
		},
	},
	'sync consultants': {
		once: async () => {
			const settings = { dry_run: false, delete_at_most: 99 };
			copies.consultants = await importCopy(CONSULTANTS_ID, {
				Settings: { mode: 'raw', jsonOutput: JSON.stringify(settings) },
			});
		},
		visitor: () => ({
			act: async () => {
				const users = JSON.stringify(world.sandbox.users.all());
				const execution = await runOf(copies.consultants, 'By hand');
				const isChanged = users !== JSON.stringify(world.sandbox.users.all());
				return { reads: endOf(execution), asks: isChanged ? 1 : 0 };
			},
		}),
	},
	'call list': {
		once: async () => {
			if (!world.n8n.version.startsWith('1.')) copies.list = await listWorkflow();
		},
		visitor: (phone) => ({
			act: async () => {
				await fillList([{ lead_id: phone, phone }]);
				const execution = await runOf(copies.list, 'Every hour');
				const outcome = (await rowOf(phone))?.last_outcome ?? undefined;
				const reads = [endOf(execution), ...(outcome === undefined ? [] : [outcome])].join(', ');
				return { reads, asks: placed(phone) };
			},
		}),
	},
	'CRM callback': {
		once: async (hubSpot) => {
			await world.client.updateCredential(HUBSPOT_CREDENTIAL.id, {
				name: HUBSPOT_CREDENTIAL.name,
				type: 'hubspotAppToken',
				data: { appToken: hubSpot.token },
			});
		},
		visitor: (phone, hubSpot) => ({
			act: async () => {
				hubSpot.addContact({ hs_lead_status: 'NEW', phone });
				const execution = await runOf(CRM_ID, 'Every ten minutes');
				return { reads: endOf(execution, true), asks: placed(phone) };
			},
		}),
	},
};
