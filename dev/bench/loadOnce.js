/**
 * Loads node files as n8n does, once: requires each and makes one of what it exports. n8n-workflow is
 * there before, as it is in n8n. Prints the milliseconds; run in a new process each time.
 */
const path = require('node:path');

// n8n's own copy: the one that the node files get.
require(path.join(process.env.NODE_PATH, 'n8n-workflow'));

const files = process.argv.slice(2);
const startedAt = process.hrtime.bigint();
for (const file of files) {
	const name = path.basename(file).split('.')[0];
	const Loaded = require(file)[name];
	new Loaded();
}
console.log(Number(process.hrtime.bigint() - startedAt) / 1e6);
