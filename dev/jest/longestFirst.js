const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The suites of the examples take longest, and their files are the smallest, since they only name others. Jest begins with
 * the largest files if it knows no times yet, as on a clean machine, and so would have them run alone at the end.
 */
module.exports = class extends Sequencer {
	sort(tests) {
		const isLongest = ({ path }) => /example\w+\.test\.ts$/.test(path);
		const sorted = super.sort(tests);
		return [...sorted.filter(isLongest), ...sorted.filter((test) => !isLongest(test))];
	}
};
