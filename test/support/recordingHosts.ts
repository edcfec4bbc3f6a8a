import { FileHost } from './fileHost';
import { World } from './world';

/** LiveCall, and the host that its recordings lie on. */
export interface RecordingHosts {
	world: World;
	host: FileHost;
}

/** What lets everybody who has a link fetch the recording. */
export const LINK_TOKEN = 'token=header.payload.signature';

/** Has LiveCall answer whatever it is asked with a link to the host, as the recording of call 7. */
export function linkTo({ world, host }: RecordingHosts): void {
	const url = `${host.url}/7.mp3?${LINK_TOKEN}`;
	const body = { recording: { id: 1, call_id: 7, url } };
	world.sandbox.faults.always({ kind: 'status', status: 200, body }, { host: 'api' });
}

/** Does something with hosts of its own, so that it can wait beside others: for `it.concurrent`. */
export async function withOwnHosts(test: (hosts: RecordingHosts) => Promise<void>): Promise<void> {
	const hosts = { world: await World.start(), host: await new FileHost().start() };
	linkTo(hosts);
	try {
		await test(hosts);
	} finally {
		hosts.host.stop();
		await hosts.world.sandbox.stop();
	}
}
