import type { FaultQuestion } from '../../dev/sandbox';
import { World } from '../support/world';
import { FAULTS, type FaultName } from './schedule';

let customers = 0;

/** Decides what meets the n-th request for an item, or the n-th for the list of users (`list`). */
export type Decide = (whom: number | 'list', n: number) => FaultName;

/** What LiveCall did for one item. */
export interface Deeds {
	/** The ids that it gave to the item's customer, in order. */
	ids: number[];
	/** How many requests for the item it has had since the last look. */
	asked: number;
	/** On how many of those it acted. */
	acted: number;
}

/** A sandbox of its own for one scenario at a time, so that several scenarios can wait side by side. */
export class Lane {
	/** The digits of each item's phone number: no two items of any scenario share them. */
	private digits: string[] = [];
	private looked = 0;

	private constructor(private readonly world: World) {}

	static async open(): Promise<Lane> {
		return new Lane(await World.start());
	}

	get credential(): World['credential'] {
		return this.world.credential;
	}

	/** The text that must turn up nowhere. */
	get secrets(): string[] {
		return [this.world.credential.apiKey, this.world.credential.webhookToken].map(String);
	}

	/**
	 * Starts a scenario.
	 * @returns the items' phone numbers
	 */
	begin(items: number, decide: Decide): string[] {
		const { sandbox } = this.world;
		sandbox.reset();
		this.looked = 0;
		const numbers = Array.from({ length: items }, () => {
			customers++;
			return `+49 30 ${String(customers).padStart(8, '0')}`;
		});
		this.digits = numbers.map(onlyDigits);
		const requests = new Map<number | 'list', number>();
		sandbox.faults.decide((question) => {
			const whom = this.whomOf(question);
			if (whom === undefined) return undefined;
			const n = requests.get(whom) ?? 0;
			requests.set(whom, n + 1);
			return FAULTS[decide(whom, n)];
		});
		return numbers;
	}

	/**
	 * PollThrottle at what LiveCall has done for each item.
	 * A request whose time-out passed while this process was busy may still be on its way into the sandbox, which
	 * lives in the same process: a few turns of the event loop let it arrive.
	 */
	async look(): Promise<Deeds[]> {
		for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
		const { sandbox } = this.world;
		const deeds = this.digits.map((): Deeds => ({ ids: [], asked: 0, acted: 0 }));
		for (const { id, phone_number } of [...sandbox.calls.placed(), ...sandbox.users.all()]) {
			deeds[this.digits.indexOf(onlyDigits(phone_number))]?.ids.push(id);
		}
		for (; this.looked < sandbox.requests.length; this.looked++) {
			const request = sandbox.requests[this.looked];
			const whom = this.whomOf(request);
			if (typeof whom !== 'number') continue;
			deeds[whom].asked++;
			if (request.acted) deeds[whom].acted++;
		}
		return deeds;
	}

	/** How many requests LiveCall has had since the scenario began. */
	get requests(): number {
		return this.world.sandbox.requests.length;
	}

	async close(): Promise<void> {
		await this.world.sandbox.stop();
	}

	/** Which item a request is for; `undefined` for one that is left over from an earlier scenario. */
	private whomOf({
		method,
		json,
	}: Pick<FaultQuestion, 'method' | 'json'>): number | 'list' | undefined {
		if (method === 'GET') return 'list';
		const index = this.digits.indexOf(onlyDigits(phoneNumberIn(json)));
		return index >= 0 ? index : undefined;
	}
}

function phoneNumberIn(json: unknown): unknown {
	const wrapped: unknown =
		typeof json === 'object' && json !== null ? Object.values(json)[0] : undefined;
	return typeof wrapped === 'object' && wrapped !== null && 'phone_number' in wrapped
		? wrapped.phone_number
		: undefined;
}

function onlyDigits(phoneNumber: unknown): string {
	return String(phoneNumber).replace(/\D/g, '');
}

/**
 * Does jobs one after the other in each of several lanes, so that the waits of some are filled with the work of others.
 * @param jobs taken by the lanes as they become free; a job may bring further jobs
 */
export async function inLanes(
	lanes: Lane[],
	jobs: Iterator<(lane: Lane) => Promise<void>>,
): Promise<void> {
	const failures: unknown[] = [];
	const work = async (lane: Lane): Promise<void> => {
		for (let next = jobs.next(); next.done !== true && failures.length === 0; next = jobs.next()) {
			await next.value(lane).catch((error: unknown) => failures.push(error));
		}
	};
	// No lane may still be at work when this one gives up: whoever comes next would share it.
	await Promise.all(lanes.map(work));
	if (failures.length > 0) throw failures[0];
}
