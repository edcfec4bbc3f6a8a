import fc from 'fast-check';
import { brokenIn, type Broken } from './checks';
import { inLanes, type Lane } from './lane';
import { runScenario, type Story } from './scenario';
import { anySchedule, printed, type Schedule } from './schedule';

/** What came of many scenarios. */
export interface Tally {
	schedules: number;
	executions: number;
	requests: number;
	/** How often LiveCall acted. */
	acted: number;
	doubleRings: number;
	unaccounted: number;
	/** The first scenario that broke a promise. */
	failure?: { schedule: Schedule; broken: Broken[]; number: number };
}

export function emptyTally(): Tally {
	return { schedules: 0, executions: 0, requests: 0, acted: 0, doubleRings: 0, unaccounted: 0 };
}

/** Adds a scenario to a tally. */
export function count(tally: Tally, story: Story): void {
	const broken = brokenIn(story);
	const { schedule, executions, requests } = story;
	tally.executions += executions.length;
	tally.requests += requests;
	for (const { deeds } of executions)
		tally.acted += deeds.reduce((sum, { acted }) => sum + acted, 0);
	tally.doubleRings += broken.filter(({ promise }) => promise === 'double ring').length;
	tally.unaccounted += broken.filter(({ promise }) => promise === 'unaccounted').length;
	if (broken.length > 0) tally.failure ??= { schedule, broken, number: tally.schedules };
	tally.schedules++;
}

/**
 * Runs random schedules, until one breaks a promise.
 * @param seed the same seed gives the same schedules
 */
export async function runRandom(
	schedules: number,
	seed: number,
	lanes: Lane[],
	progress: (tally: Tally) => void = () => undefined,
): Promise<Tally> {
	const tally = emptyTally();
	const jobs = function* () {
		for (const schedule of fc.sample(anySchedule, { numRuns: schedules, seed })) {
			if (tally.failure) return;
			yield async (lane: Lane) => {
				count(tally, await runScenario(schedule, lane));
				if (tally.schedules % 500 === 0) progress(tally);
			};
		}
	};
	await inLanes(lanes, jobs());
	return tally;
}

/**
 * Finds a smaller schedule that breaks a promise too.
 * @returns the smallest that was found within half a minute
 */
export async function shrink(
	schedule: Schedule,
	lane: Lane,
): Promise<{ schedule: Schedule; broken: Broken[] }> {
	let smallest = { schedule, broken: brokenIn(await runScenario(schedule, lane)) };
	const until = Date.now() + 30_000;
	for (let smaller = true; smaller && Date.now() < until; ) {
		smaller = false;
		for (const candidate of simpler(smallest.schedule)) {
			const broken = brokenIn(await runScenario(candidate, lane));
			if (broken.length === 0) continue;
			smallest = { schedule: candidate, broken };
			smaller = true;
			break;
		}
	}
	return smallest;
}

/** Schedules that are simpler than this one by one step, the boldest steps first. */
function* simpler(schedule: Schedule): Generator<Schedule> {
	const { faults, listFaults, retries, tries, concurrency, keys } = schedule;
	for (let size = faults.length - 1; size >= 1; size = Math.floor(size / 2)) {
		for (let from = 0; from + size <= faults.length; from += size) {
			yield { ...schedule, faults: faults.filter((_, at) => at < from || at >= from + size) };
		}
	}
	if (schedule.runAgain) yield { ...schedule, runAgain: false };
	if (keys !== 'none') yield { ...schedule, keys: 'none', runAgain: false };
	if (retries.length > 0) yield { ...schedule, retries: retries.slice(0, -1) };
	if (schedule.maxRetries > 0) yield { ...schedule, maxRetries: 0 };
	if (tries > 1) yield { ...schedule, tries: tries - 1 };
	if (concurrency > 1) yield { ...schedule, concurrency: concurrency - 1 };
	if (listFaults.length > 0) yield { ...schedule, listFaults: listFaults.slice(0, -1) };
	for (const [at, list] of faults.entries()) {
		const put = (changed: typeof list) => ({ ...schedule, faults: swapped(faults, at, changed) });
		if (list.length > 0) yield put(list.slice(0, -1));
		for (const [n, name] of list.entries()) {
			if (name !== 'fine') yield put(swapped(list, n, 'fine'));
		}
	}
	for (const [at, retry] of retries.entries()) {
		const put = (changed: typeof retry) => ({
			...schedule,
			retries: swapped(retries, at, changed),
		});
		if (retry.redialUnknown) yield put({ ...retry, redialUnknown: false });
		if (retry.concurrency > 1) yield put({ ...retry, concurrency: retry.concurrency - 1 });
	}
}

/** A copy of a list with another value at one place. */
function swapped<T>(list: T[], at: number, value: T): T[] {
	return list.map((known, place) => (place === at ? value : known));
}

/** A failure in words, with what replays it. */
export function report(schedule: Schedule, broken: Broken[]): string {
	return [
		...broken.map(({ promise, what }) => `${promise}: ${what}`),
		`Replay: npx tsx test/faults/run.ts --replay '${printed(schedule)}'`,
	].join('\n');
}
