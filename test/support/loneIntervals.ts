export {};

// n8n-core 1.x looks after SSH connections every minute (`SSHClientsManager`) and ends that only when n8n shuts down.
const everyMs = global.setInterval;
jest
	.spyOn(global, 'setInterval')
	.mockImplementation((run: () => void, ms?: number) => everyMs(run, ms).unref());
