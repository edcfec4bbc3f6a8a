import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { config } from '../../package.json';
import { run, runNpm } from './command';
import { RUNTIME_ROOT } from './folders';
import { at, parseJson, type JsonObject } from '../json';
import { reportStep, type Report } from './progress';

/** The n8n that the launcher and the end-to-end tests start when nothing else is asked for. */
export const DEFAULT_N8N_VERSION = config.n8n;

/** The Node that is fetched where the one at hand is older than its major version, which n8n needs. */
const NODE_VERSION = config.node;

/** Modules with native code, which an install without scripts leaves unbuilt. */
const NATIVE_MODULES = ['sqlite3', 'isolated-vm'];

/** Lies in a folder whose install went through to the end. */
const MARKER = 'install-complete.json';

/** An n8n that is ready to be started, and the Node to start it with. */
export interface Runtime {
	/** n8n's version. */
	version: string;
	/** Path of a Node binary that is new enough for it. */
	node: string;
	/** Path of n8n's start script. */
	n8n: string;
}

export interface RuntimeOptions {
	/** n8n's version, such as "2.41.1". */
	version?: string;
	/** Folder that holds the installed versions. */
	root?: string;
	/** Hears which step is being taken. */
	report?: Report;
	/** Breaks off an install or a start that is under way. */
	signal?: AbortSignal;
}

/** What an install needs beside its folder: nothing else is shared between Node and n8n. */
interface Install {
	folder: string;
	manifest: JsonObject;
	packageSpec: string;
	node: string;
	/** Brings the freshly fetched files to work; throws where they do not. */
	finish: (folder: string) => Promise<void>;
	report: Report;
	signal?: AbortSignal;
}

/** The first number of a version: n8n 1 and 2 differ in how they are set up. */
export function majorVersion(version: string): number {
	return Number(version.split('.')[0]);
}

/**
 * Makes sure that this version of n8n and a Node that can run it are installed, and fetches from the
 * npm registry what is missing: minutes and gigabytes the first time, nothing afterwards. An install
 * that was interrupted is done again from the start.
 * @throws Error with the end of npm's output when an install fails.
 */
export async function ensureRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
	const {
		version = DEFAULT_N8N_VERSION,
		root = RUNTIME_ROOT,
		report = () => undefined,
		signal,
	} = options;
	const node = await ensureNode(root, report, signal);
	const folder = path.join(root, `n8n-${version}`);
	const packageSpec = `n8n@${version}`;
	const marker = await readMarker(folder);
	if (marker === undefined) {
		report(
			`n8n ${version} is fetched from the npm registry, once; that usually takes 3 to 6 minutes`,
		);
		await install({
			folder,
			manifest: n8nManifest(version),
			packageSpec,
			node,
			finish: async (partial) => {
				await buildNativeModules(partial, node, report, signal);
				await markComplete(partial, packageSpec, node);
			},
			report,
			signal,
		});
	} else if (at(marker, 'abi') !== (await nodeAbi(node))) {
		// Native code fits one generation of Node only, and the system's Node may have changed since.
		await buildNativeModules(folder, node, report, signal);
		await markComplete(folder, packageSpec, node);
	}
	return { version, node, n8n: path.join(folder, 'node_modules/n8n/bin/n8n') };
}

/**
 * Notes that the install in this folder went through, with the Node it was built for.
 * @param packageSpec what was installed, such as "n8n@2.41.1".
 */
export async function markComplete(
	folder: string,
	packageSpec: string,
	node: string,
): Promise<void> {
	const marker = { installed: packageSpec, abi: await nodeAbi(node) };
	await writeFile(path.join(folder, MARKER), `${JSON.stringify(marker, null, '\t')}\n`);
}

async function ensureNode(root: string, report: Report, signal?: AbortSignal): Promise<string> {
	if (majorVersion(process.versions.node) >= majorVersion(NODE_VERSION)) return process.execPath;
	const windows = process.platform === 'win32';
	const packageName = `node-${windows ? 'win' : process.platform}-${process.arch}`;
	const packageSpec = `${packageName}@${NODE_VERSION}`;
	const folder = path.join(root, `node-${NODE_VERSION}`);
	const binary = path.join('node_modules', packageName, 'bin', windows ? 'node.exe' : 'node');
	const marker = await readMarker(folder);
	if (at(marker, 'installed') !== packageSpec) {
		report(
			`n8n needs Node ${majorVersion(NODE_VERSION)} or newer, and this is ${process.version}.`,
		);
		await install({
			folder,
			manifest: { private: true },
			packageSpec,
			node: process.execPath,
			finish: async (partial) => {
				await markComplete(partial, packageSpec, path.join(partial, binary));
			},
			report,
			signal,
		});
	}
	return path.join(folder, binary);
}

/**
 * Fetches a package into a folder of its own. The work is done next to the final folder and moved
 * there at the end, so that a folder with a marker is always a whole one.
 */
async function install(task: Install): Promise<void> {
	const partial = `${task.folder}.partial`;
	await rm(partial, { recursive: true, force: true });
	await mkdir(partial, { recursive: true });
	await writeFile(path.join(partial, 'package.json'), JSON.stringify(task.manifest, null, '\t'));
	await reportStep(task.report, `Fetching ${task.packageSpec}`, async () => {
		const flags = ['--save-exact', '--ignore-scripts', '--no-audit', '--no-fund'];
		await runNpm(task.node, ['install', ...flags, task.packageSpec], {
			cwd: partial,
			signal: task.signal,
		});
	});
	await task.finish(partial);
	await rm(task.folder, { recursive: true, force: true });
	await rename(partial, task.folder);
}

/** Builds the modules with native code for this Node and loads each of them, which proves it. */
async function buildNativeModules(
	folder: string,
	node: string,
	report: Report,
	signal?: AbortSignal,
): Promise<void> {
	await reportStep(report, `Building ${NATIVE_MODULES.join(' and ')}`, async () => {
		const flags = ['--ignore-scripts=false', '--no-audit', '--no-fund'];
		await runNpm(node, ['rebuild', ...flags, ...NATIVE_MODULES], { cwd: folder, signal });
		for (const name of NATIVE_MODULES) {
			await run(node, ['-e', `require(${JSON.stringify(name)})`], { cwd: folder, signal });
		}
	});
}

function n8nManifest(version: string): JsonObject {
	const manifest: JsonObject = {
		private: true,
		allowScripts: Object.fromEntries(NATIVE_MODULES.map((name) => [name, true])),
	};
	// The last 1.x ask for xlsx at an address outside the npm registry; this is the registry's own.
	if (majorVersion(version) === 1) manifest.overrides = { xlsx: '0.18.5' };
	return manifest;
}

async function nodeAbi(node: string): Promise<string> {
	if (node === process.execPath) return process.versions.modules;
	return await run(node, ['-p', 'process.versions.modules'], { cwd: process.cwd() }).then((text) =>
		text.trim(),
	);
}

/** What the marker of a finished install says, or undefined when there is none. */
async function readMarker(folder: string): Promise<JsonObject | undefined> {
	try {
		const marker = parseJson(await readFile(path.join(folder, MARKER), 'utf8'));
		return typeof marker === 'object' && marker !== null && !Array.isArray(marker)
			? marker
			: undefined;
	} catch {
		return undefined;
	}
}
