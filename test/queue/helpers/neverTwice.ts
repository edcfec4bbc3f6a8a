import { setTimeout as pause } from 'node:timers/promises';

import { at } from '../../../dev/json';
import { poll } from '../../../dev/launcher/poll';
import { CREDENTIAL_TYPE } from '../../../dev/launcher/seed';
import { brokenIn } from '../../deduplication/history';
import {
	CLUSTER_TIMEOUT_MS,
	inCluster,
	startCluster,
	WORKER_CONCURRENCY,
	type Cluster,
} from './cluster';
import { keep, operationsOf, ringsOf, type Asked } from './histories';
import { rate, report } from './report';
import { activateList, forEach, post, waitForWebhook, type ActiveWorkflow } from './workflows';

/** How much comes, and how often a worker ends amid it. */
export interface Size {
	/** Pairs of requests for one lead, over all gaps. */
	pairs: number;
	/** Triples, over all gaps. */
	triples: number;
	/** Leads that come one by one, and then once more. */
	leads: number;
	/** How many leads each of two lists has; half of them are the other's, too. */
	list: number;
	/** In how many of the gaps a worker is killed. */
	deaths: number;
	/** How often a worker stands still with the lock in hand. */
	stops: number;
}

/** How long after the first of some requests for one lead each next one comes, in ms. */
const GAPS = [0, 5, 20, 50, 100, 300];

/** How many pairs are under way at once. */
const AT_A_TIME = 6;

/** How long n8n may take for all of them on a busy machine, in ms. */
const PATIENCE_MS = 900_000;

/** How long a worker stands still with the lock in hand, in ms: longer than a holder may keep it. */
const STANDSTILL_MS = 20_000;

/** For how long the key of one lead counts, in hours; and how often that lead comes, in ms. */
const WINDOW_HOURS = 0.01;
const REPEATED = '+493099999999';
const REPEATED_EVERY_MS = 2_000;

/** The window counts from the claim, and a call may come that much later on a busy machine, in ms. */
const LATE_MS = 5_000;

/**
 * The tests of leads that come more than once, in queue mode, with workers that are killed and stopped meanwhile. What all
 * executions and LiveCall have written down is judged at the end.
 */
export function neverTwice(size: Size): void {
	let cluster: Cluster;
	let workflow: ActiveWorkflow;
	let inAWhile: ActiveWorkflow;
	let lead = 0;
	const asked: Asked[] = [];
	const askedAgain: Asked[] = [];
	let deaths = 0;
	let isOver = false;
	let repeating: Promise<void>;

	jest.setTimeout(2 * PATIENCE_MS);

	beforeAll(async () => {
		cluster = await startCluster();
		const { client, sandbox, webhooks } = cluster;
		const credential = await client.createCredential({
			name: 'LiveCall',
			type: CREDENTIAL_TYPE,
			data: { apiKey: sandbox.apiKey, baseUrl: sandbox.apiUrl },
		});
		const activateWith = async (path: string, options: Record<string, number | string>) => {
			const active = await activateList(client, credential, path, {
				resource: 'call',
				operation: 'create',
				filterId: { __rl: true, mode: 'id', value: '1' },
				phoneNumber: '={{ $json.phone }}',
				additionalFields: {},
				options: { deduplicationKey: '={{ $json.phone }}', ...options },
			});
			await waitForWebhook(webhooks[0].url, active.path);
			return active;
		};
		workflow = await activateWith('call-leads-once', {});
		inAWhile = await activateWith('call-leads-once-a-while', { deduplicateWithin: WINDOW_HOURS });
		repeating = repeat();
	}, CLUSTER_TIMEOUT_MS);

	afterAll(async () => {
		isOver = true;
		await repeating;
		await cluster?.stop();
	}, CLUSTER_TIMEOUT_MS);

	const scenario = (test: (cluster: Cluster) => Promise<void>) => inCluster(() => cluster, test);

	/** The phone numbers of leads that nobody has asked for yet. */
	function newLeads(count: number): string[] {
		return Array.from({ length: count }, () => `+4930${String(++lead).padStart(8, '0')}`);
	}

	async function send({ path }: ActiveWorkflow, to: Asked[], phones: string[]): Promise<void> {
		to.push({ phones, at: Date.now() });
		const leads = phones.map((phone) => ({ phone }));
		const answer = await post(`${cluster.webhooks[0].url}/webhook/${path}`, { leads });
		expect(answer.status).toBe(200);
	}

	async function ask(...phones: string[]): Promise<void> {
		await send(workflow, asked, phones);
	}

	/** Asks for one lead again and again, whose key counts for a while. */
	async function repeat(): Promise<void> {
		while (!isOver) {
			await send(inAWhile, askedAgain, [REPEATED]);
			await pause(REPEATED_EVERY_MS);
		}
	}

	/** Waits until all have come to an end, but for what n8n does not know yet that nobody works on. */
	async function caughtUp(): Promise<void> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId: workflow.id }));
		const open = deaths * WORKER_CONCURRENCY;
		await poll(
			async () => {
				const page = await cluster.client.request(
					'GET',
					`/rest/executions?filter=${filter}&limit=1`,
				);
				return Number(at(page, 'count')) >= asked.length - open ? true : undefined;
			},
			{ what: `The end of ${asked.length} executions`, timeoutMs: PATIENCE_MS, everyMs: 500 },
		);
	}

	/** Kills a worker that has something in hand, and starts another one. */
	async function replaceWorker(): Promise<void> {
		const { sandbox, workers, addWorker } = cluster;
		const before = sandbox.calls.placed().length;
		await poll(async () => (sandbox.calls.placed().length > before + 5 ? true : undefined), {
			what: 'Calls that a worker has placed',
			timeoutMs: PATIENCE_MS,
			everyMs: 5,
		});
		deaths++;
		await workers.shift()?.kill();
		await addWorker();
	}

	/** How often each of some leads was rung; those that were rung once are left out. */
	function notRungOnce(leads: string[]): Array<[string, number]> {
		const times = new Map(leads.map((phone) => [phone, 0]));
		for (const { key } of ringsOf(cluster.sandbox)) {
			const before = times.get(key);
			if (before !== undefined) times.set(key, before + 1);
		}
		return [...times].filter(([, count]) => count !== 1);
	}

	/** Waits until each of some leads was rung once, and n8n's lock is free. */
	async function untilRungOnce(leads: string[]): Promise<void> {
		const isDone = async () => notRungOnce(leads).length === 0 && !(await isLocked());
		await poll(async () => (await isDone()) || undefined, {
			what: `One call each to ${leads.join(', ')}, and no lock`,
			timeoutMs: 120_000,
		});
	}

	/** While the node's row is locked in the database, a claim stands still with n8n's lock in hand. */
	function lockRow(seconds: number): Promise<string> {
		return cluster.postgres.query(
			`BEGIN; SELECT 1 FROM processed_data WHERE "workflowId" = '${workflow.id}' FOR UPDATE; SELECT pg_sleep(${seconds}); COMMIT`,
		);
	}

	async function isLocked(): Promise<boolean> {
		const found = await cluster.postgres.query(
			`SELECT count(*) FROM processed_data WHERE "workflowId" = '${workflow.id}' AND context = ''`,
		);
		return found.includes('1');
	}

	/** Waits until a claim has the lock and is about to write; gives its worker. */
	async function holderOfTheLock(): Promise<Cluster['workers'][number]> {
		const { postgres, workers } = cluster;
		const name = await poll(
			async () =>
				(
					await postgres.query(
						"SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%processed_data%'",
					)
				).trim() || undefined,
			{ what: 'A claim that has the lock', timeoutMs: 60_000, everyMs: 50 },
		);
		expect(await isLocked()).toBe(true);
		const holder = workers.find((worker) => worker.name === name);
		if (!holder) throw new Error(`No worker is called "${name}"`);
		return holder;
	}

	/** Has a worker come to a halt with the lock in hand: its lead is not called, and three others once each. */
	async function halt(
		stop: (holder: Cluster['workers'][number]) => Promise<unknown>,
	): Promise<void> {
		const [first = '', ...others] = newLeads(4);
		// The first claim makes the node's row, which can be locked then.
		await ask(first);
		await untilRungOnce([first]);
		let unfortunate = '';
		let stopped: Promise<unknown> = Promise.resolve();
		// On a busy machine a holder may have let go before it is stopped: then its lead is called, and it is tried anew.
		for (let tries = 1; unfortunate === ''; tries++) {
			const [next = ''] = newLeads(1);
			const unlocked = lockRow(12);
			await ask(next);
			stopped = stop(await holderOfTheLock());
			await unlocked;
			if (await isLocked()) unfortunate = next;
			else {
				expect(tries).toBeLessThan(4);
				await stopped;
				await untilRungOnce([next]);
			}
		}
		const startedAt = Date.now();
		await forEach([...others, ...others, ...others], 9, async (phone) => await ask(phone));
		await untilRungOnce(others);
		report(`Each lead was rung ${((Date.now() - startedAt) / 1000).toFixed(0)} s later`);
		await stopped;
		await caughtUp();
		expect(notRungOnce([unfortunate])).toEqual([[unfortunate, 0]]);
	}

	it.each(Array.from({ length: size.stops }, (_, time) => time))(
		'a worker stands still with the lock in hand, and then goes on',
		async () =>
			await scenario(async () => {
				await halt(async (holder) => {
					holder.pause();
					await pause(STANDSTILL_MS);
					holder.resume();
				});
			})(),
	);

	it(
		'a worker dies with the lock in hand',
		scenario(async () => {
			deaths++;
			await halt(async (holder) => await holder.kill());
		}),
	);

	describe.each([
		['two', 2, size.pairs],
		['three', 3, size.triples],
	])('%s requests for one lead', (_, times, count) => {
		it.each(GAPS.map((gap, place) => ({ gap, dies: times === 2 && place < size.deaths })))(
			'$gap ms apart, a worker dies: $dies',
			async ({ gap, dies }) =>
				await scenario(async () => {
					const leads = newLeads(Math.ceil(count / GAPS.length));
					const startedAt = Date.now();
					const asking = forEach(leads, AT_A_TIME, async (phone) => {
						await Promise.all(
							Array.from({ length: times }, async (__, place) => {
								await pause(place * gap);
								await ask(phone);
							}),
						);
					});
					await Promise.all([asking, dies ? replaceWorker() : undefined]);
					await caughtUp();
					report(rate(leads.length, `leads, ${times} times, ${gap} ms apart`, startedAt));
				})(),
		);
	});

	it(
		'leads come again later',
		scenario(async () => {
			const leads = newLeads(size.leads);
			for (let time = 0; time < 2; time++) {
				await forEach(leads, 10, async (phone) => await ask(phone));
				await caughtUp();
			}
		}),
	);

	it(
		'two lists share leads',
		scenario(async () => {
			const leads = newLeads(1.5 * size.list);
			await Promise.all([ask(...leads.slice(0, size.list)), ask(...leads.slice(-size.list))]);
			await caughtUp();
		}),
	);

	it(
		'the history of each lead keeps what is promised',
		scenario(async ({ client, sandbox, version }) => {
			isOver = true;
			await repeating;
			const ofOnce = await operationsOf(client, workflow, asked, PATIENCE_MS);
			const ofAgain = await operationsOf(client, inAWhile, askedAgain, PATIENCE_MS);
			// Only when all executions have ended, LiveCall has seen all of their calls.
			const rings = ringsOf(sandbox);
			const isRepeated = ({ key }: { key: string }) => key === REPEATED;
			const once = {
				operations: ofOnce,
				rings: rings.filter((ring) => !isRepeated(ring)),
			};
			const again = {
				operations: ofAgain,
				rings: rings.filter(isRepeated),
				windowMs: WINDOW_HOURS * 3_600_000,
				lateMs: LATE_MS,
			};
			const told = once.operations.map((operation) => operation.told);
			const count = (as: string) => told.filter((each) => each === as).length;
			report(
				`${lead} leads, asked for ${told.length} times: ${count('placed')} placed, ${count('duplicate')} duplicates, ${count('unknown')} unknown, ${count('refused')} refused; ${once.rings.length} calls. ${deaths} workers killed, ${size.stops} stopped. One lead with a window, asked for ${askedAgain.length} times: ${again.rings.length} calls`,
			);
			for (const [name, history] of Object.entries({ once, again })) {
				const broken = brokenIn(history);
				if (broken.length > 0) {
					report(`Kept: ${await keep(`n8n-${version}-${name}`, history, broken)}`);
				}
				expect(broken).toEqual([]);
			}
			expect(count('refused')).toBe(0);
			// Only what a worker had in hand when it was killed or stopped.
			expect(count('unknown')).toBeLessThanOrEqual(deaths * WORKER_CONCURRENCY + size.stops);
		}),
	);
}
