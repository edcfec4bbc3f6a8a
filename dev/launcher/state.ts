import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { at, objectAt, parseJson, textAt } from '../json';

/** What the launcher has to remember about a data folder between two starts. */
export interface LauncherState {
	/** With this n8n encrypts its credentials; without it they are lost. */
	encryptionKey: string;
	/** The examples that were put into n8n, by their ids: after that they are the person's. */
	examples: Record<string, SeededExample>;
}

/** What an example was like when it was put into n8n. */
export interface SeededExample {
	/** The digest of its file with the demo's settings. */
	filed: string;
	/** The digest of what n8n made of it: another one means that a person has saved a change. */
	stored: string;
}

const FILE = 'launcher.json';

/**
 * Reads what is remembered about a data folder, or makes it up for a new one. The folder is made
 * where it does not exist.
 */
export async function openState(folder: string): Promise<LauncherState> {
	await mkdir(folder, { recursive: true });
	const text = await readFile(path.join(folder, FILE), 'utf8').catch(() => undefined);
	if (text !== undefined) {
		const stored = parseJson(text);
		return {
			encryptionKey: textAt(stored, 'encryptionKey'),
			examples: Object.fromEntries(
				Object.entries(objectAt(at(stored, 'examples') ?? {})).map(([id, example]) => [
					id,
					{ filed: textAt(example, 'filed'), stored: textAt(example, 'stored') },
				]),
			),
		};
	}
	const state: LauncherState = {
		encryptionKey: randomBytes(24).toString('hex'),
		examples: {},
	};
	await saveState(folder, state);
	return state;
}

/** Remembers it for the next start, readable by this user only. */
export async function saveState(folder: string, state: LauncherState): Promise<void> {
	const text = `${JSON.stringify(state, null, '\t')}\n`;
	await writeFile(path.join(folder, FILE), text, { mode: 0o600 });
}

/**
 * Deletes a data folder with everything in it.
 * @throws Error when there are files in it and the launcher has never used it: it may be anything.
 */
export async function removeData(folder: string): Promise<void> {
	const entries: string[] = await readdir(folder).catch(() => []);
	if (entries.length > 0 && !entries.includes(FILE)) {
		throw new Error(`${folder} is not a data folder of this launcher, so it is not deleted.`);
	}
	await rm(folder, { recursive: true, force: true });
}
