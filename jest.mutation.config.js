const config = require('./jest.config');

/**
 * For `npm run test:mutation`: the tests that are quick enough to be run once for each broken line, and so have to
 * notice it by themselves.
 */
module.exports = {
	...config,
	testMatch: [
		'shared/*',
		'deduplication/{decision,keys,ledger,record}',
		'nodes/{checks,inputChecks,itemLoop,payload,recordingFileName,times}',
	].map((tests) => `<rootDir>/test/${tests}.test.ts`),
};
