export { startSandbox, type Sandbox } from './server';
export type { CallBook, CallRecord, CallStatus } from './calls';
export type { Fault, FaultMatch, FaultPlan, FaultQuestion } from './faults';
export type { FilterBook, FilterRecord, WorkingHours } from './filters';
export type { HostName, SandboxOptions, SeenRequest, WebhookEvent } from './types';
export type { UserBook, UserRecord } from './users';
export { WEBHOOK_EVENTS } from './webhooks';
export type { Delivery, PayloadForm, Subscription, WebhookBook } from './webhooks';
