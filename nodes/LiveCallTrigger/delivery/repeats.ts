import { randomUUID } from 'crypto';
import type { IWebhookFunctions } from 'n8n-workflow';

/** How many deliveries of a node are remembered. */
const MOST = 1_000;

/**
 * What this process knows beyond the static data. n8n hands each delivery a copy of the static data and writes back
 * the last one that ends, so of deliveries that arrive together all but one would be forgotten.
 */
interface Memory {
	/** Ties the memory to the static data it was written to: a workflow that starts afresh has another. */
	lineage: string;
	seen: Set<string>;
}

/** Deliveries of a node of which each came before another one was done with. */
interface Burst {
	/** How many are being handled. */
	underWay: number;
	/** How many of those handled n8n has yet to answer, which it does when it has stored the static data. */
	unanswered: number;
	/** Belongs to all of them, to the slowest too: none of them may have found static data yet. */
	memory?: Memory;
}

const memories = new Map<string, Memory>();
const bursts = new Map<string, Burst>();

/** The deliveries that have started the workflow, across restarts of n8n. One for each delivery, made as it arrives. */
export class Repeats {
	private readonly node: string;
	private readonly burst: Burst;
	/** Whether neither the static data nor this process knew of an earlier delivery, those beside it left aside. */
	private isFirst = false;

	constructor(private readonly functions: IWebhookFunctions) {
		this.node = `${functions.getWorkflow().id} ${functions.getNode().id}`;
		this.burst = bursts.get(this.node) ?? { underWay: 0, unanswered: 0 };
	}

	/**
	 * Runs the handling of the delivery, so that those which arrive together know of each other.
	 * @returns what the handling gives; throws what it throws
	 */
	async during<T>(handle: () => Promise<T>): Promise<T> {
		this.burst.underWay++;
		bursts.set(this.node, this.burst);
		try {
			return await handle();
		} finally {
			this.burst.underWay--;
			if (this.isFirst) this.awaitAnswer();
			this.endBurst();
		}
	}

	/** Keeps the burst together until n8n has answered: a delivery that comes before would find nothing stored. */
	private awaitAnswer(): void {
		const response = this.functions.getRequestObject().res;
		// Without a connection nobody would say when it ends.
		if (!response?.socket || response.writableEnded) return;
		this.burst.unanswered++;
		response.once('close', () => {
			this.burst.unanswered--;
			this.endBurst();
		});
	}

	private endBurst(): void {
		if (this.burst.underWay + this.burst.unanswered === 0) bursts.delete(this.node);
	}

	/**
	 * Whether the node is to answer the delivery that it has claimed. n8n stores the static data when a delivery is
	 * answered, and n8n 2.41 answers after the start of the workflow, which forgets that data it already had has changed
	 * (`WorkflowRunner.establishContextForPersistence`). n8n answers itself:
	 * - deliveries that others stand beside, which keeps whoever sends many from sending faster than n8n starts
	 *   workflows. The last of them stores for all;
	 * - the first of a node, for n8n's own answer waits until the data is stored. A delivery that comes sooner would not
	 *   find it, and would begin anew.
	 */
	get needsAnswer(): boolean {
		return this.burst.underWay === 1 && !this.isFirst;
	}

	/**
	 * Remembers the delivery.
	 * @param delivery what tells it apart: its event and its call
	 * @returns whether it is the first of its kind
	 */
	claim(delivery: string): boolean {
		const stored = this.functions.getWorkflowStaticData('node');
		const lineage = typeof stored.lineage === 'string' ? stored.lineage : undefined;
		this.isFirst = lineage === undefined && memories.get(this.node) === this.burst.memory;
		const memory = this.recall(lineage);
		const known: unknown = stored.seen;
		if (Array.isArray(known)) known.forEach((entry) => memory.seen.add(String(entry)));
		if (memory.seen.has(delivery)) return false;
		memory.seen.add(delivery);
		const kept = [...memory.seen].slice(-MOST);
		memory.seen = new Set(kept);
		stored.lineage = memory.lineage;
		stored.seen = kept;
		return true;
	}

	private recall(lineage: string | undefined): Memory {
		const known = lineage === undefined ? this.burst.memory : memories.get(this.node);
		const memory: Memory =
			known && (lineage ?? known.lineage) === known.lineage
				? known
				: { lineage: lineage ?? randomUUID(), seen: new Set() };
		memories.set(this.node, memory);
		this.burst.memory = memory;
		return memory;
	}
}
