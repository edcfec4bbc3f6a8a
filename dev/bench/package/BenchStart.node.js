const describe = require('./describe');

/** The least that a community trigger does: it has a credential, does not read it, and returns its body. */
exports.BenchStart = class {
	description = describe('BenchStart', { credentials: [{ name: 'liveCallApi', required: true }] });

	async webhook() {
		return { workflowData: [this.helpers.returnJsonArray(this.getBodyData())] };
	}
};
