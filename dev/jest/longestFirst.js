const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The suite of the examples takes longest, and its file is the smallest, since it only names others. Jest begins with the
 * largest files if it knows no times yet, as on a clean machine, and so would have it run alone at the end.
 */
module.exports = class extends Sequencer {
	sort(tests) {
		const isLongest = ({ path }) => /examples\.test\.ts$/.test(path);
		const sorted = super.sort(tests);
		return [...sorted.filter(isLongest), ...sorted.filter((test) => !isLongest(test))];
	}
};
