import './quiet';

import fc from 'fast-check';
import { sharedWorld } from '../support/world';
import { anyCrashedList, finish, type CrashedList } from './crashedList';

const world = sharedWorld();

const all = <T>(map: Map<T, unknown>) => [...map.keys()].sort();

async function hold(list: CrashedList): Promise<void> {
	world.reset();
	const { account, rung, redialed, redialAccount } = await finish(list, world);
	const inTheList = all(account);
	const told = (how: string) => inTheList.filter((phone) => account.get(phone)?.[0] === how);
	const unknown = told('unknown');
	const once = [...account.values()].map(() => 1);

	// Each is accounted for once, and as LiveCall knows it: placed, or one of those that were in flight.
	expect(inTheList.length).toBeGreaterThan(20);
	expect([...account.values()].map(({ length }) => length)).toEqual(once);
	expect(told('other')).toEqual([]);
	expect(unknown.length).toBeLessThanOrEqual(list.deaths.length * list.concurrency);
	expect(told('placed').filter((phone) => rung.get(phone) !== 1)).toEqual([]);
	const oftener = (list.operation === 'call.create' ? [...rung.values()] : []).filter((n) => n > 1);
	expect(oftener).toEqual([]);
	expect(inTheList.filter((phone) => !rung.has(phone) && !unknown.includes(phone))).toEqual([]);

	// On a person's word the unknown are asked for, and nobody else.
	expect([...redialed].sort()).toEqual(unknown);
	expect([...redialAccount.values()].flat()).toEqual(once.map(() => 'placed'));
	expect(all(redialAccount)).toEqual(inTheList);
}

it('a Retry finishes a list in the middle of which n8n has died, and tells of each customer what is so', async () => {
	await fc.assert(fc.asyncProperty(anyCrashedList, hold), { numRuns: 15 });
}, 300_000);
