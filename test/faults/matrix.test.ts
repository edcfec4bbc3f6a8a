import './quiet';

import { resources } from '../../nodes/LiveCall/operations';
import { World } from '../support/world';
import {
	COLUMNS,
	DOWNLOAD_FAULTS,
	expectedOf,
	inWorlds,
	ROWS,
	runCell,
	runDownload,
	type Cell,
	type Told,
} from './matrix';

/** A call that is not known yet is looked for again, which errors.test.ts holds against the promise. */
const LOOKS_AGAIN = 'call.waitUntilEnded: status 404';

const cells = new Map<string, Cell>();
const table = ROWS.flatMap((row) =>
	COLUMNS.map((column) => ({ row, column, name: `${row.operation}: ${column.fault}` })),
).filter(({ name }) => name !== LOOKS_AGAIN);

beforeAll(async () => {
	await inWorlds([
		...table.map(({ row, column, name }) => async (world: World) => {
			cells.set(name, await runCell(world, row, column));
		}),
		...DOWNLOAD_FAULTS.map((fault) => async () => {
			cells.set(fault.kind, await runDownload(fault));
		}),
	]);
}, 180_000);

function cellOf(name: string): Cell {
	const cell = cells.get(name);
	if (!cell) throw new Error(`${name} was not run`);
	return cell;
}

const NOTHING_DONE = /Nothing was carried out|No call was placed|No user was created/;

/** What the description says for each certainty; where it is a 404, what to check says enough. */
const ADVICE: Record<Exclude<Told, 'nothing'>, RegExp> = {
	refused: /^(Correct what LiveCall names|Check "|The call may not have been recorded)/,
	notCarriedOut: /Nothing was carried out, so trying again is safe/,
	mayAlreadyHave:
		/is not sent again by itself.*set "(?:Redial|Send Again) If Unknown" in the options, save, and .* retry/,
	harmless: /^Trying again is safe/,
	unreadable: /Check that "Base URL" in the LiveCall API credential is LiveCall's API/,
};

describe('a fault that never ends, with one repeat allowed', () => {
	it.each(table)('$name', ({ row, column, name }) => {
		const { result, sent } = cellOf(name);
		const expected = expectedOf(row, column);
		expect(sent).toBe(column.make ? expected.sent : 0);
		expect(result.failed).toBe(expected.told !== 'nothing');
		if (expected.told === 'nothing') return;

		const { message, description } = result.error;
		expect(message).toMatch(column.message);
		// A number says nothing where there is but one item.
		expect(message).not.toContain('[item');
		expect(message.startsWith('LiveCall may already have ')).toBe(
			expected.told === 'mayAlreadyHave',
		);
		expect(/\(tried 2 times\)/.test(message)).toBe(expected.sent === 2);
		expect(description).toMatch(ADVICE[expected.told]);
		if (row.method === 'POST') {
			expect(NOTHING_DONE.test(String(description))).toBe(expected.told !== 'mayAlreadyHave');
		}
	});
});

describe('the rows', () => {
	it('are all operations that the node has', () => {
		const all = resources.flatMap(({ option, operations }) =>
			operations.map((operation) => `${option.value}.${operation.option.value}`),
		);
		expect(ROWS.map(({ operation }) => operation).sort()).toEqual(all.sort());
	});
});

describe('no secret is shown or kept', () => {
	it.each(table)('$name', ({ name, row }) => {
		const { leaks, result } = cellOf(name);
		// The link to a recording is what "recording: get" is there to give.
		if (row.operation !== 'recording.get' || result.failed) expect(leaks).toEqual([]);
	});

	it.each(DOWNLOAD_FAULTS)('recording host: $kind', ({ kind }) => {
		const { leaks, result } = cellOf(kind);
		expect(result.failed).toBe(true);
		expect(leaks).toEqual([]);
	});
});

describe('waiting as long as LiveCall asks', () => {
	let world: World;
	beforeAll(async () => {
		world = await World.start();
	});
	afterAll(async () => await world.sandbox.stop());
	beforeEach(() => world.reset());

	const call = { filterId: '1', phoneNumber: '+49 30 1234567' };
	const tooMany = (retryAfter: string | number) => ({
		kind: 'status' as const,
		status: 429,
		retryAfter,
	});

	it('given in seconds', async () => {
		world.sandbox.faults.next(tooMany(1));
		const result = await world.run('call.create', { ...call, options: { maxRetries: 1 } });
		expect(result.failed).toBe(false);
		const [first, second] = world.seen();
		expect(second.at - first.at).toBeGreaterThanOrEqual(1000);
		expect(world.sandbox.calls.placed()).toHaveLength(1);
	});

	it('given as a date', async () => {
		// The form has whole seconds only: this is one to two seconds ahead.
		const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000);
		world.sandbox.faults.next(tooMany(date.toUTCString()));
		const result = await world.run('call.create', { ...call, options: { maxRetries: 1 } });
		expect(result.failed).toBe(false);
		expect(world.seen()[1].at).toBeGreaterThanOrEqual(date.getTime());
		expect(world.sandbox.calls.placed()).toHaveLength(1);
	});

	it.each([
		[
			'seconds',
			() => '120',
			/LiveCall asked to wait 120 seconds; the node waits 30 seconds at most/,
		],
		[
			'a date',
			() => new Date(Date.now() + 3_600_000).toUTCString(),
			/LiveCall asked to wait 3[56]\d\d(\.\d)? seconds; the node waits 30 seconds at most/,
		],
		['seconds, few', () => '7', /LiveCall asked to wait 7 seconds\. Nothing was carried out/],
	])('says how long that is: %s', async (_form, retryAfter, said) => {
		world.sandbox.faults.next(tooMany(retryAfter()));
		const result = await world.run('call.create', { ...call, options: { maxRetries: 0 } });
		expect(result.error.description).toMatch(said);
		expect(world.seen()).toHaveLength(1);
	});
});

describe('a DELETE that finds nobody', () => {
	let world: World;
	beforeAll(async () => {
		world = await World.start();
	});
	afterAll(async () => await world.sandbox.stop());
	beforeEach(() => world.reset());

	it('has succeeded when it is a repeat', async () => {
		world.sandbox.faults.next({ kind: 'reset-after' });
		const result = await world.run('user.delete', { userId: '501' });
		expect(world.seen().map(({ status }) => status)).toEqual([undefined, 404]);
		expect(result.output[0].json).toEqual({ deleted: true });
	});

	it('has failed when it is the first', async () => {
		const result = await world.run('user.delete', { userId: '999' });
		expect(result.error.message).toBe('LiveCall knows no user "999"');
		expect(world.seen()).toHaveLength(1);
	});
});
