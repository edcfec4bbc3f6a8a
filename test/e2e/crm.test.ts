import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { poll } from '../../dev/launcher/poll';
import { HUBSPOT_CREDENTIAL } from '../../dev/launcher/seed';
import { failureOf, type Execution } from '../support/n8nClient';
import { setAccess } from './helpers/exampleFaults';
import { CRM_ID } from './helpers/exampleIds';
import { startHubSpot, type HubSpot } from './helpers/hubSpot';
import {
	consultantOf,
	deliver,
	endedInAnOutage,
	executionIds,
	expectSuccess,
	finished,
	importCopy,
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

/** What the run says that calls not all: a Retry would only say the same once more. */
const TRIES_AGAIN = 'The next run tries again. (Retry calls nobody here.)';

const search = async (): Promise<Execution> =>
	await finished(await world.client.run(CRM_ID, 'Every ten minutes'));

const statuses = () => hubSpot.contacts.map(({ properties }) => properties.hs_lead_status);

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
			const [call, ...others] = sandbox.calls.placed();
			expect(others).toEqual([]);
			await callEnds(Number(call?.id));
			expect(contact.properties.hs_lead_status).toBe('ATTEMPTED_TO_CONTACT');
			expect(hubSpot.foreign).toEqual([]);
		}),
	);

	it(
		'says who was not called, who stays new, and calls the others',
		scenario(async ({ sandbox }) => {
			const abroad = hubSpot.addContact({
				...{ hs_lead_status: 'NEW', phone: '+1 900 555 0199' },
				...{ firstname: 'Mary', lastname: 'Jones' },
			});
			const other = hubSpot.addContact({ hs_lead_status: 'NEW', phone: '+44 20 7946 0311' });
			const execution = await search();
			expect(execution.status).toBe('error');
			expect(failureOf(execution)).toBe(
				'1 contact stays New:\n' +
					'Mary Jones, +1 900 555 0199: "Phone Number" needs to begin with one of +44, +49, ' +
					'but "+1 900 555 0199" was found.\n' +
					TRIES_AGAIN,
			);
			expect(sandbox.calls.placed()).toHaveLength(1);
			expect(abroad.properties.hs_lead_status).toBe('NEW');
			expect(other.properties.hs_lead_status).toBe('ATTEMPTED_TO_CONTACT');
		}),
	);

	it(
		'leaves the contacts new while a person tries it with a test phone, and names them all in one error',
		scenario(async ({ sandbox }) => {
			await setAccess({ testPhoneNumber: '+44 20 7946 0999' });
			const contacts = ['+44 20 7946 0381', '+44 20 7946 0382'].map((phone) =>
				hubSpot.addContact({ hs_lead_status: 'NEW', phone, firstname: 'Gus' }),
			);
			hubSpot.addContact({ hs_lead_status: 'NEW', phone: '+1 900 555 0171' });
			const failure = failureOf(await search());
			await setAccess({});
			hubSpot.contacts.pop();
			const why = 'this was a test with your Test Phone Number.';
			expect(failure?.split('\n')).toEqual([
				'3 contacts stay New:',
				`Gus, +44 20 7946 0381: ${why}`,
				`Gus, +44 20 7946 0382: ${why}`,
				expect.stringMatching(/^\+1 900 555 0171: "Phone Number" needs to begin with/),
				TRIES_AGAIN,
			]);
			expect(sandbox.calls.placed().map(({ phone_number }) => phone_number)).toEqual([
				'+44 20 7946 0999',
			]);
			for (const { properties } of contacts) expect(properties.hs_lead_status).toBe('NEW');
			// In earnest they are called.
			expectSuccess(await search());
			expect(sandbox.calls.placed()).toHaveLength(3);
		}),
	);

	it(
		'calls the number that can be called, mobile or not',
		scenario(async ({ sandbox }) => {
			for (const [phone, mobilephone] of [
				['', '+44 7700 900311'],
				['020 7946 0312', '+44 7700 900312'],
				['+44 20 7946 0313', '+44 7700 900313'],
			]) {
				hubSpot.addContact({ hs_lead_status: 'NEW', phone, mobilephone });
			}
			expectSuccess(await search());
			expect(sandbox.calls.placed().map(({ phone_number }) => phone_number)).toEqual([
				'+44 7700 900311',
				'+44 7700 900312',
				'+44 20 7946 0313',
			]);
		}),
	);

	it(
		'calls a customer once who is two contacts, and marks both',
		scenario(async ({ sandbox }) => {
			const both = ['+44 20 7946 0331', '0044 (0)20 79460331'].map((phone) =>
				hubSpot.addContact({ hs_lead_status: 'NEW', phone }),
			);
			expectSuccess(await search());
			expectSuccess(await search());
			const [call, ...others] = sandbox.calls.placed();
			expect(others).toEqual([]);
			expect(statuses()).toEqual(['ATTEMPTED_TO_CONTACT', 'NEW']);
			await callEnds(Number(call?.id));
			expect(hubSpot.calls).toMatchObject([
				{ associations: both.map(({ id }) => ({ to: { id } })) },
			]);
			expect(statuses()).not.toContain('NEW');
		}),
	);

	it(
		'calls whoever can be called, however many stand in front who cannot, and names some of those',
		scenario(async ({ sandbox }) => {
			for (let index = 10; index < 35; index += 1) {
				hubSpot.addContact({ hs_lead_status: 'NEW', phone: `+1 900 555 02${index}` });
			}
			const phone = '+44 20 7946 0341';
			hubSpot.addContact({ hs_lead_status: 'NEW', phone });
			const failure = failureOf(await search()) ?? '';
			expect(sandbox.calls.placed().map(({ phone_number }) => phone_number)).toEqual([phone]);
			expect(failure.split('\n')).toHaveLength(8);
			expect(failure).toMatch(/^25 contacts stay New:/);
			expect(failure).toMatch(/… and 20 more\.$/m);
		}),
	);

	it(
		'names a number that cannot be called once a day while it is published, and what LiveCall cannot do each time',
		scenario(async ({ client, sandbox }) => {
			const everySecond = { rule: { interval: [{ field: 'seconds', secondsInterval: 1 }] } };
			const copy = await importCopy(CRM_ID, { 'Every ten minutes': everySecond });
			hubSpot.addContact({ hs_lead_status: 'NEW', phone: '+1 900 555 0299' });
			await client.activateWorkflow(copy);
			const haveRun = async (count: number) =>
				await poll(async () => ((await executionIds(copy)).length >= count ? true : undefined), {
					what: `${count} executions`,
					timeoutMs: 30_000,
				});
			await haveRun(3);
			sandbox.faults.always({ kind: 'status', status: 503 });
			hubSpot.addContact({ hs_lead_status: 'NEW', phone: '+44 20 7946 0345' });
			await haveRun((await executionIds(copy)).length + 6);
			await client.request('POST', `/rest/workflows/${copy}/deactivate`, {});
			const all = await newExecutions(copy, [], (await executionIds(copy)).length);
			const failures = all.flatMap((execution) => failureOf(execution) ?? []);
			expect(failures.slice(0, 2)).toEqual([
				expect.stringMatching(/^1 contact stays New:\n\+1 900 555 0299: "Phone Number"/),
				expect.stringMatching(
					/^1 contact stays New, besides 1 named before:\n\+44 20 7946 0345: LiveCall answered/,
				),
			]);
			// Those that begin while another one asks LiveCall leave it to that one.
			expect(new Set(failures).size).toBe(2);
			expect(failures.length).toBeLessThan(all.length);
			expect(statuses()).toEqual(['NEW', 'NEW']);
		}),
	);

	it(
		'calls whoever can be called, however many LiveCall refuses each time',
		scenario(async ({ sandbox }) => {
			sandbox.faults.decide(({ method, json }) =>
				method === 'POST' && JSON.stringify(json ?? null).includes('+49 30 231250')
					? { kind: 'status', status: 422, body: { errors: { phone_number: ['is invalid'] } } }
					: undefined,
			);
			for (let index = 10; index < 31; index += 1) {
				hubSpot.addContact({ hs_lead_status: 'NEW', phone: `+49 30 231250${index}` });
			}
			hubSpot.addContact({ hs_lead_status: 'NEW', phone: '+44 20 7946 0351' });
			// Lots decide: that it is left out eight times in a row happens once in 200 million times.
			for (let run = 0; run < 8 && sandbox.calls.placed().length === 0; run += 1) await search();
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);

	it.each([
		'+44 20 7946 0321',
		'+442079460321',
		'00442079460321',
		'442079460321',
		'02079460321',
		'+44 (0) 2079460321',
		'+44 (0)20 7946 0321',
		'+44 (0) 20 7946 0321',
		'020 7946 0321',
		'+44 20 79 46 03 21',
		'0044/20/7946-0321',
		'(020) 7946.0321',
	])('logs a call with the contact whose number is written %s', async (phone) => {
		await scenario(async ({ sandbox }) => {
			const contact = hubSpot.addContact({ phone });
			const strangers = ['+44 20 7946 0399', '+20 7946 0321', '+1 20 7946 0321', '7946 0321'];
			strangers.forEach((stranger) => hubSpot.addContact({ phone: stranger }));
			const call = sandbox.calls.add({
				status: 'ended',
				phone_number: '+44 20 7946 0321',
				user_id: 501,
				duration: 94.6,
			});
			await callEnds(call.id);
			expect(hubSpot.contacts).toHaveLength(1 + strangers.length);
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
		'has a run to retry for a call that ended while LiveCall could not be asked, and then logs it',
		scenario(async ({ sandbox }) => {
			const call = sandbox.calls.add({ status: 'ended', phone_number: '+44 20 7946 0391' });
			expectSuccess(await endedInAnOutage(CRM_ID, call.id));
			expect(hubSpot.contacts).toHaveLength(1);
			expect(hubSpot.calls).toHaveLength(1);
		}),
	);

	it(
		'logs a call with each contact that has the number',
		scenario(async ({ sandbox }) => {
			const both = [
				{ phone: '+44 20 7946 0361', mobilephone: '' },
				{ phone: '', mobilephone: '02079460361' },
			].map((properties) => hubSpot.addContact(properties));
			const call = sandbox.calls.add({ status: 'ended', phone_number: '+44 20 7946 0361' });
			await callEnds(call.id);
			expect(hubSpot.calls).toMatchObject([
				{ associations: both.map(({ id }) => ({ to: { id } })) },
			]);
		}),
	);

	it(
		'takes a text message, or a call by the customer, for no call to a contact',
		scenario(async ({ sandbox }) => {
			hubSpot.addContact({ hs_lead_status: 'NEW', phone: '+44 20 7946 0365' });
			const { id } = sandbox.calls.add({ status: 'ended', phone_number: '+44 20 7946 0365' });
			const call = { ...sandbox.calls.get(id), direction: 'inbound' };
			sandbox.faults.always(
				{ kind: 'status', status: 200, body: { call } },
				{ method: 'GET', path: /calls/ },
			);
			await callEnds(id);
			expect(hubSpot.calls).toHaveLength(1);
			expect(statuses()).toEqual(['NEW']);
		}),
	);

	it(
		'logs a call without a number with nobody who is there',
		scenario(async ({ sandbox }) => {
			hubSpot.addContact({ phone: 'n/a' });
			const { id } = sandbox.calls.add({ status: 'ended' });
			const call = { ...sandbox.calls.get(id), phone_number: null };
			sandbox.faults.always(
				{ kind: 'status', status: 200, body: { call } },
				{ method: 'GET', path: /calls/ },
			);
			await callEnds(id);
			expect(hubSpot.contacts).toHaveLength(2);
			expect(hubSpot.calls).toMatchObject([
				{ associations: [{ to: { id: hubSpot.contacts[1]?.id } }] },
			]);
			expect(hubSpot.contacts[1]?.properties).not.toHaveProperty('phone');
		}),
	);

	it(
		'adds a contact whose number has no country code as it is, and knows it later',
		scenario(async ({ sandbox }) => {
			for (const phone_number of ['020 7946 0388', '+44 20 7946 0388']) {
				await callEnds(sandbox.calls.add({ status: 'ended', phone_number }).id);
			}
			expect(hubSpot.contacts).toMatchObject([{ properties: { phone: '020 7946 0388' } }]);
			expect(hubSpot.calls).toHaveLength(2);
		}),
	);

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
