const { createHash } = require('node:crypto');

const codeFor = (file) => `module.exports = loadOnce(${JSON.stringify(file)}, require);`;

/** Has Node load a package itself, and keep it for all files of tests that a worker runs (`environment.js`). */
module.exports = {
	process: (source, file) => ({ code: codeFor(file) }),
	getCacheKey: (source, file) => createHash('sha256').update(codeFor(file)).digest('hex'),
};
