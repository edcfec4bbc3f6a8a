/** What was told of one item that asked for a call: `unknown` also if nothing was told, since a process died. */
export type Told = 'placed' | 'duplicate' | 'refused' | 'unknown';

/** One item's request for a call, from what n8n has stored. Times in ms since 1970. */
export interface Operation {
	key: string;
	told: Told;
	/** When it can have asked for its key at the earliest. */
	startedAt: number;
	/** When it was over; Infinity if nobody knows. */
	endedAt: number;
	/** Where it stands, such as "execution 12", for whoever reads a history that was refused. */
	by: string;
}

/** A call that LiveCall placed. */
export interface Ring {
	key: string;
	/** In ms since 1970. */
	at: number;
}

/** All that was seen of some keys, in no order. */
export interface History {
	operations: Operation[];
	rings: Ring[];
	/** For how long a key counts, in ms; left out, for ever. */
	windowMs?: number;
	/** By how much a call may come later than the claim of its key, from which the window counts, in ms. */
	lateMs?: number;
}

/** A key counts for up to this many times its window. */
const LONGEST = 1.25;

/**
 * Judges what was seen against what is promised. Each key is judged for itself:
 * - it is rung once; with a window, twice only if the window lies between;
 * - each ring lies within an item that is told as placed or unknown, and each item that is told as placed has its own;
 * - a duplicate comes after the beginning of something that may have taken the key, and within the key's time;
 * - a key that nobody was called for, though not all of its items were refused, stands beside an unknown.
 * @returns what breaks a promise, in words; nothing if all of them are kept
 */
export function brokenIn({
	operations,
	rings,
	windowMs = Infinity,
	lateMs = 0,
}: History): string[] {
	const keys = new Set([...operations, ...rings].map(({ key }) => key));
	return [...keys].flatMap((key) =>
		brokenFor({
			operations: operations.filter((operation) => operation.key === key),
			rings: rings
				.filter((ring) => ring.key === key)
				.map(({ at }) => at)
				.sort((one, other) => one - other),
			windowMs,
			lateMs,
		}).map((broken) => `${key}: ${broken}`),
	);
}

interface OneKey {
	operations: Operation[];
	/** When it was rung, the earliest first. */
	rings: number[];
	windowMs: number;
	lateMs: number;
}

function brokenFor(seen: OneKey): string[] {
	return [...rungTooOften(seen), ...notAccountedFor(seen), ...falseDuplicates(seen), ...lost(seen)];
}

function rungTooOften({ rings, windowMs, lateMs }: OneKey): string[] {
	return rings.flatMap((at, place) => {
		const before = rings[place - 1];
		if (before === undefined || at - before >= windowMs - lateMs) return [];
		return [`rung again ${at - before} ms later, at ${timeOf(at)}`];
	});
}

/** Each item that is told as placed takes the earliest ring within it; what is left must lie within one that is unknown. */
function notAccountedFor({ operations, rings }: OneKey): string[] {
	const left = [...rings];
	const take = ({ startedAt, endedAt }: Operation) => {
		const place = left.findIndex((at) => startedAt <= at && at <= endedAt);
		return place >= 0 && left.splice(place, 1).length === 1;
	};
	const inOrder = [...operations].sort((one, other) => one.endedAt - other.endedAt);
	const untrue = inOrder.filter((operation) => operation.told === 'placed' && !take(operation));
	inOrder.filter(({ told }) => told === 'unknown').forEach(take);
	return [
		...untrue.map(({ by }) => `told as placed, but not rung then (${by})`),
		...left.map((at) => `rung at ${timeOf(at)}, and no item says so`),
	];
}

/** Who was refused gives its key back, so only whoever met it meanwhile is a duplicate of it. */
function falseDuplicates({ operations, windowMs }: OneKey): string[] {
	const takers = operations.filter(({ told }) => told !== 'duplicate');
	const duplicates = operations.filter(({ told }) => told === 'duplicate');
	const isOf = (duplicate: Operation, taker: Operation) => {
		const heldUntil = taker.told === 'refused' ? taker.endedAt : taker.endedAt + windowMs * LONGEST;
		return taker.startedAt <= duplicate.endedAt && duplicate.startedAt <= heldUntil;
	};
	return duplicates
		.filter((duplicate) => !takers.some((taker) => isOf(duplicate, taker)))
		.map(({ by }) => `told as a duplicate, but nobody had the key (${by})`);
}

function lost({ operations, rings }: OneKey): string[] {
	if (rings.length > 0 || operations.every(({ told }) => told === 'refused')) return [];
	return operations.some(({ told }) => told === 'unknown') ? [] : ['nobody was called'];
}

function timeOf(at: number): string {
	return new Date(at).toISOString();
}
