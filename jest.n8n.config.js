const shared = require('./jest.shared');

/** The suites that start a real n8n and test the built package; each has a command of its own. */
module.exports = {
	projects: ['e2e', 'browser', 'queue'].map((suite) => ({
		...shared,
		displayName: suite,
		testMatch: [`<rootDir>/test/${suite}/**/*.test.ts`],
	})),
};
