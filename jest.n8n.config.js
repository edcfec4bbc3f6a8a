const shared = require('./jest.shared');

/** The suites that test the built package, most of them in a real n8n; each has a command of its own. */
module.exports = {
	testSequencer: '<rootDir>/dev/jest/longestFirst.js',
	projects: ['package', 'e2e', 'browser', 'queue', 'queue-long', 'images'].map((suite) => ({
		...shared,
		displayName: suite,
		testMatch: [`<rootDir>/test/${suite}/**/*.test.ts`],
	})),
};
