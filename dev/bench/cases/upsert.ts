import type { BenchCase } from '../case';
import { httpRequestNode, liveCallNode, LOOP, publishBatch, type Flow } from '../flows';
import { runBatch } from '../measure';
import { beginAnew, type World } from '../world';

const OURS = 'LiveCall';
const THEIRS = 'a loop of HTTP Request';

/** Publishes what a person would build: for each person, look in the list of users, then change or add. */
async function publishByHand(world: World): Promise<Flow> {
	const url = `${world.sandbox.apiUrl}/users`;
	const person = `$('${LOOP.name}').item.json`;
	const user = `$json.users.find((user) => user.phone_number === ${person}.phone_number)`;
	const write = {
		method: `={{ ${user} ? 'PATCH' : 'POST' }}`,
		url: `=${url}{{ ${user} ? '/' + ${user}.id : '' }}`,
		sendBody: true,
		jsonBody: `={{ ({ user: ${person} }) }}`,
	};
	const nodes = [httpRequestNode(world, 'List', { url }), httpRequestNode(world, 'Write', write)];
	return await publishBatch(world, [LOOP, ...nodes]);
}

/** People from another system: 95 of 100 are users already, 5 of those have another name by now. */
export const upserts: BenchCase = {
	name: 'upsert',
	work: '1,000 `user: upsert`, 950 known, 50 of these renamed',
	amount: 1000,
	warmUp: 20,
	contenders: async (world) => {
		const { users, requests } = world.sandbox;
		const fields = { phoneNumber: '={{ $json.phone_number }}', name: '={{ $json.name }}' };
		const ours = liveCallNode(world, { resource: 'user', operation: 'upsert', ...fields });
		const run = (flow: Flow) => async (count: number) => {
			beginAnew(world);
			const people = Array.from({ length: count }, (_, index) => {
				const phone_number = `+49301${String(index).padStart(6, '0')}`;
				if (index < count * 0.95) users.add({ name: `User ${index}`, phone_number });
				return { name: `${index < count * 0.05 ? 'New' : 'User'} ${index}`, phone_number };
			});
			const figures = await runBatch(world, flow, people);
			const named = new Set(users.all().map(({ name }) => name));
			if (!people.every(({ name }) => named.has(name))) throw new Error('Not all are in step.');
			const lists = requests.filter(({ method }) => method === 'GET').length;
			return { ...figures, lists, writes: requests.length - lists };
		};
		return {
			[OURS]: run(await publishBatch(world, [ours])),
			[THEIRS]: run(await publishByHand(world)),
		};
	},
	lines: [
		['time, s', 'time', OURS, THEIRS, '–'],
		['requests for the list', 'lists', OURS, THEIRS, '≤ 1'],
		['requests that write', 'writes', OURS, THEIRS, '≤ 100'],
	],
	plain: '1,000 people are brought in step in {ours} s; a loop of HTTP Request takes {theirs} s.',
};
