import './quiet';

import { parseArgs } from 'node:util';
import { brokenIn } from './checks';
import { Lane } from './lane';
import type { Life } from './lives';
import { emptyTally, report, runRandom, shrink, type Tally } from './random';
import { replayLife, reportLife, runLives } from './randomLives';
import { runScenario } from './scenario';
import type { Schedule } from './schedule';
import { runAll, SMALL_WORLD } from './smallWorld';

const LANES = 4;

/** Runs what the command line asks for; gives the exit code. */
async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			schedules: { type: 'string', default: '10000' },
			seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
			lives: { type: 'string', default: '10000' },
			replay: { type: 'string' },
			'replay-life': { type: 'string' },
			'small-world': { type: 'boolean', default: false },
		},
	});
	const schedules = wholeNumber('schedules', values.schedules);
	const lives = wholeNumber('lives', values.lives);
	const seed = wholeNumber('seed', values.seed);
	const lanes = await Promise.all(Array.from({ length: LANES }, async () => await Lane.open()));
	try {
		if (values.replay !== undefined) return await replay(JSON.parse(values.replay), lanes[0]);
		if (values['replay-life'] !== undefined) {
			return await tellOfLife(JSON.parse(values['replay-life']), lanes[0]);
		}
		if (values['small-world']) return await runSmallWorld(lanes);
		const inSchedules = schedules > 0 ? await runMany(schedules, seed, lanes) : 0;
		const inLives = lives > 0 ? await runManyLives(lives, seed, lanes) : 0;
		return Math.max(inSchedules, inLives);
	} finally {
		await Promise.all(lanes.map(async (lane) => await lane.close()));
	}
}

async function replay(schedule: Schedule, lane: Lane): Promise<number> {
	const story = await runScenario(schedule, lane);
	const broken = brokenIn(story);
	for (const { kind, result, deeds } of story.executions) {
		console.log(`${kind}: LiveCall acted ${JSON.stringify(deeds)}`);
		if (result.failed)
			console.log(`  ${result.error.message}\n  ${String(result.error.description)}`);
		for (const { json, pairedItem } of [...result.output, ...result.errorOutput]) {
			console.log(`  ${JSON.stringify(pairedItem)} ${JSON.stringify(json)}`);
		}
	}
	console.log(broken.length === 0 ? 'Every promise was kept.' : report(schedule, broken));
	return broken.length === 0 ? 0 : 1;
}

async function tellOfLife(life: Life, lane: Lane): Promise<number> {
	const broken = await replayLife(life, lane);
	console.log(broken.length === 0 ? 'Every promise was kept.' : broken.join('\n'));
	return broken.length === 0 ? 0 : 1;
}

/** Lives through random lives; gives the exit code. */
async function runManyLives(count: number, seed: number, lanes: Lane[]): Promise<number> {
	const began = Date.now();
	console.log(`${count} lives, seed ${seed}`);
	const tally = await runLives(count, seed, lanes, ({ lives }) =>
		console.log(`  ${lives} in ${((Date.now() - began) / 1000).toFixed(0)} s`),
	);
	console.log(`lives              ${tally.lives}`);
	console.log(`executions         ${tally.executions}`);
	console.log(`n8n died in        ${tally.deaths}`);
	console.log(`calls acted on     ${tally.acted}`);
	console.log(`seconds            ${((Date.now() - began) / 1000).toFixed(1)}`);
	if (!tally.failure) return 0;
	console.log(`\nA life broke a promise:\n${reportLife(tally.failure)}`);
	return 1;
}

/** Runs random schedules; gives the exit code. */
async function runMany(schedules: number, seed: number, lanes: Lane[]): Promise<number> {
	const began = Date.now();
	console.log(`${schedules} schedules, seed ${seed}`);
	const tally = await runRandom(schedules, seed, lanes, (soFar: Tally) => {
		const seconds = (Date.now() - began) / 1000;
		console.log(`  ${soFar.schedules} in ${seconds.toFixed(0)} s`);
	});
	return await conclude(tally, began, lanes[0]);
}

/** Runs all schedules of the small world; gives the exit code. */
async function runSmallWorld(lanes: Lane[]): Promise<number> {
	const began = Date.now();
	const all = emptyTally();
	for (const part of SMALL_WORLD) {
		const { name, schedules } = part;
		const tally = await runAll(part, lanes);
		console.log(`  ${name}: ${tally.schedules}`);
		all.schedules += tally.schedules;
		all.executions += tally.executions;
		all.requests += tally.requests;
		all.acted += tally.acted;
		all.doubleRings += tally.doubleRings;
		all.unaccounted += tally.unaccounted;
		all.failure ??= tally.failure;
		if (!tally.failure && tally.schedules !== schedules) {
			throw new Error(`${name} has ${schedules} schedules`);
		}
	}
	return await conclude(all, began, lanes[0]);
}

/** Prints what came of it; gives the exit code. */
async function conclude(tally: Tally, began: number, lane: Lane): Promise<number> {
	const seconds = ((Date.now() - began) / 1000).toFixed(1);
	console.log(`schedules run      ${tally.schedules}`);
	console.log(`executions         ${tally.executions}`);
	console.log(`requests sent      ${tally.requests}`);
	console.log(`calls acted on     ${tally.acted}`);
	console.log(`double rings       ${tally.doubleRings}`);
	console.log(`unaccounted items  ${tally.unaccounted}`);
	console.log(`seconds            ${seconds}`);
	if (!tally.failure) return 0;
	const { schedule, broken } = tally.failure;
	console.log(`\nA schedule broke a promise:\n${report(schedule, broken)}`);
	const smallest = await shrink(schedule, lane);
	if (smallest.broken.length > 0) {
		console.log(`\nThe smallest that does:\n${report(smallest.schedule, smallest.broken)}`);
	}
	return 1;
}

function wholeNumber(name: string, given: string): number {
	const value = Number(given);
	if (given.trim() === '' || !Number.isInteger(value) || value < 0) {
		throw new Error(`--${name} needs a whole number, but "${given}" was found`);
	}
	return value;
}

void main().then((code) => process.exit(code));
