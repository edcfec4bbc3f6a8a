import './quiet';

import { resources } from '../../nodes/LiveCall/operations';
import type { World } from '../support/world';
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
