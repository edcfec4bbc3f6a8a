/** What n8n asks every node for; most of ours are triggers. */
module.exports = (name, more) => ({
	displayName: name,
	name: name.charAt(0).toLowerCase() + name.slice(1),
	group: ['trigger'],
	version: 1,
	description: name,
	defaults: { name },
	inputs: [],
	outputs: ['main'],
	webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
	properties: [],
	...more,
});
