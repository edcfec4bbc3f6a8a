import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { at, isJsonObject, textAt, type Json } from '../../../dev/json';
import type { Sandbox } from '../../../dev/sandbox';
import type { History, Operation, Told } from '../../deduplication/history';
import type { Execution, TestN8nClient } from '../../support/n8nClient';
import { NODE_NAME } from '../../support/workflow';
import { forEach, waitForExecutions, WEBHOOK_NAME, type ActiveWorkflow } from './workflows';

/** Where a history that was refused is kept; Git leaves the folder alone. */
const FOLDER = path.resolve('reports', 'histories');

const READ_AT_A_TIME = 8;

/** What an item says of which nobody can tell whether its customer was called, or whether its key is taken. */
const LEAVES_OPEN =
	/may already have placed|Whether n8n recorded the deduplication key|perhaps by a try|did not tell whether/;

/** An execution that was asked for: the phone numbers that it was to call, and when, in ms since 1970. */
export interface Asked {
	phones: string[];
	at: number;
}

/**
 * Reads what became of each lead of some executions, once all of them have come to an end.
 * @param asked all that was asked for; the phone numbers are the keys
 * @param timeoutMs how long to wait for the end
 */
export async function operationsOf(
	client: TestN8nClient,
	workflow: ActiveWorkflow,
	asked: Asked[],
	timeoutMs: number,
): Promise<Operation[]> {
	const executions = await waitForExecutions(client, workflow.id, asked.length, timeoutMs);
	expect(executions).toHaveLength(asked.length);
	const read = await forEach(executions, READ_AT_A_TIME, async ({ id }) =>
		operationsIn(await client.execution(id)),
	);
	const operations = read.flat();
	return [...operations, ...untold(asked, operations)];
}

/** An execution whose worker has died says nothing, not even whom it was to call: that is what is missing in the others. */
function untold(asked: Asked[], operations: Operation[]): Operation[] {
	const told = new Map<string, number>();
	for (const { key } of operations) told.set(key, (told.get(key) ?? 0) + 1);
	const firstAsked = new Map<string, number>();
	return asked.flatMap(({ phones, at: askedAt }) =>
		phones.flatMap((key): Operation[] => {
			const left = told.get(key) ?? 0;
			told.set(key, left - 1);
			// Nobody knows which of a key's executions it was: at the earliest the first one.
			const startedAt = firstAsked.get(key) ?? askedAt;
			firstAsked.set(key, startedAt);
			if (left > 0) return [];
			return [{ key, told: 'unknown', startedAt, endedAt: Infinity, by: 'nothing is told' }];
		}),
	);
}

/** The calls that LiveCall placed, by customer. */
export function ringsOf(sandbox: Sandbox): History['rings'] {
	return sandbox.calls
		.placed()
		.map(({ phone_number, created_at }) => ({ key: phone_number, at: Date.parse(created_at) }));
}

/** Keeps a history as a file; gives the file's path. */
export async function keep(name: string, history: History, broken: string[]): Promise<string> {
	await mkdir(FOLDER, { recursive: true });
	const file = path.join(FOLDER, `${name}-${new Date().toISOString().replace(/\W/g, '-')}.json`);
	await writeFile(file, JSON.stringify({ broken, ...history }, undefined, '\t'));
	return file;
}

function operationsIn(execution: Execution): Operation[] {
	const runs = at(execution.data, 'resultData', 'runData', NODE_NAME);
	const run = Array.isArray(runs) ? runs[runs.length - 1] : undefined;
	return leadsOf(execution).map((key, place) => {
		const item = at(run, 'data', 'main', 0, place, 'json');
		const told = toldBy(item);
		const runFrom = Number(at(run, 'startTime'));
		// Of what is left open, another worker may have had a part before.
		const isOwn = run !== undefined && told !== 'unknown' && at(item, 'already_placed') !== true;
		return {
			key,
			told,
			startedAt: isOwn ? runFrom : execution.createdAt,
			endedAt: run === undefined ? Infinity : runFrom + Number(at(run, 'executionTime')),
			by: `execution ${execution.id}, ${execution.status}`,
		};
	});
}

/** The leads with which an execution was started. */
function leadsOf({ data }: Execution): string[] {
	const body = at(
		data,
		'resultData',
		'runData',
		WEBHOOK_NAME,
		0,
		'data',
		'main',
		0,
		0,
		'json',
		'body',
	);
	const leads = at(body, 'leads');
	return Array.isArray(leads) ? leads.map((lead) => textAt(lead, 'phone')) : [];
}

function toldBy(item: Json | undefined): Told {
	if (!isJsonObject(item)) return 'unknown';
	const { error, skipped, reason } = item;
	if (typeof error === 'string') return LEAVES_OPEN.test(error) ? 'unknown' : 'refused';
	if (skipped === true && reason === 'duplicate') return 'duplicate';
	return 'placed';
}
