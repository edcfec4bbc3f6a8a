import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { majorVersion } from '../../dev/launcher/runtime';
import { startHubSpot, type HubSpot } from './helpers/hubSpot';
import { FAULTS, restore, type FaultName } from './helpers/exampleFaults';
import { NEEDS_N8N_2, ROWS, type ExampleName, type Seen } from './helpers/exampleRows';
import { openAllHours, startExamples, stopExamples, world } from './helpers/stage';
import { inWorld, WORLD_TIMEOUT_MS } from './helpers/world';

/** What somebody reads, or what a run without a reader leaves, when no call could be arranged. */
const SORRY: Record<ExampleName, RegExp> = {
	'callback, as a page': /<p>.*Your call could not be arranged\./,
	'callback, as JSON': /"status":"not_placed".*Your call could not be arranged\./,
	'choose a time': /We cannot look up our free times.*No call is arranged/s,
	'choose a time, second page': /Your call is not arranged.*We cannot arrange calls at the moment/s,
	'call and result':
		/<h1>No call was placed.*<p>Your call could not be arranged\. Please try again later/s,
	'AI agent': /"error":"/,
	'after the call': /^([45]\d\d, started nothing|200, error)$/,
	'retry missed calls': /^error$/,
	'sync consultants': /^error$/,
	'call list': /^error$/,
	'CRM callback': /^error: 1 contact stays New:\n\+44.+: .+\.\nThe next run tries again/,
};

/** What stands there when LiveCall has placed the call, or done what was asked. */
const DONE: Record<ExampleName, RegExp> = {
	'callback, as a page': /<p>Thank you. We are calling you now at \+44/,
	'callback, as JSON': /"status":"calling","call_id":\d+/,
	'choose a time': /We will call you.*On \w\w\w, \d+ \w\w\w, \d\d:\d\d/s,
	'choose a time, second page': /We will call you.*On \w\w\w, \d+ \w\w\w, \d\d:\d\d/s,
	'call and result': /<h1>We are calling you now.*<p>Thank you\. We are calling you now at \+44/s,
	'AI agent': /"id":\d+/,
	'after the call': /^200, success$/,
	'retry missed calls': /^success$/,
	'sync consultants': /^success$/,
	'call list': /^success, scheduled for /,
	'CRM callback': /^success$/,
};

/** What works all the same: it needs nothing of what is broken. */
const UNTOUCHED: Partial<Record<FaultName, ExampleName[]>> = {
	'target group gone': ['after the call', 'sync consultants'],
};

let folder: string;
let hubSpot: HubSpot;

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'hubspot-'));
	hubSpot = await startHubSpot(folder);
	await startExamples(hubSpot.env);
	await Promise.all(Object.values(ROWS).map(async ({ once }) => await once?.(hubSpot)));
}, WORLD_TIMEOUT_MS);

afterAll(async () => {
	await stopExamples();
	await hubSpot?.stop();
	await rm(folder, { recursive: true, force: true });
}, WORLD_TIMEOUT_MS);

jest.setTimeout(120_000);

const faultNames = Object.keys(FAULTS).filter((name): name is FaultName => name in FAULTS);
const exampleNames = Object.keys(ROWS).filter((name): name is ExampleName => name in ROWS);

describe.each(faultNames.map((fault, index) => [fault, index] as const))(
	'%s: each example',
	(fault, index) => {
		const seen = new Map<ExampleName, Seen>();

		/** All at once: what is broken is broken for everybody. */
		beforeAll(async () => {
			world.sandbox.reset();
			openAllHours();
			hubSpot.contacts.splice(0);
			const rows = exampleNames.filter(runsHere).map((name, row) => ({
				name,
				visit: ROWS[name].visitor(`+44 20 79${index + 10} 0${row + 10}3`, hubSpot),
			}));
			for (const { visit } of rows) await visit.before?.();
			await FAULTS[fault]();
			await Promise.all(rows.map(async ({ name, visit }) => seen.set(name, await visit.act())));
			await restore(fault);
		}, 120_000);

		it.each(exampleNames)(
			'%s',
			inWorldOf((name: ExampleName) => {
				if (!runsHere(name)) return;
				const { reads, asks } = seen.get(name) ?? { reads: 'nothing', asks: 0 };
				const works = fault === 'everything fine' || UNTOUCHED[fault]?.includes(name);
				// What is read, against what LiveCall has done.
				expect({ asks, reads }).toEqual({
					asks: works ? 1 : 0,
					reads: expect.stringMatching((works ? DONE : SORRY)[name]),
				});
			}),
		);
	},
);

function runsHere(name: ExampleName): boolean {
	return majorVersion(world.n8n.version) > 1 || !NEEDS_N8N_2.includes(name);
}

/** A check with n8n's log behind it where it fails. */
function inWorldOf(check: (name: ExampleName) => void): (name: ExampleName) => Promise<void> {
	return async (name) =>
		await inWorld(
			() => world,
			async () => check(name),
		)();
}
