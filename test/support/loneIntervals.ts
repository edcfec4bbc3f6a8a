/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests run on a developer's machine and are never shipped */
export {};

// n8n-core 1.x looks after SSH connections every minute (`SSHClientsManager`) and ends that only when n8n shuts down.
const everyMs = global.setInterval;
jest
	.spyOn(global, 'setInterval')
	.mockImplementation((run: () => void, ms?: number) => everyMs(run, ms).unref());
