import { randomUUID } from 'crypto';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';
import {
	startSandbox,
	type Fault,
	type Sandbox,
	type SandboxOptions,
	type SeenRequest,
} from '../../dev/sandbox';
import { NODE_NAME, processedData, runNode, type RunResult, type RunSettings } from './engine';

/** Looked for wherever they must not turn up. */
export const SECRETS = { apiKey: randomUUID(), webhookToken: randomUUID() };

/** n8n 1.x lacks some of what the node leans on. */
export const isN8n1 = process.env.N8N_VERSION?.startsWith('1.') ?? false;

/** Settings of a node that n8n runs again when it fails, without a wait. */
export const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/** Settings of a node that goes on after errors. */
export const CONTINUES = { onError: 'continueRegularOutput' as const };

/** Parameters with which a call is placed, and with which each item's own customer is called. */
export const CALL = { filterId: locator('1'), phoneNumber: '+49 30 1234567' };
export const CALL_EACH = { ...CALL, phoneNumber: '={{ $json.phone }}' };

/** Items with so many customers, whose numbers end in 0 and so on. */
export function customers(count: number): Array<{ phone: string }> {
	return Array.from({ length: count }, (_, n) => ({ phone: `+49 30 100000${n}` }));
}

/** A sandbox for the tests of a file, and short ways to run the LiveCall node against it. */
export class World {
	private running: Sandbox | undefined;

	static async start(options?: SandboxOptions): Promise<World> {
		const world = new World();
		await world.begin(options);
		return world;
	}

	/** Starts the sandbox. */
	async begin(options: SandboxOptions = {}): Promise<void> {
		this.running = await startSandbox({ apiKey: SECRETS.apiKey, stageMs: 0, ...options });
	}

	get sandbox(): Sandbox {
		if (!this.running) throw new Error('The sandbox has not been started');
		return this.running;
	}

	get credential(): ICredentialDataDecryptedObject {
		const { apiKey, apiUrl } = this.sandbox;
		return { apiKey, baseUrl: apiUrl, webhookToken: SECRETS.webhookToken };
	}

	/** Forgets what the test before has left. */
	reset(): void {
		this.sandbox.reset();
		processedData.clear();
	}

	/**
	 * Runs one operation.
	 * @param operation such as `call.create`
	 * @param parameters the operation's own
	 */
	async run(
		operation: string,
		parameters: INodeParameters = {},
		settings: Partial<Omit<RunSettings, 'parameters'>> = {},
	): Promise<RunResult> {
		const [resource, name] = operation.split('.');
		return await runNode({
			credential: this.credential,
			...settings,
			parameters: { resource, operation: name, ...parameters },
		});
	}

	/** Has one request meet a fault: the one of that number, counted from 0 from now on. */
	meetAt(number: number, fault: Fault): void {
		this.sandbox.faults.decide(({ index }) => (index === number ? fault : undefined));
	}

	/** What the API was asked, as `METHOD path`. */
	asked(): string[] {
		return this.seen().map(({ method, path }) => `${method} ${path}`);
	}

	/** The requests that reached the API. */
	seen(): SeenRequest[] {
		return this.sandbox.requests.filter(({ host }) => host === 'api');
	}
}

/** A world that all tests of a file, or of a `describe`, share, each test beginning anew. */
export function sharedWorld(options?: SandboxOptions): World {
	const world = new World();
	beforeAll(async () => await world.begin(options));
	beforeEach(() => world.reset());
	afterAll(async () => await world.sandbox.stop());
	return world;
}

/** A resource locator's value. */
export function locator(
	value: string | number,
	mode = 'id',
): { __rl: true; mode: string; value: string | number } {
	return { __rl: true, mode, value };
}

/** What LiveCall answers in place of what it would. */
export function answer(status: number, body?: unknown, contentType?: string): Fault {
	return { kind: 'status', status, body, contentType };
}

/** The JSON of what came out, in order. */
export function jsons(result: RunResult): IDataObject[] {
	return result.output.map(({ json }) => json);
}

/** What hints say beside the output of the last run, in order. */
export function hintsOf({ run }: RunResult): string[] {
	const [last] = run.data.resultData.runData[NODE_NAME]?.slice(-1) ?? [];
	return (last?.hints ?? []).map(({ message }) => message);
}

/** Which input items the output is paired to, in order. */
export function pairs({ output }: RunResult): number[] {
	return output.map(pairOf);
}

/** Which input item an output item is paired to; -1 if it is none or several. */
export function pairOf({ pairedItem }: INodeExecutionData): number {
	return typeof pairedItem === 'object' && !Array.isArray(pairedItem) ? pairedItem.item : -1;
}
