/**
 * The least that a community node does to read calls with a credential: n8n's own request helper, so
 * many items at once, and nothing else.
 */
class BenchRequest {
	constructor() {
		this.description = {
			displayName: 'Bench Request',
			name: 'benchRequest',
			group: ['input'],
			version: 1,
			description: 'Reads calls',
			defaults: { name: 'Bench Request' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: 'liveCallApi', required: true }],
			properties: [
				{ displayName: 'Call ID', name: 'callId', type: 'string', default: '' },
				{ displayName: 'At Once', name: 'atOnce', type: 'number', default: 64 },
			],
		};
	}

	async execute() {
		const count = this.getInputData().length;
		const { baseUrl } = await this.getCredentials('liveCallApi');
		const output = [];
		let next = 0;
		const worker = async () => {
			while (next < count) {
				const index = next++;
				const url = `${baseUrl}/calls/${this.getNodeParameter('callId', index)}`;
				const options = { url, json: true };
				const json = await this.helpers.httpRequestWithAuthentication.call(
					this,
					'liveCallApi',
					options,
				);
				output[index] = { json, pairedItem: { item: index } };
			}
		};
		const atOnce = this.getNodeParameter('atOnce', 0);
		await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
		return [output];
	}
}

module.exports = { BenchRequest };
