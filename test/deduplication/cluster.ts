import { Claims } from '../../nodes/LiveCall/deduplication/claims';
import { RowLock, type Clock } from '../../nodes/LiveCall/deduplication/rowLock';
import {
	StoredEntries,
	type ProcessedData,
} from '../../nodes/LiveCall/deduplication/storedEntries';
import { InMemoryProcessedData } from '../support/processedData';
import { storeOf } from './processes';
import { VirtualTime } from './virtualTime';

let names = 0;

/** The name of a process of its own: what is exclusive within a process goes by the workflow's name. */
export const anyName = () => `process ${++names}`;

/** Processes of n8n that share a store, in a time of their own. */
export class Cluster {
	readonly time: VirtualTime;
	readonly data: InMemoryProcessedData;
	readonly store: ProcessedData;

	/**
	 * @param seed of all chance
	 * @param stepMs how long a step of the database takes, in ms
	 */
	constructor(seed = 1, stepMs: (cluster: Cluster) => number = () => 1) {
		this.time = new VirtualTime(seed);
		this.data = new InMemoryProcessedData(async () => await this.time.sleep(stepMs(this)));
		this.store = storeOf(this.data);
	}

	/** The claims of a process. */
	process(signal?: AbortSignal, name = anyName()): Claims {
		const clock = this.time.clock();
		const wait = (ended?: AbortSignal) => async (ms: number) =>
			(await clock.wait(ms)) && !ended?.aborted;
		return new Claims(this.store, name, signal, (ended) => ({ ...clock, wait: wait(ended) }));
	}

	/** The lock of the workflow, as a process takes it. */
	lock(clock: Clock = this.time.clock(), store = this.store): RowLock {
		return new RowLock(new StoredEntries(store, 'workflow'), clock);
	}

	/** Puts entries into the row of the node, or of the whole workflow, which is the place of the lock. */
	async record(entries: string[], scope: 'node' | 'workflow' = 'node'): Promise<void> {
		await this.store.checkProcessedAndRecord(entries, scope, { mode: 'entries' });
	}

	/** Has somebody hold the lock who has died. */
	async lockForGood(): Promise<void> {
		const others = Array.from({ length: 30 }, (_, n) => `${n}`);
		await this.record(['n8n-nodes-livecall: held', ...others], 'workflow');
	}

	/** Deletes the row of the whole workflow, and with it the lock. */
	async clear(): Promise<void> {
		await this.store.clearAllProcessedItems('workflow', { mode: 'entries' });
	}

	/** Lets time pass until all of this is over. */
	async live<T>(life: () => Promise<T>): Promise<T> {
		const [result] = await Promise.all([life(), this.time.run()]);
		return result;
	}
}
