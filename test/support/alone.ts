import { TriggerHost } from './delivery';
import { World } from './world';

/**
 * Makes a test with a sandbox and a trigger of its own. All such tests of a file run at the same time, since they wait
 * for seconds.
 */
export function alone(
	title: string,
	test: (world: World, host: TriggerHost) => Promise<void>,
): void {
	it.concurrent(
		title,
		async () => {
			const world = await World.start();
			const host = await new TriggerHost({ credential: world.credential }).start();
			try {
				await test(world, host);
			} finally {
				host.stop();
				await world.sandbox.stop();
			}
		},
		// They share a process, and with it a busy machine.
		180_000,
	);
}
