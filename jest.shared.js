/** Settings that all suites share. Types are checked by `npm run typecheck`, not once more per test file. */
module.exports = {
	testEnvironment: 'node',
	transform: {
		'^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.check.json', diagnostics: false }],
	},
	modulePathIgnorePatterns: ['.runtime', '.stryker-tmp', 'dist'].map(
		(folder) => `<rootDir>/${folder}/`,
	),
};
