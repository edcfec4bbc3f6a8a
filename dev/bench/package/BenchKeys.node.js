const describe = require('./describe');

/** Records keys in n8n's store of processed data, among those of the node with this node's id. */
exports.BenchKeys = class {
	description = describe('BenchKeys', {
		group: ['transform'],
		inputs: ['main'],
		webhooks: undefined,
		properties: [{ displayName: 'Count', name: 'count', type: 'number', default: 0 }],
	});

	async execute() {
		const keys = Array.from({ length: this.getNodeParameter('count', 0) }, (_, n) => `known ${n}`);
		await this.helpers.checkProcessedAndRecord(keys, 'node', { mode: 'entries' });
		return [this.getInputData()];
	}
};
