const { writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const v8 = require('node:v8');
const vm = require('node:vm');

/** How long a sample of the profiler stands for, in microseconds. */
const SAMPLE_US = 500;

/** Kept between requests: a profile is started by one and written by another. */
let session;

const post = async (method, parameters) =>
	await new Promise((resolve, reject) => {
		session.post(method, parameters, (error, result) => (error ? reject(error) : resolve(result)));
	});

const actions = {
	/** Collects garbage, so that each measurement starts from the same kind of memory. */
	async collect() {
		v8.setFlagsFromString('--expose-gc');
		const gc = vm.runInNewContext('gc');
		for (let round = 0; round < 3; round++) {
			gc();
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	},

	async startProfile() {
		session = new Session();
		session.connect();
		await post('Profiler.enable');
		await post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
		await post('Profiler.start');
	},

	async stopProfile({ file }) {
		const { profile } = await post('Profiler.stop');
		session.disconnect();
		session = undefined;
		writeFileSync(file, JSON.stringify(profile));
	},
};

/** The benchmark's hand inside the n8n process; it starts no executions. */
class BenchProbe {
	constructor() {
		this.description = {
			displayName: 'Bench Probe',
			name: 'benchProbe',
			group: ['trigger'],
			version: 1,
			description: 'Acts on the n8n process',
			defaults: { name: 'Bench Probe' },
			inputs: [],
			outputs: ['main'],
			webhooks: [
				{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
			],
			properties: [],
		};
	}

	async webhook() {
		const { action, ...parameters } = this.getBodyData();
		await actions[action](parameters);
		return { webhookResponse: { done: action } };
	}
}

module.exports = { BenchProbe };
