const shared = require('./jest.shared');

function project(suite) {
	return { ...shared, displayName: suite, testMatch: [`<rootDir>/test/${suite}/**/*.test.ts`] };
}

/** The suites that test the built package, most of them in a real n8n; each has a command of its own. */
module.exports = {
	testSequencer: '<rootDir>/dev/jest/longestFirst.js',
	projects: [
		...['package', 'images'].map(project),
		...['e2e', 'browser', 'queue', 'queue-long'].map((suite) => ({
			...project(suite),
			globalSetup: '<rootDir>/test/support/packedPackage.ts',
		})),
	],
};
