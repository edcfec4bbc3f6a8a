const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const describe = require('./describe');

setFlagsFromString('--expose-gc');

/** Has n8n collect its garbage and answers with the bytes that its heap still holds. Starts no execution. */
exports.BenchCollect = class {
	description = describe('BenchCollect');

	async webhook() {
		runInNewContext('gc')();
		return { webhookResponse: { heapUsed: process.memoryUsage().heapUsed } };
	}
};
