import type { INodeParameters } from 'n8n-workflow';
import { poll } from '../../dev/launcher/poll';
import { TriggerHost, type DeliveryOptions, type TriggerSettings } from './delivery';
import { SECRETS, sharedWorld, type World } from './world';

/** What the address has to carry, with the credential of a {@link World}. */
export const query = `?token=${SECRETS.webhookToken}`;

/** Settings with which nobody knows what is meant, or with which nothing can start: the setting, and all parameters. */
export const WRONG_SETTINGS: Array<[label: string, parameters: INodeParameters]> = [
	['Outcome', { options: { outcome: 'failed' } }],
	['Outcome', { options: { outcome: '' } }],
	['Outcome', { options: { outcome: ['successful'] } }],
	['Outcome', { events: ['call.created'], options: { outcome: 'unsuccessful' } }],
	['Events', { events: 'call.ended' }],
	['Events', { events: [] }],
	['Events', { events: ['call.ended', 'call.answered'] }],
	['Events', { events: { 0: 'call.ended' } }],
	['Verify With LiveCall', { verifyCalls: 'perhaps' }],
	['Ignore Repeats', { options: { ignoreRepeats: 'perhaps' } }],
	['When Unverifiable', { options: { whenUnverifiable: 'perhaps' } }],
	['Target Groups', { options: { filterIds: 'Sales' } }],
	['Target Groups', { options: { filterIds: 'null' } }],
	['Target Groups', { options: { filterIds: [] } }],
];

/**
 * A sandbox and a trigger that all tests of a file share, each test beginning anew: `settings` gives the trigger's
 * settings, `start` sets them and lets it begin as a workflow that was never started.
 */
export function sharedTrigger() {
	const world = sharedWorld();
	const host = new TriggerHost();
	const settings = (
		parameters: INodeParameters = {},
		more: Partial<TriggerSettings> = {},
	): TriggerSettings => ({ credential: world.credential, parameters, ...more });
	const start = (parameters?: INodeParameters, more?: Partial<TriggerSettings>) =>
		host.reset(settings(parameters, more));

	beforeAll(async () => await host.start());
	beforeEach(() => start());
	afterAll(() => host.stop());
	return {
		world,
		host,
		settings,
		start,
		/** Delivers what LiveCall would, to the address with the token in it. */
		deliver: async (body: unknown, options: DeliveryOptions = {}) =>
			await host.deliver(body, { query, ...options }),
		ended: () => endedCall(world),
	};
}

/** Adds a call that has ended successfully. */
export function endedCall({ sandbox }: World) {
	return sandbox.calls.add({ status: 'ended', outcome: 'successful', filter_id: 1 });
}

/** Waits until something is there, such as the first question that LiveCall was asked. */
export async function until<T>(what: string, look: () => T | undefined): Promise<T> {
	return await poll(async () => look(), { what, timeoutMs: 5_000, everyMs: 5 });
}
