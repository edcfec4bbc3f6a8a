/**
 * A trivial community trigger: it returns its body, a list as one item per entry. With "asks" it does
 * first what a trigger with a credential cannot do without, and nothing else.
 */
class BenchStart {
	constructor() {
		this.description = {
			displayName: 'Bench Start',
			name: 'benchStart',
			group: ['trigger'],
			version: 1,
			description: 'Returns its body',
			defaults: { name: 'Bench Start' },
			inputs: [],
			outputs: ['main'],
			credentials: [
				{
					name: 'liveCallApi',
					required: true,
					displayOptions: { show: { asks: ['credential', 'call'] } },
				},
			],
			webhooks: [
				{
					name: 'default',
					httpMethod: 'POST',
					responseMode: '={{ $parameter["answers"] }}',
					responseData: '={{ $parameter["answers"] === "lastNode" ? "noData" : "Accepted" }}',
					path: 'webhook',
				},
			],
			properties: [
				{
					displayName: 'Answers',
					name: 'answers',
					type: 'options',
					default: 'onReceived',
					options: [
						{ name: 'At Once', value: 'onReceived' },
						{ name: 'When the Workflow Has Ended', value: 'lastNode' },
					],
				},
				{
					displayName: 'Asks',
					name: 'asks',
					type: 'options',
					default: 'nothing',
					options: [
						{ name: 'Nothing', value: 'nothing' },
						{ name: 'n8n for the Credential', value: 'credential' },
						{ name: 'LiveCall for the Call', value: 'call' },
					],
				},
			],
		};
	}

	async webhook() {
		const asks = this.getNodeParameter('asks', 'nothing');
		const body = this.getBodyData();
		if (asks !== 'nothing') {
			const { baseUrl } = await this.getCredentials('liveCallApi');
			if (asks === 'call') {
				const url = `${baseUrl}/calls/${body.call.id}`;
				await this.helpers.httpRequestWithAuthentication.call(this, 'liveCallApi', {
					url,
					json: true,
				});
			}
		}
		return { workflowData: [this.helpers.returnJsonArray(body)] };
	}
}

module.exports = { BenchStart };
