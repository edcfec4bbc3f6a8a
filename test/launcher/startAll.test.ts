import { startAll, type Undo } from '../../dev/startAll';

describe('startAll', () => {
	const undone: string[] = [];
	beforeEach(() => undone.splice(0));

	const start = (undo: Undo, name: string) => undo(async () => undone.push(name));

	it('gives what was started, and stops it once, last first', async () => {
		const started = await startAll(async (undo) => {
			start(undo, 'folder');
			start(undo, 'server');
			return { port: 1, add: () => start(undo, 'worker') };
		});
		expect(started.port).toBe(1);
		started.add();
		await started.stop();
		await started.stop();
		expect(undone).toEqual(['worker', 'server', 'folder']);
	});

	it('undoes what was started when a later step fails', async () => {
		const starting = startAll(async (undo) => {
			start(undo, 'folder');
			start(undo, 'server');
			return await Promise.reject(new Error('the port is taken'));
		});
		await expect(starting).rejects.toThrow('the port is taken');
		expect(undone).toEqual(['server', 'folder']);
	});

	it.each([false, true])(
		'undoes the rest when one step cannot be undone (while starting: %s)',
		async (whileStarting) => {
			const starting = startAll(async (undo) => {
				start(undo, 'folder');
				undo(async () => await Promise.reject(new Error('it does not end')));
				start(undo, 'worker');
				if (whileStarting) throw new Error('the port is taken');
				return {};
			});
			const ending = starting.then(async ({ stop }) => await stop());
			await expect(ending).rejects.toThrow(whileStarting ? 'the port is taken' : 'it does not end');
			expect(undone).toEqual(['worker', 'folder']);
		},
	);
});
