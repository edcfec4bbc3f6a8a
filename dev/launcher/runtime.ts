import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { config } from '../../package.json';
import { run, runNpm } from './command';
import { RUNTIME_ROOT } from './folders';
import { at, tryParseJson, type Json, type JsonObject } from '../json';
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
	/** Hears which step is being taken. */
	report?: Report;
	/** Breaks off an install or a start that is under way. */
	signal?: AbortSignal;
}

/** The first number of a version: n8n 1 and 2 differ in how they are set up. */
export function majorVersion(version: string): number {
	return Number(version.split('.')[0]);
}

/** How the steps of an install are told, and broken off. */
type Course = Required<Pick<RuntimeOptions, 'report'>> & Pick<RuntimeOptions, 'signal'>;

/**
 * Makes sure that this version of n8n and a Node that can run it are installed, and fetches from the
 * npm registry what is missing: minutes and gigabytes the first time, nothing afterwards. An install
 * that was interrupted is done again from the start.
 * @throws Error with the end of npm's output when an install fails.
 */
export async function ensureRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
	const { version = DEFAULT_N8N_VERSION, report = () => undefined, signal } = options;
	const course = { report, signal };
	const node = await ensureNode(course);
	const folder = path.join(RUNTIME_ROOT, `n8n-${version}`);
	const build = async (where: string) => {
		await buildNativeModules(where, node, course);
		await markComplete(where, await abiOf(node));
	};
	const marker = await readMarker(folder);
	if (marker === undefined) {
		report(
			`n8n ${version} is fetched from the npm registry, once; that usually takes 3 to 6 minutes`,
		);
		const partial = `${folder}.partial`;
		await fetchInto(partial, `n8n@${version}`, n8nManifest(version), node, course);
		await build(partial);
		await putInPlace(partial, folder);
	} else if (at(marker, 'abi') !== (await abiOf(node))) {
		// Native code fits one generation of Node only, and the system's Node may have changed since.
		await build(folder);
	}
	return { version, node, n8n: path.join(folder, 'node_modules/n8n/bin/n8n') };
}

/** Gives the path of a Node that n8n can run with: the one at hand, or one that is fetched. */
export async function ensureNode(course: Course): Promise<string> {
	const needed = majorVersion(NODE_VERSION);
	if (majorVersion(process.versions.node) >= needed) return process.execPath;
	const windows = process.platform === 'win32';
	const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
	const folder = path.join(RUNTIME_ROOT, `node-${NODE_VERSION}`);
	const binary = path.join('node_modules', name, 'bin', windows ? 'node.exe' : 'node');
	if ((await readMarker(folder)) === undefined) {
		course.report(`n8n needs Node ${needed} or newer, and this is ${process.version}.`);
		const partial = `${folder}.partial`;
		const packageSpec = `${name}@${NODE_VERSION}`;
		await fetchInto(partial, packageSpec, { private: true }, process.execPath, course);
		await markComplete(partial, await abiOf(path.join(partial, binary)));
		await putInPlace(partial, folder);
	}
	return path.join(folder, binary);
}

/** Fetches a package from the npm registry into a folder of its own, whatever an earlier try left there. */
async function fetchInto(
	folder: string,
	packageSpec: string,
	manifest: JsonObject,
	node: string,
	{ report, signal }: Course,
): Promise<void> {
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest, null, '\t'));
	await reportStep(report, `Fetching ${packageSpec}`, async () => {
		const flags = ['--save-exact', '--ignore-scripts', '--no-audit', '--no-fund'];
		await runNpm(node, ['install', ...flags, packageSpec], { cwd: folder, signal });
	});
}

/** Moves a finished install to where it is looked for: whatever is found there is whole. */
async function putInPlace(partial: string, folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true });
	await rename(partial, folder);
}

/** Builds the modules with native code for this Node and loads each of them, which proves it. */
async function buildNativeModules(
	folder: string,
	node: string,
	{ report, signal }: Course,
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

/** Gives the generation of native code that a Node runs. */
async function abiOf(node: string): Promise<string> {
	const args = ['-p', 'process.versions.modules'];
	return (await run(node, args, { cwd: process.cwd() })).trim();
}

/** Notes that the install in this folder went through, and for which Node. */
async function markComplete(folder: string, abi: string): Promise<void> {
	await writeFile(path.join(folder, MARKER), `${JSON.stringify({ abi })}\n`);
}

/** What the marker of a finished install says, or undefined when there is none. */
async function readMarker(folder: string): Promise<Json | undefined> {
	return tryParseJson(await readFile(path.join(folder, MARKER), 'utf8').catch(() => ''));
}
