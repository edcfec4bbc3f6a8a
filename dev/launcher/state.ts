import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { listAt, parseJson, textAt } from '../json';

/** What the launcher has to remember about a data folder between two starts. */
export interface LauncherState {
	/** With this n8n encrypts its credentials; without it they are lost. */
	encryptionKey: string;
	/** Ids of the example workflows that were published once: after that it is the person's choice. */
	activatedOnce: string[];
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
			activatedOnce: listAt(stored, 'activatedOnce').map(String),
		};
	}
	const state: LauncherState = {
		encryptionKey: randomBytes(24).toString('hex'),
		activatedOnce: [],
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
