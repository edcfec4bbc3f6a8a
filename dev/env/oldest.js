/** Loaded first (`node -r`), has the tests run in the oldest n8n that is supported. Works in every shell. */
process.env.N8N_VERSION = require('../../package.json').config.n8nOldest;
