import type { JsonObject } from '../../json';
import { runBatch, type BatchResult } from '../batch';
import { alternate, must, shown, type BenchCase, type Measured, type Row } from '../case';
import {
	httpRequestNode,
	LIST_START,
	liveCallNode,
	storeFlow,
	type Flow,
	type FlowNode,
} from '../flows';
import { median } from '../statistics';
import { userName, userPhone } from '../stub/plan';
import type { World } from '../world';

/** 950 of the 1,000 people are users already, and 50 of those have another name by now. */
const PEOPLE = 1_000;
const KNOWN = 950;
const RENAMED = 50;
const CHANGES = PEOPLE - KNOWN + RENAMED;

/** Ours against theirs: the loop is so much slower that more rounds would tell nothing more. */
const MOST_ROUNDS = 3;

const OURS = 'LiveCall';
const THEIRS = 'loop of HTTP Request';

const LOOP = 'Loop Over Items';

function people(): JsonObject[] {
	return Array.from({ length: PEOPLE }, (_, index) => {
		const id = index + 1;
		return { name: id <= RENAMED ? `Renamed ${id}` : userName(id), phone: userPhone(id) };
	});
}

async function storeOurs({ client, liveCall }: World): Promise<Flow> {
	const node = liveCallNode(
		{
			resource: 'user',
			operation: 'upsert',
			phoneNumber: '={{ $json.phone }}',
			name: '={{ $json.name }}',
			options: {},
		},
		liveCall,
	);
	const links: Array<[string, number, string]> = [[LIST_START.name, 0, node.name]];
	return await storeFlow(client, OURS, LIST_START, [node], links, node.name, 'none');
}

/** What people build by hand: for each person look whether there is a user, then change or add it. */
async function storeLoop({ client, stub, header }: World): Promise<Flow> {
	const users = `${stub.apiUrl}/users`;
	const body = { sendBody: true, specifyBody: 'json' };
	const nodes: FlowNode[] = [
		{
			name: LOOP,
			type: 'n8n-nodes-base.splitInBatches',
			version: 3,
			parameters: { options: {} },
		},
		httpRequestNode({ url: users }, header, 'List'),
		{
			name: 'Pick',
			type: 'n8n-nodes-base.set',
			version: 3.4,
			parameters: {
				mode: 'raw',
				jsonOutput: `={{ ({ wanted: $('${LOOP}').item.json, user: $json.users.find((user) => user.phone_number === $('${LOOP}').item.json.phone) ?? null }) }}`,
				options: {},
			},
		},
		{
			name: 'Which',
			type: 'n8n-nodes-base.switch',
			version: 3.2,
			parameters: {
				mode: 'expression',
				numberOutputs: 3,
				output: '={{ $json.user === null ? 2 : $json.user.name === $json.wanted.name ? 0 : 1 }}',
			},
		},
		httpRequestNode(
			{
				method: 'PATCH',
				url: `=${users}/{{ $json.user.id }}`,
				...body,
				jsonBody: '={{ ({ user: { name: $json.wanted.name } }) }}',
			},
			header,
			'Change',
		),
		httpRequestNode(
			{
				method: 'POST',
				url: users,
				...body,
				jsonBody:
					'={{ ({ user: { name: $json.wanted.name, phone_number: $json.wanted.phone } }) }}',
			},
			header,
			'Add',
		),
	];
	return await storeFlow(
		client,
		THEIRS,
		LIST_START,
		nodes,
		[
			[LIST_START.name, 0, LOOP],
			[LOOP, 1, 'List'],
			['List', 0, 'Pick'],
			['Pick', 0, 'Which'],
			['Which', 0, LOOP],
			['Which', 1, 'Change'],
			['Which', 2, 'Add'],
			['Change', 0, LOOP],
			['Add', 0, LOOP],
		],
		LOOP,
		'none',
	);
}

/** Upserts of mostly known users. */
export const upserts: BenchCase = {
	name: 'upserts',
	run: async (context): Promise<Row> => {
		const { world } = context;
		const work = '1,000 `user: upsert`, 950 of them known, 50 of these renamed';
		const flows = { ours: await storeOurs(world), theirs: await storeLoop(world) };
		const run = async (flow: Flow): Promise<BatchResult> => {
			const result = await runBatch(world, flow, people(), { users: KNOWN }, { unsaved: true });
			if (result.counts.writes === CHANGES) return result;
			throw new Error(`${result.counts.writes} of ${CHANGES} users were written.`);
		};
		const rounds = Math.min(context.rounds, MOST_ROUNDS);
		const results = await alternate({ ...context, rounds }, work, {
			[OURS]: async () => await run(flows.ours),
			[THEIRS]: async () => await run(flows.theirs),
		});
		const [ours, theirs] = [results[OURS], results[THEIRS]];
		const time = (of: BatchResult[]) => median(of.map(({ wholeMs }) => wholeMs));
		const most = (of: BatchResult[]) => Math.max(...of.map(({ counts }) => counts.socketsAtOnce));
		const rss = (of: BatchResult[]) => median(of.map(({ rssOverIdle }) => rssOverIdle));
		const requests = (of: BatchResult[]) =>
			median(of.map(({ counts }) => counts.lists + counts.writes));
		const lists = Math.max(...ours.map(({ counts }) => counts.lists));
		return {
			work,
			beside: 'a loop of HTTP Request: list, compare, write',
			target: 'one list request plus one write per change',
			ours: `${requests(ours)} requests, ${shown(time(ours) / 1000)} s`,
			theirs: `${requests(theirs)} requests, ${shown(time(theirs) / 1000)} s`,
			ratio: `${shown(time(ours) / time(theirs))} ×`,
			sockets: `${most(ours)} / ${most(theirs)}`,
			rss: `${shown(rss(ours))} / ${shown(rss(theirs))} MiB`,
			checks: [
				must(
					`${lists} list and ${CHANGES} writes`,
					`1 list and ${CHANGES} writes`,
					lists === 1 && requests(ours) === 1 + CHANGES,
				),
			],
			rounds: [...measured(OURS, ours), ...measured(THEIRS, theirs)],
			notes: [
				`Measured in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${MOST_ROUNDS} at most.`,
				'The times are those of the whole workflow: n8n keeps no data of these executions, since those of the loop hold a list of users for each person.',
			],
		};
	},
};

function measured(who: string, results: BatchResult[]): Measured[] {
	return [
		{ who, what: 's', values: results.map(({ wholeMs }) => wholeMs / 1000), digits: 2 },
		{ who, what: 's of CPU', values: results.map(({ cpuMs }) => cpuMs / 1000), digits: 2 },
		{
			who,
			what: 'requests',
			values: results.map(({ counts }) => counts.lists + counts.writes),
			digits: 0,
		},
		{ who, what: 'MiB over idle', values: results.map((one) => one.rssOverIdle), digits: 0 },
	];
}
