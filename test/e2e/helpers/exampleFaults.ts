import { freePort } from '../../../dev/launcher/ports';
import { CREDENTIAL_TYPE, DEMO_CREDENTIAL, seedRunning } from '../../../dev/launcher/seed';
import { LOOPBACK } from '../../../dev/listen';
import { seed, state, world } from './stage';

/** Has the examples' credential hold something else. */
export async function setAccess(access: Record<string, string>): Promise<void> {
	await world.client.updateCredential(DEMO_CREDENTIAL.id, {
		name: DEMO_CREDENTIAL.name,
		type: CREDENTIAL_TYPE,
		data: { ...seed.access, ...access },
	});
}

/** What can be wrong with LiveCall, with what stands before it, or with the access to it; each sets it up. */
export const FAULTS = {
	'everything fine': async () => undefined,
	'LiveCall down': async () =>
		await setAccess({ baseUrl: `http://${LOOPBACK}:${await freePort()}/v1` }),
	'key wrong': async () => await setAccess({ apiKey: 'not-the-key' }),
	"a gateway's 404": async () => {
		world.sandbox.faults.always({
			kind: 'status',
			status: 404,
			body: '404 page not found',
			contentType: 'text/plain',
		});
	},
	'target group gone': async () => {
		const gone = { kind: 'status', status: 404, body: { error: 'Not found' } } as const;
		world.sandbox.faults.always(gone, { path: /\/filters\// });
		world.sandbox.faults.always(gone, { method: 'POST', path: /\/calls/ });
	},
	'credential deleted': async () => {
		await world.client.request('DELETE', `/rest/credentials/${DEMO_CREDENTIAL.id}`);
	},
	// The last one: the trigger keeps away from LiveCall for that minute.
	'429 for a minute': async () => {
		world.sandbox.faults.always({ kind: 'status', status: 429, retryAfter: 60 });
	},
} satisfies Record<string, () => Promise<void>>;

export type FaultName = keyof typeof FAULTS;

/** Brings everything back as it was. */
export async function restore(fault: FaultName): Promise<void> {
	world.sandbox.faults.clear();
	if (fault === 'credential deleted') {
		await seedRunning(world.prepared, world.client, seed, state);
	} else if (fault !== 'everything fine') {
		await setAccess({});
	}
}
