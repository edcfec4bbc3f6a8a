import { at, objectAt, textAt } from '../../../dev/json';
import { needsOwnKey, TRIGGER_TYPE } from '../../../dev/launcher/examples';
import { seedRunning, activeTriggers } from '../../../dev/launcher/seed';
import {
	AFTER_THE_CALL_ID,
	AI_AGENT_ID,
	CHOOSE_A_TIME_ID,
	CRM_ID,
	CONSULTANTS_ID,
	MISSED_CALL_ID,
} from '../helpers/exampleIds';
import { example, examples, scenario, seed, state, withOwnWebhook } from '../helpers/stage';

describe('the launcher', () => {
	it(
		"has published all that need no key of one's own",
		scenario(async ({ client }) => {
			for (const example of examples) {
				const { id } = example;
				const active = !needsOwnKey(example);
				expect(await client.findWorkflow(id)).toMatchObject({ id, active });
			}
			expect(examples.filter(needsOwnKey).map(({ id }) => id)).toEqual([AI_AGENT_ID, CRM_ID]);
		}),
	);

	it(
		'finds the LiveCall Triggers that are listening, and the events that they listen to',
		scenario(async ({ client }) => {
			for (const id of [AFTER_THE_CALL_ID, MISSED_CALL_ID]) {
				expect(await activeTriggers(client, id)).toEqual([
					{ path: expect.stringMatching(/^[\w-]{36}\/webhook$/), events: ['call.ended'] },
				]);
			}
			const file = example(AFTER_THE_CALL_ID);
			const nodes = file.nodes.map((entry) =>
				textAt(entry, 'type') === TRIGGER_TYPE
					? { ...objectAt(withOwnWebhook(entry)), parameters: {} }
					: withOwnWebhook(entry),
			);
			const both = await client.createWorkflow({ ...file, id: undefined, nodes });
			expect(await activeTriggers(client, both)).toEqual([]);
			await client.activateWorkflow(both);
			expect(await activeTriggers(client, both)).toMatchObject([
				{ events: ['call.created', 'call.ended'] },
			]);
			await client.request('POST', `/rest/workflows/${both}/deactivate`);
			expect(await activeTriggers(client, 'gone')).toEqual([]);
		}),
	);

	it(
		'puts a newer file in the place of an example that nobody has changed, which stays published',
		scenario(async ({ client, prepared }) => {
			const file = example(CHOOSE_A_TIME_ID);
			const newer = { ...seed, examples: [{ ...file, name: 'Choose a better time' }] };
			expect(await seedRunning(prepared, client, newer, state)).toEqual([]);
			const stored = await client.findWorkflow(CHOOSE_A_TIME_ID);
			expect(stored).toMatchObject({ name: 'Choose a better time', active: true });
			// A second start finds nothing to do.
			await seedRunning(prepared, client, newer, state);
			expect(await client.findWorkflow(CHOOSE_A_TIME_ID)).toMatchObject({
				versionId: textAt(stored, 'versionId'),
			});
			expect(await seedRunning(prepared, client, seed, state)).toEqual([]);
			expect(await client.findWorkflow(CHOOSE_A_TIME_ID)).toMatchObject({ name: file.name });
		}),
	);

	it(
		'leaves alone, at a second start, what a person has changed',
		scenario(async ({ client, prepared }) => {
			const path = `/rest/workflows/${CONSULTANTS_ID}`;
			const stored = await client.findWorkflow(CONSULTANTS_ID);
			await client.request('PATCH', path, {
				name: 'My own consultants',
				versionId: textAt(stored, 'versionId'),
			});
			const before = await client.findWorkflow(CONSULTANTS_ID);
			const newer = { ...example(CONSULTANTS_ID), settings: {} };
			expect(await seedRunning(prepared, client, { ...seed, examples: [newer] }, state)).toEqual([
				newer.name,
			]);
			// Nor does it take anything for its own of which it has no note.
			const noNotes = { encryptionKey: '', examples: {} };
			const filed = { ...seed, examples: [example(CONSULTANTS_ID)] };
			expect(await seedRunning(prepared, client, filed, noNotes)).toHaveLength(1);
			const after = await client.findWorkflow(CONSULTANTS_ID);
			expect(after).toMatchObject({ name: 'My own consultants', active: true });
			expect(at(after, 'versionId')).toBe(at(before, 'versionId'));
		}),
	);
});
