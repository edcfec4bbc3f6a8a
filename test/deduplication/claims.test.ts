import fc from 'fast-check';
import { keptEntries, type Claim } from '../../nodes/LiveCall/deduplication/claim';
import { Claims, type Claimed } from '../../nodes/LiveCall/deduplication/claims';
import { keyEntries } from '../../nodes/LiveCall/deduplication/keys';
import { sentEntry } from '../../nodes/LiveCall/deduplication/record';
import { BUSY, InMemoryProcessedData } from '../support/processedData';
import { anyName, Cluster } from './cluster';
import { meetInEveryOrder, type Process } from './interleavings';
import { storeOf } from './processes';

const NOW = 1.9e12;
const PERIOD_MS = 5_000;

const of = (request: string): Claim => ({ request, keys: [] });
const keyOf = (text: string, withinMs: number, now: number): Claim => ({
	keys: keyEntries({ text, withinMs }, '4930', now),
});

/** The claims of a process of its own. */
function claimsOf({ data, clock }: Process, now = NOW): Claims {
	return new Claims(storeOf(data), anyName(), undefined, () => clock(now));
}

describe('two processes, in every order of their steps:', () => {
	it.each([
		['in a new row', [], NOW],
		['in a row that is there', ['B'], NOW],
		['when the lock of the one looks older to the other', ['B'], NOW + PERIOD_MS],
	])(
		'one of them gets the same key, %s',
		async (_, before, later) => {
			let claimed: string[] = [];
			const orders = await meetInEveryOrder(
				() => {
					claimed = [];
					return [NOW, later].map((now) => async (process) => {
						claimed.push((await claimsOf(process, now).claim(of('A'))).as);
					});
				},
				(data) => {
					expect(claimed.sort()).toEqual(['onRecord', 'won']);
					expect(data.keys()).toEqual([...before, 'A']);
				},
				before,
			);
			expect(orders).toBeGreaterThan(500);
		},
		60_000,
	);

	it('both get different keys, and none is lost', async () => {
		let claimed: string[] = [];
		await meetInEveryOrder(
			() => {
				claimed = [];
				return ['A', 'B'].map((key) => async (process) => {
					claimed.push((await claimsOf(process).claim(of(key))).as);
				});
			},
			(data) => {
				expect(claimed).toEqual(['won', 'won']);
				expect(data.keys().sort()).toEqual(['A', 'B']);
			},
		);
	}, 60_000);

	it('a key that one gives back is free or taken for the other, and never lost', async () => {
		let claimed = '';
		const seen = new Set<string>();
		await meetInEveryOrder(
			() => [
				async (process) => void (await claimsOf(process).giveBack(of('A'))),
				async (process) => void (claimed = (await claimsOf(process).claim(of('A'))).as),
			],
			(data) => {
				seen.add(claimed);
				expect(data.keys()).toEqual(claimed === 'won' ? ['A'] : []);
			},
			['A'],
		);
		expect([...seen].sort()).toEqual(['onRecord', 'won']);
	}, 60_000);
});

it('no key is won twice or lost among several processes, whoever goes first', async () => {
	const keys = fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: 1, maxLength: 3 });
	await fc.assert(
		fc.asyncProperty(
			fc.scheduler(),
			fc.array(keys, { minLength: 2, maxLength: 4 }),
			async (scheduler, lists) => {
				const turn = async () => await scheduler.schedule(Promise.resolve());
				const data = new InMemoryProcessedData(turn);
				const clock = () => ({
					now: () => NOW,
					wait: async () => {
						await turn();
						return true;
					},
					random: () => 0.5,
				});
				const won: string[] = [];
				const works = lists.map(async (list, place) => {
					const claims = claimsOf({ data, clock }, NOW + place);
					for (const key of list) {
						if ((await claims.claim(of(key))).as === 'won') won.push(key);
					}
				});
				await scheduler.waitFor(Promise.all(works));
				expect(won.sort()).toEqual([...new Set(lists.flat())].sort());
				expect(data.keys().sort()).toEqual(won);
			},
		),
		{ numRuns: 200 },
	);
}, 60_000);

describe('a store that fails', () => {
	const error = BUSY;
	/** A claim with the lock takes eight operations; some of the later numbers are those of what follows. */
	const failures = Array.from({ length: 11 }, (_, at) =>
		(['before', 'after'] as const).flatMap((when) =>
			(['once', 'for ever'] as const).map((lasting) => ({ at, when, lasting })),
		),
	).flat();

	/** Has a process do something while the store fails, and then, when it works again, another one claims the key. */
	async function whileFailing<T>(
		{ at, when, lasting }: (typeof failures)[number],
		before: string[],
		work: (claims: Claims) => Promise<T>,
	) {
		const cluster = new Cluster(at + 1);
		const { data } = cluster;
		return await cluster.live(async () => {
			await cluster.record(['Z', ...before]);
			data.failAt((n) => ((lasting === 'once' ? n === at : n >= at) ? { when, error } : undefined));
			const result = await work(cluster.process());
			const keys = data.keys();
			const staysLocked = data.isLocked;
			data.failAt(() => undefined);
			const later = await cluster.process().claim(of('A'));
			return { result, keys, later, staysLocked, isLocked: data.isLocked };
		});
	}

	it.each(failures)(
		'never takes an entry to be there that is not, nor one that is to be missing: operation $at, $when writing, $lasting',
		async (failure) => {
			const look = async (claims: Claims) => await claims.has('A').catch(() => undefined);
			const missing = await whileFailing(failure, [], look);
			expect(missing.result).not.toBe(true);
			expect(missing.keys).not.toContain('A');
			expect((await whileFailing(failure, ['A'], look)).result).not.toBe(false);
		},
	);

	it.each(failures)(
		'leaves no doubt about a claim: operation $at, $when writing, $lasting',
		async (failure) => {
			const { result, keys, later, staysLocked, isLocked } = await whileFailing(
				failure,
				[],
				async (claims) => await claims.claim(of('A')),
			);
			if (result.as === 'won') expect(keys).toContain('A');
			else {
				expect(result).toMatchObject({ as: 'unusable', reason: error.message });
				const mayBeRecorded = result.as === 'unusable' && result.mayBeRecorded;
				if (!mayBeRecorded) expect(keys).not.toContain('A');
			}
			if (failure.lasting === 'once') expect([result.as, staysLocked]).toEqual(['won', false]);
			expect(later.as).toBe(keys.includes('A') ? 'onRecord' : 'won');
			expect(isLocked).toBe(false);
		},
	);

	it.each(failures)(
		'wins no key that is taken: operation $at, $when writing, $lasting',
		async (failure) => {
			const { result, later } = await whileFailing(
				failure,
				['A'],
				async (claims) => await claims.claim(of('A')),
			);
			expect(result.as).toBe(failure.lasting === 'once' ? 'onRecord' : result.as);
			expect(result.as).not.toBe('won');
			expect(later.as).toBe('onRecord');
		},
	);

	it.each(failures)(
		'gives back, or says that it could not: operation $at, $when writing, $lasting',
		async (failure) => {
			const { result, later } = await whileFailing(
				failure,
				['A'],
				async (claims) => await claims.giveBack(of('A')),
			);
			if (failure.lasting === 'once') expect(result).toBe(true);
			if (result) expect(later.as).toBe('won');
		},
	);

	it('says of several keys, some of them new, that they may be recorded', async () => {
		// The first claim takes five operations for itself, and the others go together.
		const failure = { at: 8, when: 'after', lasting: 'once' } as const;
		const { result } = await whileFailing(
			failure,
			['B'],
			async (claims) =>
				await Promise.all(['C', 'A', 'B'].map(async (key) => await claims.claim(of(key)))),
		);
		const undecided = { as: 'unusable', reason: error.message, mayBeRecorded: true };
		expect(result).toEqual([{ as: 'won' }, undecided, undecided]);
	});
});

describe('a database that is slow', () => {
	/** Has one process claim a key while each step of the database takes some ms, from the third operation on. */
	async function whileSlow(ms: number) {
		const cluster = new Cluster(1, ({ data }) => (data.operationsSeen > 2 ? ms : 1));
		const claimed = await cluster.live(async () => await cluster.process().claim(of('A')));
		return { claimed, keys: cluster.data.keys() };
	}

	it('wins nothing that was written when another process may have had the lock', async () => {
		const { claimed, keys } = await whileSlow(6_000);
		expect(claimed).toEqual({
			as: 'unusable',
			reason: 'its database was too slow',
			mayBeRecorded: true,
		});
		expect(keys).toContain('A');
	});

	it('wins what was written in time', async () => {
		expect((await whileSlow(4_000)).claimed).toEqual({ as: 'won' });
	});
});

describe('claims of one run', () => {
	it('that wait at the same time are settled together, and the same one is won once', async () => {
		const cluster = new Cluster();
		const claims = cluster.process();
		const keys = Array.from({ length: 60 }, (_, n) => `lead ${n % 50}`);
		cluster.data.failAt(() => undefined);
		const claimed = await cluster.live(
			async () => await Promise.all(keys.map(async (key) => await claims.claim(of(key)))),
		);
		expect(claimed.filter(({ as }) => as === 'won')).toHaveLength(50);
		expect(claimed.slice(50).every(({ as }) => as === 'onRecord')).toBe(true);
		expect(cluster.data.keys()).toHaveLength(50);
		// The first one goes alone, and all others together; one by one it would be hundreds of operations.
		expect(cluster.data.operationsSeen).toBeLessThan(20);
	});

	it('have what is recorded besides stay, whatever is said of them', async () => {
		const cluster = new Cluster();
		const claims = cluster.process();
		const claimed = await cluster.live(async () => [
			(await claims.claim(of('A'), ['x'])).as,
			(await claims.claim(of('A'), ['y'])).as,
		]);
		expect(claimed).toEqual(['won', 'onRecord']);
		expect(cluster.data.keys()).toEqual(['A', 'x', 'y']);
	});

	it('end their wait for the lock when the execution is canceled', async () => {
		const cluster = new Cluster();
		const canceled = new AbortController();
		const [claimed, keys] = await cluster.live(async () => {
			await cluster.lockForGood();
			const claims = cluster.process(canceled.signal);
			const claiming = Promise.all(['A', 'B'].map(async (key) => (await claims.claim(of(key))).as));
			await cluster.time.sleep(500);
			canceled.abort();
			return [await claiming, cluster.data.keys()];
		});
		expect(claimed).toEqual(['canceled', 'canceled']);
		expect(keys).not.toContain('A');
		expect(cluster.time.now).toBeLessThan(700);
	});

	it('are given back by a canceled execution, too, also if another process has the lock', async () => {
		const cluster = new Cluster();
		const canceled = new AbortController();
		const freed = await cluster.live(async () => {
			const claims = cluster.process(canceled.signal);
			await claims.claim(of('A'));
			await cluster.lockForGood();
			canceled.abort();
			const givingBack = claims.giveBack(of('A'));
			await cluster.time.sleep(500);
			await cluster.clear();
			return await givingBack;
		});
		expect([freed, cluster.data.keys()]).toEqual([true, []]);
	});

	it('end their wait for another execution of the same process, too', async () => {
		const cluster = new Cluster();
		const canceled = new AbortController();
		const endedAt = await cluster.live(async () => {
			await cluster.lockForGood();
			const name = anyName();
			const first = cluster.process(undefined, name).claim(of('A'));
			const second = cluster.process(canceled.signal, name).claim(of('B'));
			await cluster.time.sleep(500);
			canceled.abort();
			expect((await second).as).toBe('canceled');
			const ended = cluster.time.now;
			await first;
			return ended;
		});
		expect(endedAt).toBeLessThan(700);
	});

	it('go on without the lock where another node has its place, and say so', async () => {
		const cluster = new Cluster();
		const claims = cluster.process();
		const claimed = await cluster.live(async () => {
			await cluster.record(['a', 'b'], 'workflow');
			return [(await claims.claim(of('A'))).as, (await claims.claim(of('A'))).as];
		});
		expect(claimed).toEqual(['won', 'onRecord']);
		expect(claims.wereUnlocked).toBe(true);
		expect(cluster.data.keys().sort()).toEqual(['A', 'a', 'b']);
	});
});

describe('what n8n keeps', () => {
	const record = (n: number): Claim => ({
		request: sentEntry('lineage', `49${n}`, 1, 0),
		keys: [],
	});
	const many = (count: number, claim: (n: number) => Claim) =>
		Array.from({ length: count }, (_, n) => claim(n));
	const key = (n: number) => keyOf(`lead ${n}`, 0, NOW);

	/** What is kept of what the row held before and of further claims. */
	async function keptOf(before: Claim[], further: Claim[]): Promise<string[]> {
		const cluster = new Cluster();
		const claims = cluster.process();
		await cluster.live(async () => {
			await cluster.record(before.flatMap(keptEntries));
			await Promise.all(further.map(async (claim) => await claims.claim(claim)));
		});
		return cluster.data.keys();
	}

	it('is the latest 100,000 entries if there are keys, of a forgotten key first the key', async () => {
		const kept = await keptOf(many(50_000, key), many(50_010, key).slice(50_000));
		expect(kept).toHaveLength(100_000);
		expect(kept[0]).toBe('lead 10');
		const odd = await keptOf([...many(1, record), ...many(49_999, key)], many(1, record));
		expect(odd[0]).toBe(record(0).request);
	}, 60_000);

	it('is the latest 40,000 entries of calls without a key', async () => {
		const kept = await keptOf(many(40_000, record), many(40_010, record).slice(40_000));
		expect(kept).toHaveLength(40_000);
		expect(kept[0]).toBe(record(10).request);
	}, 60_000);

	it('grows beyond 40,000 entries by a call with a key, also beside calls without', async () => {
		const [first, ...others] = many(10, key);
		const kept = await keptOf(many(40_000, record), [first, record(40_000), ...others]);
		expect(kept).toHaveLength(40_021);
	}, 60_000);

	it('says nothing of a claim that failed to be written, since as many entries are there with it', async () => {
		const cluster = new Cluster();
		const claimed = await cluster.live(async () => {
			await cluster.record(many(40_000, record).flatMap(keptEntries));
			// The lock takes two operations, and counting the entries one.
			cluster.data.failAt((n) =>
				n === 3 ? { when: 'after', error: new Error('busy') } : undefined,
			);
			return await cluster.process().claim(record(40_000));
		});
		expect(claimed).toEqual({ as: 'unusable', reason: 'busy', mayBeRecorded: true });
	}, 60_000);

	it('is not cut down by calls without a key if there are more keys', async () => {
		const kept = await keptOf(many(24_000, key), many(10, record));
		expect(kept).toHaveLength(48_000);
		expect(kept[0]).toBe('lead 5');
	}, 60_000);
});

describe('a key that counts for a while', () => {
	async function claimAt(times: number[], withinMs: number): Promise<Claimed['as'][]> {
		const cluster = new Cluster();
		const claims = cluster.process();
		return await cluster.live(async () => {
			const claimed: Claimed['as'][] = [];
			for (const time of times) {
				claimed.push((await claims.claim(keyOf('A', withinMs, NOW + time))).as);
			}
			return claimed;
		});
	}

	it('counts for the whole window, and at most a quarter longer, wherever the window begins', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 4, max: 100_000 }),
				fc.integer({ min: 0, max: 1_000_000 }),
				fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 12 }),
				async (withinMs, start, gaps) => {
					let time = start;
					const times = [start, ...gaps.map((gap) => (time += gap))];
					const claimed = await claimAt(times, withinMs);
					let last = -Infinity;
					times.forEach((at, place) => {
						const since = at - last;
						if (since <= withinMs) expect(claimed[place]).toBe('duplicate');
						if (since >= withinMs * 1.25) expect(claimed[place]).toBe('won');
						// What is held back does not count: the window begins with the call that was placed.
						if (claimed[place] === 'won') last = at;
					});
				},
			),
			{ numRuns: 300 },
		);
	}, 60_000);

	it.each([600_000, 3_600_000, 90_000])(
		'is exact at every boundary of a window of %i ms',
		async (withinMs) => {
			for (const start of [0, 1, withinMs / 4 - 1, withinMs / 4, withinMs / 2 + 1]) {
				expect(await claimAt([start, start + 1], withinMs)).toEqual(['won', 'duplicate']);
				expect(await claimAt([start, start + withinMs], withinMs)).toEqual(['won', 'duplicate']);
				expect(await claimAt([start, start + withinMs * 1.25], withinMs)).toEqual(['won', 'won']);
			}
		},
	);

	it('leaves its entries behind, and none where it is held back', async () => {
		const cluster = new Cluster();
		const claims = cluster.process();
		await cluster.live(async () => {
			await claims.claim(keyOf('A', 400, NOW));
			await claims.claim(keyOf('A', 400, NOW + 150));
		});
		expect(cluster.data.keys()).toEqual(keptEntries(keyOf('A', 400, NOW)));
	});

	it('is free again when it is given back', async () => {
		const cluster = new Cluster();
		const claims = cluster.process();
		const claim = keyOf('A', 400, NOW);
		const again = await cluster.live(async () => {
			await claims.claim(claim);
			await claims.giveBack(claim);
			return await claims.claim(keyOf('A', 400, NOW + 100));
		});
		expect(again.as).toBe('won');
	});
});

it.each(['before', 'after'] as const)(
	'a look at the record tells what is there and changes nothing, whatever use of the store fails %s it',
	async (when) => {
		for (let at = 0; at < 12; at++) {
			const cluster = new Cluster();
			const found = await cluster.live(async () => {
				const claims = cluster.process();
				await claims.record(['placed']);
				const look = async (entry: string) => {
					cluster.data.failAt((n) => (n === at ? { when, error: new Error('busy') } : undefined));
					return await claims.has(entry);
				};
				return [await look('unknown'), await look('placed')];
			});
			expect([at, found, cluster.data.keys()]).toEqual([at, [false, true], ['placed']]);
		}
	},
);
