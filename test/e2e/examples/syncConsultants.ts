import { failureOf, type Execution } from '../../support/n8nClient';
import { CONSULTANTS_ID } from '../helpers/exampleIds';
import { expectSuccess, finished, importCopy, output, scenario, world } from '../helpers/stage';

describe('sync consultants', () => {
	const PLAN = 'What would be done';
	const SETTINGS = 'Settings';

	/** Stores the example with other settings and, if given, another table. */
	const withSettings = async (dryRun: boolean, deleteAtMost: number): Promise<string> => {
		const settings = { dry_run: dryRun, delete_at_most: deleteAtMost };
		return await importCopy(CONSULTANTS_ID, {
			[SETTINGS]: { mode: 'raw', jsonOutput: JSON.stringify(settings) },
		});
	};

	const runByHand = async (workflowId: string): Promise<Execution> =>
		await finished(await world.client.run(workflowId, 'By hand'));

	const writes = () =>
		world.sandbox.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);

	it(
		'only lists, as it is delivered, what it would do',
		scenario(async ({ sandbox }) => {
			const users = sandbox.users.all();
			const execution = await runByHand(CONSULTANTS_ID);
			expectSuccess(execution);
			expect(output(execution, PLAN).map(({ in_words }) => in_words)).toEqual([
				'Leave Amelia Clarke alone',
				'Rename Jonas Weber to Jonas Weber-Lang',
				'Leave Zofia Nowak alone',
				'Delete Mateo Rossi',
				'Add Ida Lind',
			]);
			expect(writes()).toEqual([]);
			expect(sandbox.users.all()).toEqual(users);
		}),
	);

	it(
		'adds, renames and deletes the right ones, and has nothing left to do after that',
		scenario(async ({ sandbox }) => {
			const workflow = await withSettings(false, 1);
			const first = await runByHand(workflow);
			expectSuccess(first);
			expect(writes().sort()).toEqual(['DELETE', 'PATCH', 'POST']);
			expect(sandbox.users.all()).toEqual([
				{ id: 501, name: 'Amelia Clarke', phone_number: '+442079460101' },
				{ id: 502, name: 'Jonas Weber-Lang', phone_number: '+493023125012' },
				{ id: 503, name: 'Zofia Nowak', phone_number: '+48221234563' },
				{ id: expect.any(Number), name: 'Ida Lind', phone_number: '+46 8 123 456 78' },
			]);
			expect(output(first, 'Create or update').map((user) => user.upsert_result)).toEqual([
				'updated',
				'created',
			]);
			expect(output(first, 'Delete')).toEqual([{ deleted: true }]);

			const users = sandbox.users.all();
			const second = await runByHand(workflow);
			expectSuccess(second);
			expect(writes()).toHaveLength(3);
			expect(sandbox.users.all()).toEqual(users);
		}),
	);

	it.each(['0044 20 7946 0101', '+44 (0)20 7946-0101', '+44\u00a020\u00a07946 0101'])(
		'knows a consultant whose number is written as %s',
		async (phone) =>
			await scenario(async ({ client }) => {
				const jsCode = `return [{ name: 'Amelia Clarke', phone: '${phone}' }];`;
				const copy = await importCopy(CONSULTANTS_ID, { 'Your list': { jsCode } });
				const execution = await finished(await client.run(copy, 'By hand'));
				expect(output(execution, PLAN).map(({ action }) => action)).toEqual([
					'unchanged',
					...Array<string>(3).fill('delete'),
				]);
			})(),
	);

	it(
		'fills an account without users',
		scenario(async ({ sandbox }) => {
			sandbox.users.all().forEach(({ id }) => sandbox.users.remove(id));
			expectSuccess(await runByHand(await withSettings(false, 0)));
			expect(sandbox.users.all().map(({ name }) => name)).toEqual([
				'Amelia Clarke',
				'Jonas Weber-Lang',
				'Zofia Nowak',
				'Ida Lind',
			]);
		}),
	);

	it(
		'stops before anything is changed when too many would have to be deleted',
		scenario(async ({ sandbox }) => {
			const users = sandbox.users.all();
			const execution = await runByHand(await withSettings(false, 0));
			expect(execution.status).toBe('error');
			expect(failureOf(execution)).toMatch(
				/1 people would have to be deleted.+Nothing was changed/,
			);
			expect(writes()).toEqual([]);
			expect(sandbox.users.all()).toEqual(users);
		}),
	);

	it.each([
		['an empty table', 'return [];', undefined],
		[
			'a row without a number',
			"return [{ name: 'Eve', phone: '' }];",
			/row 1 \(Eve\): write the number/,
		],
		[
			'a number without its country code',
			"return [{ name: 'Amelia Clarke', phone: '020 7946 0101' }];",
			/row 1 \(Amelia Clarke\): write the number with its country code.+"020 7946 0101"/,
		],
		['a row without a name', "return [{ name: ' ', phone: '+44 20 7946 0101' }];", /write a name/],
		[
			'a number that stands there twice',
			"return [{ name: 'Eve', phone: '+44 20 7946 0101' }, { name: 'Ann', phone: '0044 (0)20 79460101' }];",
			/row 2 \(Ann\).+stands in the list twice/,
		],
	])('changes nothing for %s', async (_what, jsCode, complaint) => {
		await scenario(async ({ sandbox }) => {
			const real = { mode: 'raw', jsonOutput: '{ "dry_run": false, "delete_at_most": 99 }' };
			const workflow = await importCopy(CONSULTANTS_ID, {
				[SETTINGS]: real,
				'Your list': { jsCode },
			});
			const execution = await runByHand(workflow);
			if (complaint === undefined) expectSuccess(execution);
			else expect(failureOf(execution)).toMatch(complaint);
			expect(writes()).toEqual([]);
			expect(sandbox.users.all()).toHaveLength(4);
		})();
	});
});
