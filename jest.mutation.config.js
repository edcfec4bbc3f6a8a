const config = require('./jest.config');

/**
 * For `npm run test:mutation`: the tests that are quick enough to be run once for each broken line, and so have to
 * notice it by themselves.
 */
module.exports = {
	...config,
	// What is evaluated when a file is loaded, such as a table, counts as that: no test is asked to notice a change in it.
	setupFilesAfterEnv: ['<rootDir>/test/support/loadNodes.ts'],
	testMatch: [
		'shared/*',
		'deduplication/{claims,decision,executions,keys,ledger,record}',
		'nodes/{checks,inputChecks,itemLoop,loopBrake,payload,recordingFileName,sheets,times}',
	].map((tests) => `<rootDir>/test/${tests}.test.ts`),
};
