import { toCallTime } from './time';
import type { WebhookEvent } from './types';
import { SHORT_WAV_BYTES } from './wav';

/** Only `ended` is documented; the names of the stages before it are the sandbox's own. */
type CallStatus = 'created' | 'initiated' | 'started' | 'ended';

/** A call, with exactly the fields that GET /calls/:id documents. Times are ISO 8601 with an offset. */
export interface CallRecord {
	id: number;
	status: CallStatus;
	/** `successful` is documented; LiveCall's newer API knows `failed` too. A test may set any other. Null until ended. */
	outcome: string | null;
	user_id: number | null;
	filter_id: number | null;
	phone_number: string;
	scheduled_for: string | null;
	created_at: string;
	initiated_at: string | null;
	started_at: string | null;
	ended_at: string | null;
	/** Seconds; null until ended. */
	duration: number | null;
	custom_fields_data: Record<string, unknown>;
}

/** What a call that is put straight into a state has besides its fields. */
interface RecordingChoice {
	/** Whether it was recorded, or in how many ms from now the recording is there. Default: when it ended successfully. */
	recorded?: boolean | number;
	/** Size of the recording in bytes, any size: it is generated while it is sent. Implies `recorded`. */
	recordedBytes?: number;
}

/** What a POST /calls or the widget's form asks for, once checked. */
export interface CallRequest {
	filter_id: number;
	phone_number: string;
	/** When to call, in ms since 1970; null for now. */
	scheduledForMs: number | null;
	user_id: number | null;
	custom_fields_data?: Record<string, unknown>;
}

/** A recording of a call. */
interface RecordingRecord {
	id: number;
	/** From when on it can be had, in ms on the sandbox's clock. */
	readyAt: number;
	/** Its size as a file, in bytes. */
	bytes: number;
}

/** What the book needs of the rest of the sandbox. */
interface CallBookSurroundings {
	/** The clock, ms since 1970. */
	now: () => number;
	/** How long a stage lasts, in ms; 0 for calls that stay as they are. */
	stageMs: number;
	/** The ids of the users that may take a call. */
	userIds: () => number[];
	/** Told when a call was created or has ended. */
	announce: (event: WebhookEvent, call: CallRecord) => void;
	/** Told after every change. */
	changed: () => void;
}

type Origin = 'api' | 'widget' | 'test';

interface StoredCall {
	record: CallRecord;
	origin: Origin;
	/** When its next stage begins, in ms; Infinity for a call that stays as it is. */
	dueAt: number;
	recording?: RecordingRecord;
}

const NEVER = Number.POSITIVE_INFINITY;
const LONGEST_TIMER_MS = 60_000;

/**
 * All calls and their progress. Where a call stands follows from the clock alone; the timer only sees to it that
 * the events happen on time. What is given out are copies.
 */
export class CallBook {
	private readonly calls = new Map<number, StoredCall>();

	/** The calls that have a next stage ahead of them. */
	private readonly moving = new Set<StoredCall>();

	/** When the next of them is due, in ms. */
	private soonest = NEVER;

	private nextId: number;

	private nextRecordingId: number;

	private timer: NodeJS.Timeout | undefined;

	/** The users that have taken calls, the latest one last. */
	private readonly turns = new Set<number>();

	constructor(private readonly surroundings: CallBookSurroundings) {
		// Ids must not come again after a restart: whoever has seen a call takes its id for a repeat.
		const seconds = Math.floor((surroundings.now() - Date.UTC(2025, 0, 1)) / 1000);
		this.nextId = Math.max(1, seconds);
		this.nextRecordingId = this.nextId + 500_000_000;
	}

	/** Gives all calls in the order in which they were made. */
	all(): CallRecord[] {
		this.advance();
		return [...this.calls.values()].map(({ record }) => copy(record));
	}

	/** Gives one call as it stands now, or undefined. */
	get(id: number): CallRecord | undefined {
		this.advance();
		const call = this.calls.get(id);
		return call && copy(call.record);
	}

	/** Gives the calls that POST /calls created, in order: the customers that were really rung. */
	placed(): CallRecord[] {
		this.advance();
		return [...this.calls.values()]
			.filter(({ origin }) => origin === 'api')
			.map(({ record }) => copy(record));
	}

	/** Creates a call that then goes through its stages, as the API and the widget do. Gives it as created. */
	place(request: CallRequest, origin: 'api' | 'widget'): CallRecord {
		const { now, stageMs } = this.surroundings;
		const at = now();
		const call: StoredCall = {
			origin,
			dueAt: stageMs > 0 ? Math.max(at + stageMs, request.scheduledForMs ?? at) : NEVER,
			record: {
				id: this.nextId++,
				status: 'created',
				outcome: null,
				user_id: request.user_id,
				filter_id: request.filter_id,
				phone_number: request.phone_number,
				scheduled_for: request.scheduledForMs === null ? null : toCallTime(request.scheduledForMs),
				created_at: toCallTime(at),
				initiated_at: null,
				started_at: null,
				ended_at: null,
				duration: null,
				custom_fields_data: { ...request.custom_fields_data },
			},
		};
		this.calls.set(call.record.id, call);
		this.schedule(call, call.dueAt);
		this.surroundings.announce('call.created', copy(call.record));
		this.settle();
		return copy(call.record);
	}

	/**
	 * Puts a call into any state, where it stays; no webhook is sent. What is left out is filled in to fit the
	 * state. Gives the call.
	 */
	add(partial: Partial<CallRecord> & RecordingChoice = {}): CallRecord {
		const { recorded, recordedBytes, ...fields } = partial;
		const at = this.surroundings.now();
		const status = fields.status ?? 'created';
		const ended = status === 'ended';
		const duration = fields.duration ?? (ended ? 13.528892 : null);
		const startedAt = at - Math.round((duration ?? 0) * 1000);
		const record: CallRecord = {
			id: this.nextId,
			status,
			outcome: ended ? 'successful' : null,
			user_id: this.surroundings.userIds()[0] ?? null,
			filter_id: 1,
			phone_number: '+44 123123123',
			scheduled_for: null,
			created_at: toCallTime(startedAt - 2000),
			initiated_at: status === 'created' ? null : toCallTime(startedAt - 1000),
			started_at: status === 'started' || ended ? toCallTime(startedAt) : null,
			ended_at: ended ? toCallTime(at) : null,
			custom_fields_data: {},
			...fields,
			duration,
		};
		this.nextId = Math.max(this.nextId, record.id + 1);
		const call: StoredCall = { origin: 'test', dueAt: NEVER, record };
		this.calls.set(record.id, call);
		if (ended) this.record(call, at, { recorded, recordedBytes });
		this.surroundings.changed();
		return copy(record);
	}

	/**
	 * Ends a call now, with webhook. Takes the outcome (default `successful`) and the duration in seconds
	 * (default 13.528892, or 0 for other outcomes). Gives the call; throws for one that is unknown or has ended.
	 */
	end(id: number, how: { outcome?: string; duration?: number } & RecordingChoice = {}): CallRecord {
		this.advance();
		const call = this.mustGet(id);
		if (call.record.status === 'ended') throw new Error(`Call ${id} has ended already`);
		const at = this.surroundings.now();
		const outcome = how.outcome ?? 'successful';
		const duration = how.duration ?? (outcome === 'successful' ? 13.528892 : 0);
		call.record.initiated_at ??= toCallTime(at);
		call.record.status = 'initiated';
		if (outcome === 'successful') {
			call.record.status = 'started';
			call.record.started_at ??= toCallTime(at);
			call.record.user_id ??= this.freeUser();
		}
		this.finish(call, at, outcome, duration, how);
		this.settle();
		return copy(call.record);
	}

	/** Moves a call to its next stage at once, scheduled or not. Gives the call; throws for an unknown id. */
	step(id: number): CallRecord {
		this.advance();
		const call = this.mustGet(id);
		this.nextStage(call, this.surroundings.now());
		this.settle();
		return copy(call.record);
	}

	/** Gives the recording of a call where it is ready, or undefined. */
	recordingOf(callId: number): RecordingRecord | undefined {
		this.advance();
		const recording = this.calls.get(callId)?.recording;
		return recording && recording.readyAt <= this.surroundings.now() ? { ...recording } : undefined;
	}

	/** Gives a recording by its own id where it is ready, or undefined. */
	recording(id: number): RecordingRecord | undefined {
		for (const { record, recording } of this.calls.values()) {
			if (recording?.id === id) return this.recordingOf(record.id);
		}
		return undefined;
	}

	/** Moves every call to where it has to be at the clock's present time. Reading does so too. */
	advance(): void {
		const now = this.surroundings.now();
		if (now < this.soonest) return;
		// A clock that has jumped makes several stages of one call due: each round moves every call by one.
		for (;;) {
			const due = [...this.moving].filter(({ dueAt }) => dueAt <= now);
			if (due.length === 0) break;
			due.sort((a, b) => a.dueAt - b.dueAt);
			due.forEach((call) => this.nextStage(call, call.dueAt));
		}
		this.settle();
	}

	/** Forgets all calls, and stops the timer. */
	clear(): void {
		this.calls.clear();
		this.halt();
		this.surroundings.changed();
	}

	/** Leaves all calls as they are from now on. */
	halt(): void {
		this.moving.forEach((call) => this.schedule(call, NEVER));
		this.arm();
	}

	private nextStage(call: StoredCall, at: number): void {
		const { record } = call;
		const { stageMs } = this.surroundings;
		// Moved on before it happens: announcing an event may read the book again.
		this.schedule(call, stageMs > 0 ? at + stageMs : NEVER);
		if (record.status === 'created') {
			record.status = 'initiated';
			record.initiated_at = toCallTime(at);
			record.user_id ??= this.freeUser();
		} else if (record.status === 'initiated' && isAnswered(record.phone_number)) {
			record.status = 'started';
			record.started_at = toCallTime(at);
		} else if (record.status === 'initiated') {
			this.finish(call, at, 'failed', 0, {});
		} else if (record.status === 'started') {
			const since = record.started_at === null ? at : Date.parse(record.started_at);
			this.finish(call, at, 'successful', (at - since) / 1000, {});
		} else {
			this.schedule(call, NEVER);
		}
	}

	private schedule(call: StoredCall, dueAt: number): void {
		call.dueAt = dueAt;
		if (dueAt === NEVER) this.moving.delete(call);
		else this.moving.add(call);
	}

	private finish(
		call: StoredCall,
		at: number,
		outcome: string,
		duration: number,
		choice: RecordingChoice,
	): void {
		this.schedule(call, NEVER);
		Object.assign(call.record, { status: 'ended', outcome, duration, ended_at: toCallTime(at) });
		this.record(call, at, choice);
		this.surroundings.announce('call.ended', copy(call.record));
	}

	private record(call: StoredCall, at: number, choice: RecordingChoice): void {
		const fallback = choice.recordedBytes !== undefined || call.record.outcome === 'successful';
		const recorded = choice.recorded ?? fallback;
		if (recorded === false) return;
		call.recording = {
			id: this.nextRecordingId++,
			readyAt: at + (recorded === true ? 0 : recorded),
			bytes: choice.recordedBytes ?? SHORT_WAV_BYTES,
		};
	}

	/** Gives the call to a user with the fewest calls, and among those to the one whose last call is longest ago. */
	private freeUser(): number | null {
		const busy = [...this.moving].map(({ record }) => record.user_id);
		const turns = [...this.turns];
		const [freest] = this.surroundings
			.userIds()
			.map((id) => ({ id, calls: busy.filter((user) => user === id).length }))
			.sort((a, b) => a.calls - b.calls || turns.indexOf(a.id) - turns.indexOf(b.id));
		if (!freest) return null;
		this.turns.delete(freest.id);
		this.turns.add(freest.id);
		return freest.id;
	}

	private mustGet(id: number): StoredCall {
		const call = this.calls.get(id);
		if (!call) throw new Error(`The sandbox has no call ${id}`);
		return call;
	}

	private settle(): void {
		this.surroundings.changed();
		this.arm();
	}

	private arm(): void {
		clearTimeout(this.timer);
		this.soonest = NEVER;
		for (const { dueAt } of this.moving) this.soonest = Math.min(this.soonest, dueAt);
		if (this.soonest === NEVER) return;
		const wait = Math.max(0, this.soonest - this.surroundings.now());
		this.timer = setTimeout(() => this.wake(), Math.min(wait, LONGEST_TIMER_MS));
		this.timer.unref();
	}

	/** A timer may come early, by a long wait's limit or by a clock that a test has set: then it is set once more. */
	private wake(): void {
		this.advance();
		this.arm();
	}
}

/** A number whose last digit is 0 never picks up: the one way to see an unanswered call on purpose. */
function isAnswered(phoneNumber: string): boolean {
	return !phoneNumber.replace(/\D/g, '').endsWith('0');
}

function copy(record: CallRecord): CallRecord {
	return { ...record, custom_fields_data: { ...record.custom_fields_data } };
}
