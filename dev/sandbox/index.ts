export { startSandbox, type Sandbox } from './server';
export type { Fault, FaultQuestion } from './faults';
export type { HostName, SandboxOptions, SeenRequest } from './types';
export { WEBHOOK_EVENTS } from './webhooks';
