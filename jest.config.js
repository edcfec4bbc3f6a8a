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

module.exports = {
	projects: [
		{
			...shared,
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
