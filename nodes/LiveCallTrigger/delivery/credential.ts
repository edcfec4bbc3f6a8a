import type { IWebhookFunctions } from 'n8n-workflow';
import { InFlight } from '../../shared/throttling/inFlight';
import { readAccess, type Access, type ApiAccess } from '../../shared/credential';
import { Cache } from './cache';

/**
 * Shared by all executions of this n8n process: what the credentials of trigger nodes gave in the last 10 s. Reading one
 * is most of what a delivery costs (n8n 2.41 makes an expression isolate for each reading outside of an execution,
 * `CredentialsHelper.applyDefaultsAndOverwrites`).
 */
const kept = new Cache<Access>(1_000, 10_000);

/** Shared by all executions of this n8n process: the readings in flight, so that deliveries that come together share one. */
const readings = new InFlight<Access>();

/** The LiveCall API credential as one delivery sees it. */
export class Credential {
	private readonly key: string;
	private present: Access | undefined;

	constructor(private readonly functions: IWebhookFunctions) {
		const { id, credentials } = functions.getNode();
		const credential = credentials?.liveCallApi?.id ?? '';
		this.key = [functions.getWorkflow().id, id, credential, functions.getMode()].join(' ');
	}

	/**
	 * What the credential gave at most 10 s ago.
	 * @throws what n8n throws when the credential cannot be read
	 */
	async read(): Promise<Access> {
		return this.present ?? kept.get(this.key) ?? (await this.readPresent());
	}

	/**
	 * What the credential gives now. Nothing is refused because of the credential before this was asked, so that a change
	 * in n8n holds at once.
	 * @throws what n8n throws when the credential cannot be read
	 */
	async readPresent(): Promise<Access> {
		this.present ??= await readings.ask(this.key, async () => await readAccess(this.functions));
		kept.set(this.key, this.present);
		return this.present;
	}

	/**
	 * Whether the credential has changed.
	 * @param api what it gave before
	 * @throws what n8n throws when the credential cannot be read
	 */
	async hasChanged(api: ApiAccess | undefined): Promise<boolean> {
		const { api: present } = await this.readPresent();
		return JSON.stringify(api?.credential) !== JSON.stringify(present?.credential);
	}
}
