import { at, isJsonObject, listAt, type JsonObject } from '../../../dev/json';
import { tablesOf } from '../../../dev/launcher/examples';
import { ensureTable } from '../../../dev/launcher/seed';
import { CALL_LIST_ID } from './exampleIds';
import { example, importCopy, world } from './stage';

/** The node that calls. */
export const CALL = 'Call the lead';

/** The list's target group in the demo. */
export const LIST_GROUP = 4;

const HOUR_MS = 3_600_000;

const rowsPath = async (): Promise<string> => {
	const [table] = tablesOf([example(CALL_LIST_ID)]);
	if (table === undefined) throw new Error('The example has no table');
	return (await ensureTable(world.client, table)).path;
};

export const rows = async (): Promise<JsonObject[]> =>
	listAt(await world.client.request('GET', `${await rowsPath()}/rows`), 'data').filter(
		isJsonObject,
	);

export const rowOf = async (lead: string): Promise<JsonObject | undefined> =>
	(await rows()).find(({ lead_id }) => lead_id === lead);

/** Makes the list anew. */
export const fillList = async (leads: JsonObject[]): Promise<void> => {
	const path = await rowsPath();
	const everything = { type: 'and', filters: [{ columnName: 'id', condition: 'gt', value: 0 }] };
	const query = encodeURIComponent(JSON.stringify(everything));
	await world.client.request('DELETE', `${path}/rows?filter=${query}`);
	await world.client.request('POST', `${path}/insert`, { data: leads, returnType: 'all' });
};

/** Imports the example with calling hours that hold, or hold not, whatever the clock says. */
export const listWorkflow = async (changes: Record<string, JsonObject> = {}, open = true) => {
	const call = example(CALL_LIST_ID).nodes.find((node) => at(node, 'name') === CALL);
	const options = at(call, 'parameters', 'options');
	const inHours = (hours: number) =>
		new Date(Date.now() + hours * HOUR_MS).toISOString().slice(11, 16);
	const callingHours: JsonObject = open
		? { from: '00:00', to: '00:00', days: [1, 2, 3, 4, 5, 6, 7] }
		: { from: inHours(4), to: inHours(5), timeZone: 'UTC' };
	return await importCopy(CALL_LIST_ID, {
		[CALL]: { options: { ...(isJsonObject(options) ? options : {}), callingHours } },
		...changes,
	});
};
