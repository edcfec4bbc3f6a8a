const config = require('./jest.config');

/**
 * For `npm run test:random`: all that is random differs from run to run. Jest prints the seed of the run;
 * `npm run test:random -- --seed=<seed>` runs the same again.
 */
module.exports = { ...config, globals: { isChanceFixed: false }, showSeed: true };
