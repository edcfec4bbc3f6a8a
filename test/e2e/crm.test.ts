import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { HUBSPOT_CREDENTIAL } from '../../dev/launcher/seed';
import { failureOf, type Execution } from '../support/n8nClient';
import { CRM_ID } from './helpers/exampleIds';
import { startHubSpot, type HubSpot } from './helpers/hubSpot';
import {
	consultantOf,
	deliver,
	executionIds,
	expectSuccess,
	finished,
	joinTrigger,
	newExecutions,
	openAllHours,
	scenario,
	startExamples,
	stopExamples,
	world,
} from './helpers/stage';
import { WORLD_TIMEOUT_MS } from './helpers/world';

let folder: string;
let hubSpot: HubSpot;

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'hubspot-'));
	hubSpot = await startHubSpot(folder);
	await startExamples(hubSpot.env);
	await world.client.updateCredential(HUBSPOT_CREDENTIAL.id, {
		name: HUBSPOT_CREDENTIAL.name,
		type: 'hubspotAppToken',
		data: { appToken: hubSpot.token },
	});
	await world.client.activateWorkflow(CRM_ID);
	await joinTrigger(CRM_ID);
}, WORLD_TIMEOUT_MS);

afterAll(async () => {
	await stopExamples();
	await hubSpot?.stop();
	await rm(folder, { recursive: true, force: true });
}, WORLD_TIMEOUT_MS);

beforeEach(() => {
	world.sandbox.reset();
	openAllHours();
	hubSpot.contacts.splice(0);
	hubSpot.calls.splice(0);
});

jest.setTimeout(120_000);

const search = async (): Promise<Execution> =>
	await finished(await world.client.run(CRM_ID, 'Every ten minutes'));

/** Has LiveCall tell the workflow that a call has ended. */
async function callEnds(callId: number): Promise<void> {
	const before = await executionIds(CRM_ID);
	expect(await deliver(CRM_ID, callId)).toBe(200);
	const [execution] = await newExecutions(CRM_ID, before, 1);
	if (execution !== undefined) expectSuccess(execution);
}

describe('CRM callback', () => {
	it(
		'calls new contacts once, and marks them',
		scenario(async ({ sandbox }) => {
			const phone = '+44 20 7946 0301';
			const contact = hubSpot.addContact({ hs_lead_status: 'NEW', phone });
			hubSpot.addContact({ hs_lead_status: 'OPEN', phone: '+44 20 7946 0302' });
			hubSpot.addContact({ hs_lead_status: 'NEW' });
			expectSuccess(await search());
			expect(sandbox.calls.placed().map(({ phone_number }) => phone_number)).toEqual([phone]);
			expect(contact.properties.hs_lead_status).toBe('ATTEMPTED_TO_CONTACT');
			// As if the mark had been lost with a crash.
			contact.properties.hs_lead_status = 'NEW';
			expectSuccess(await search());
			expect(sandbox.calls.placed()).toHaveLength(1);
			expect(contact.properties.hs_lead_status).toBe('ATTEMPTED_TO_CONTACT');
			expect(hubSpot.foreign).toEqual([]);
		}),
	);

	it(
		'says who was not called, who stays new, and calls the others',
		scenario(async ({ sandbox }) => {
			const abroad = hubSpot.addContact({ hs_lead_status: 'NEW', phone: '+1 900 555 0199' });
			const other = hubSpot.addContact({ hs_lead_status: 'NEW', phone: '+44 20 7946 0311' });
			const execution = await search();
			expect(execution.status).toBe('error');
			expect(failureOf(execution)).toMatch(/^\+1 900 555 0199 was not called: "Phone Number"/);
			expect(failureOf(execution)).not.toContain('0311');
			expect(sandbox.calls.placed()).toHaveLength(1);
			expect(abroad.properties.hs_lead_status).toBe('NEW');
			expect(other.properties.hs_lead_status).toBe('ATTEMPTED_TO_CONTACT');
		}),
	);

	it.each([
		'+44 20 7946 0321',
		'+442079460321',
		'00442079460321',
		'442079460321',
		'02079460321',
		'+44 (0) 2079460321',
	])('logs a call with the contact whose number is written %s', async (phone) => {
		await scenario(async ({ sandbox }) => {
			const contact = hubSpot.addContact({ phone });
			hubSpot.addContact({ phone: '+44 20 7946 0399' });
			const call = sandbox.calls.add({
				status: 'ended',
				phone_number: '+44 20 7946 0321',
				user_id: 501,
				duration: 94.6,
			});
			await callEnds(call.id);
			expect(hubSpot.contacts).toHaveLength(2);
			expect(hubSpot.calls).toMatchObject([
				{
					properties: {
						hs_call_status: 'COMPLETED',
						hs_call_duration: 94_600,
						hs_call_to_number: '+44 20 7946 0321',
						hs_call_body: expect.stringContaining(
							`Consultant: ${consultantOf(call.id)}. Outcome: successful. Seconds: 95.`,
						),
					},
					associations: [
						{
							to: { id: contact.id },
							types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 194 }],
						},
					],
				},
			]);
		})();
	});

	it(
		'adds the contact who is missing, and logs a missed call as that',
		scenario(async ({ sandbox }) => {
			const call = sandbox.calls.add({
				status: 'ended',
				outcome: 'failed',
				recorded: false,
				phone_number: '0049 30 23125099',
				custom_fields_data: { first_name: 'Mary', email: 'mary@example.com' },
			});
			await callEnds(call.id);
			expect(hubSpot.contacts.map(({ properties }) => properties)).toEqual([
				{ phone: '+493023125099', firstname: 'Mary', email: 'mary@example.com' },
			]);
			expect(hubSpot.calls).toMatchObject([
				{
					properties: { hs_call_status: 'NO_ANSWER' },
					associations: [{ to: { id: hubSpot.contacts[0]?.id } }],
				},
			]);
		}),
	);
});
