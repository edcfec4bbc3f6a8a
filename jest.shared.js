/** Settings that all suites share. Types are checked by `npm run typecheck`, not once more per test file. */
module.exports = {
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': '<rootDir>/dev/jest/transform.js' },
	// What jest looks through: not the hundreds of thousands of files below .runtime and node_modules.
	roots: ['credentials', 'dev', 'nodes', 'test'].map((folder) => `<rootDir>/${folder}`),
};
