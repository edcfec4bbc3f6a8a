/**
 * Loads node files as n8n does, once: requires each and makes one of what it exports. n8n-workflow is
 * there before, as it is in n8n. Prints as JSON the milliseconds, how many modules that took and their
 * bytes; run in a new process each time.
 */
const { statSync } = require('node:fs');
const path = require('node:path');

// n8n's own copy: the one that the node files get.
require(path.join(process.env.NODE_PATH, 'n8n-workflow'));

const before = new Set(Object.keys(require.cache));
const files = process.argv.slice(2);
const startedAt = process.hrtime.bigint();
for (const file of files) {
	const name = path.basename(file).split('.')[0];
	const Loaded = require(file)[name];
	new Loaded();
}
const ms = Number(process.hrtime.bigint() - startedAt) / 1e6;

const modules = Object.keys(require.cache).filter((file) => !before.has(file));
const bytes = modules.reduce((sum, file) => sum + statSync(file).size, 0);
console.log(JSON.stringify({ ms, modules: modules.length, bytes }));
