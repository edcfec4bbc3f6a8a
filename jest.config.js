const { join } = require('node:path');

/** Settings that all projects share. Types are checked by `npm run typecheck`, not once more per test file. */
const shared = {
	testEnvironment: 'node',
	transform: {
		'^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.check.json', diagnostics: false }],
	},
	modulePathIgnorePatterns: ['<rootDir>/.runtime', '<rootDir>/dist'],
};

/** Suites that start a real n8n; each has a command of its own. */
const realN8n = ['e2e', 'browser', 'queue'];

/**
 * Has the engine tests run in the engine of the n8n that N8N_VERSION names, with the modules that the nodes find there,
 * instead of in the one that this repository brings along.
 */
function engineOf(version) {
	if (version === undefined) return {};
	const modules = join(__dirname, '.runtime', `n8n-${version}`, 'node_modules');
	return {
		globalSetup: '<rootDir>/test/support/installN8n.ts',
		setupFiles: ['<rootDir>/test/support/loneIntervals.ts'],
		moduleNameMapper: { '^(n8n-core|n8n-workflow|luxon)$': join(modules, '$1') },
	};
}

module.exports = {
	projects: [
		{
			...shared,
			...engineOf(process.env.N8N_VERSION),
			displayName: 'unit',
			testMatch: ['<rootDir>/test/**/*.test.ts'],
			testPathIgnorePatterns: realN8n.map((suite) => `<rootDir>/test/${suite}/`),
		},
		...realN8n.map((suite) => ({
			...shared,
			displayName: suite,
			testMatch: [`<rootDir>/test/${suite}/**/*.test.ts`],
		})),
	],
};
