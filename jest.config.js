const { availableParallelism } = require('node:os');
const { join } = require('node:path');
const shared = require('./jest.shared');

/**
 * n8n's loader names the built files of the package (n8n-core 2.41, `DirectoryLoader`). In these tests the TypeScript
 * files answer in their place, so that a test runs what was just edited, without a build.
 */
const fromTypeScript = {
	'/dist/((?:nodes|credentials)/.+)\\.js$': '<rootDir>/$1.ts',
	'/dist/((?:nodes|credentials)/.+\\.json)$': '<rootDir>/$1',
};

/** Seed all chance, and undo what n8n has set for a file of tests before. */
const SETUP_FILES = ['seed', 'systemZone'].map((file) => `<rootDir>/test/support/${file}.ts`);

/**
 * Has the engine tests run in the engine of the n8n that N8N_VERSION names, with the modules that the nodes find there,
 * instead of in the one that this repository brings along.
 */
function engineOf(version) {
	if (version === undefined) {
		return { setupFiles: SETUP_FILES, moduleNameMapper: fromTypeScript };
	}
	const modules = join(__dirname, '.runtime', `n8n-${version}`, 'node_modules');
	return {
		setupFiles: [...SETUP_FILES, '<rootDir>/test/support/loneIntervals.ts'],
		moduleNameMapper: { ...fromTypeScript, '^(n8n-core|n8n-workflow|luxon)$': join(modules, '$1') },
	};
}

/** What n8n and the tests both use: loaded once by each worker, not once for each file of tests. */
const SHARED_PACKAGES = ['@n8n/di', 'express', 'fast-check', 'luxon', 'n8n-core', 'n8n-workflow'];

/** Everything that runs from the source; jest.n8n.config.js has the rest. */
module.exports = {
	...shared,
	// Not <rootDir>, which Stryker does not know here.
	testEnvironment: join(__dirname, 'dev/jest/environment.js'),
	transform: {
		...shared.transform,
		[`/node_modules/(${SHARED_PACKAGES.join('|')})/.+\\.c?js$`]: '<rootDir>/dev/jest/loadOnce.js',
	},
	transformIgnorePatterns: [],
	...engineOf(process.env.N8N_VERSION),
	globalSetup: '<rootDir>/test/support/globalSetup.ts',
	globalTeardown: '<rootDir>/test/support/globalTeardown.ts',
	globals: { isChanceFixed: true },
	// The tests mostly wait for servers of their own: on two cores, six workers take half the time that two take.
	maxWorkers: Math.max(6, availableParallelism()),
	// Tests of a file that run at once (`test/support/alone.ts`) wait for seconds.
	maxConcurrency: 8,
	// In ms. Nothing takes as long, but for a machine that is busy with something else.
	testTimeout: 30_000,
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	testPathIgnorePatterns: ['package', 'e2e', 'browser', 'queue', 'queue-long', 'images'].map(
		(suite) => `<rootDir>/test/${suite}/`,
	),
};
