import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/** Where a browser can be given by hand. */
const VARIABLE = 'CHROMIUM_PATH';

/** What Chrome and its relatives are called where they are in the search path. */
const NAMES = [
	'chromium',
	'chromium-browser',
	'google-chrome',
	'google-chrome-stable',
	'chrome',
	'microsoft-edge',
];

/** Where installers put them outside the search path. */
const PLACES = [
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
	'/opt/google/chrome/chrome',
	'/snap/bin/chromium',
	...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
		const folder = process.env[name];
		return folder === undefined
			? []
			: [
					path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
					path.join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
				];
	}),
];

/** Nothing but this machine can be reached, neither by n8n's editor nor by the browser itself. */
const LOOPBACK_ONLY = [
	'--no-proxy-server',
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

const QUIET = [
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--mute-audio',
	'--autoplay-policy=no-user-gesture-required',
];

/** Starts the system's Chrome or Chromium, without a window and cut off from the network. */
export async function launchBrowser(): Promise<Browser> {
	return await chromium.launch({
		executablePath: await findBrowser(),
		args: [...QUIET, ...LOOPBACK_ONLY],
	});
}

/**
 * Gives the path of a Chrome or Chromium on this system.
 * @throws Error that says how to get one.
 */
async function findBrowser(): Promise<string> {
	const given = process.env[VARIABLE];
	if (given !== undefined && given !== '') {
		if (await isProgram(given)) return given;
		throw new Error(`${VARIABLE} names "${given}", which is not a program that can be run.`);
	}
	const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
	const named = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
	for (const candidate of [...named, ...PLACES]) {
		if (await isProgram(candidate)) return candidate;
	}
	throw new Error(
		[
			'The browser tests need Chrome or Chromium, and none was found on this system.',
			'Debian and Ubuntu: sudo apt-get install chromium. macOS: brew install --cask google-chrome.',
			'Windows: winget install Google.Chrome.',
			`Where it lies in another place, put its path into the variable ${VARIABLE}.`,
		].join('\n'),
	);
}

async function isProgram(file: string): Promise<boolean> {
	return await access(file, constants.X_OK).then(
		() => true,
		() => false,
	);
}
