const { createHash } = require('node:crypto');

/** Has Node load a package itself, and keep it for all files of tests that a worker runs (`environment.js`). */
module.exports = {
	process: (source, file) => ({
		code: `module.exports = loadOnce(${JSON.stringify(file)}, require);`,
	}),
	getCacheKey: (source, file) => createHash('sha256').update(`loadOnce 2 ${file}`).digest('hex'),
};
