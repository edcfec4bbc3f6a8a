export { startSandbox, type Sandbox } from './server';
export type { Fault, FaultQuestion } from './faults';
export type { ExampleOnPage, HostName, N8nOnPage, SandboxOptions, SeenRequest } from './types';
export { WEBHOOK_EVENTS } from './webhooks';
