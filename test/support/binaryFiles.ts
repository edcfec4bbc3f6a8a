import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BinaryDataService } from 'n8n-core';

/** The folder in which n8n keeps binary data in its usual mode, "filesystem", once {@link BinaryFiles.start} has run. */
export class BinaryFiles {
	private constructor(
		readonly service: BinaryDataService,
		private readonly folder: string,
		/** Has n8n keep binary data in memory again. */
		readonly stop: () => void,
	) {}

	/** Has n8n keep binary data as files from now on, and not in memory. */
	static async start(): Promise<BinaryFiles> {
		const folder = mkdtempSync(join(tmpdir(), 'livecall-binary-'));
		process.env.N8N_DEFAULT_BINARY_DATA_MODE = 'filesystem';
		process.env.N8N_AVAILABLE_BINARY_DATA_MODES = 'filesystem';
		process.env.N8N_BINARY_DATA_STORAGE_PATH = folder;
		// The container of the n8n-core that runs: another version of n8n has one of its own.
		const path = require.resolve('@n8n/di', { paths: [dirname(require.resolve('n8n-core'))] });
		const { Container } = await import(path);
		// n8n reads the mode when it makes the service.
		Container.reset();
		const service: BinaryDataService = Container.get(BinaryDataService);
		await service.init();
		return new BinaryFiles(service, folder, () => Container.reset());
	}

	/**
	 * The files that are there, whole or in part.
	 * @param executionId has only those of this execution named
	 */
	list(executionId = ''): string[] {
		const files = readdirSync(this.folder, { recursive: true, encoding: 'utf8' });
		return files.filter(
			(path) =>
				// One of another execution may be gone by now.
				statSync(join(this.folder, path), { throwIfNoEntry: false })?.isFile() &&
				path.includes(join('executions', executionId)) &&
				!path.endsWith('.metadata'),
		);
	}
}
