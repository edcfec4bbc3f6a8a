import { at, listAt, type Json } from '../json';

/** Where n8n's main thread has spent its time, in milliseconds. */
export interface TimeSpent {
	/** All but waiting. */
	busyMs: number;
	/** In functions of this package itself, without what they call. */
	ownMs: number;
	/** In each of some functions together with what they call; work that they wait for asynchronously is not in it. */
	within: Array<{ what: string; ms: number }>;
}

/** Parts of n8n that a run spends its time in: what they do, and which function in which file that is. */
const PARTS = [
	{ what: 'n8n reading the credential', name: 'getDecrypted', file: 'credentials-helper.js' },
	{ what: 'n8n querying its database', name: 'runExclusive', file: 'ReadonlyConnectionPool.js' },
	{ what: 'n8n decrypting the credential', name: 'decryptV2', file: 'cipher.js' },
	{
		what: "n8n evaluating the credential's `authenticate`",
		name: 'authenticate',
		file: 'credentials-helper.js',
	},
	{ what: 'n8n reading parameters', name: '_getNodeParameter', file: 'node-execution-context.js' },
	{ what: 'n8n setting up expression isolates', name: 'acquire', file: 'expression-evaluator.js' },
	{ what: 'n8n evaluating expressions', name: 'evaluate', file: 'expression-evaluator.js' },
	{ what: 'axios sending requests', name: 'dispatchHttpRequest', file: 'axios.cjs' },
	{ what: 'collecting garbage', name: '(garbage collector)', file: '' },
];

/** Reads V8's profile of n8n's main thread. */
export function readProfile(profile: Json): TimeSpent {
	const parents = new Map<number, number>();
	const frames = new Map<number, { name: string; url: string }>();
	for (const node of listAt(profile, 'nodes')) {
		const id = Number(at(node, 'id'));
		frames.set(id, {
			name: String(at(node, 'callFrame', 'functionName')),
			url: String(at(node, 'callFrame', 'url')),
		});
		const children = at(node, 'children');
		if (Array.isArray(children)) children.forEach((child) => parents.set(Number(child), id));
	}
	const times = listAt(profile, 'timeDeltas').map(Number);
	const selfUs = new Map<number, number>();
	listAt(profile, 'samples').forEach((sample, index) => {
		const id = Number(sample);
		selfUs.set(id, (selfUs.get(id) ?? 0) + times[index]);
	});

	const within = PARTS.map(({ what }) => ({ what, ms: 0 }));
	let busyMs = 0;
	let ownMs = 0;
	for (const [id, us] of selfUs) {
		const own = frames.get(id);
		if (own === undefined || own.name === '(idle)' || isProbe(own.url)) continue;
		busyMs += us / 1000;
		if (own.url.includes('/n8n-nodes-livecall/')) ownMs += us / 1000;
		const stack: Array<{ name: string; url: string }> = [];
		for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
			const frame = frames.get(at);
			if (frame) stack.push(frame);
		}
		PARTS.forEach(({ name, file }, index) => {
			if (stack.some((frame) => frame.name === name && frame.url.endsWith(file))) {
				within[index].ms += us / 1000;
			}
		});
	}
	return { busyMs, ownMs, within };
}

/** The profiler's own start stands in the profile too. */
function isProbe(url: string): boolean {
	return url.includes('/n8n-nodes-bench/nodes/BenchProbe/') || url.startsWith('node:inspector');
}

/** Says in one sentence where the time went. */
export function describeTime(who: string, spent: TimeSpent | undefined): string {
	if (spent === undefined) return `${who}: not profiled.`;
	const { busyMs, ownMs, within } = spent;
	const share = (ms: number) => `${((ms / busyMs) * 100).toFixed(0)} %`;
	const parts = within
		.filter(({ ms }) => ms >= busyMs * 0.01)
		.sort((one, other) => other.ms - one.ms)
		.map(({ what, ms }) => `${what} ${share(ms)}`);
	const own = `code of this package itself ${share(ownMs)}`;
	return `${who}: n8n's main thread was busy for ${(busyMs / 1000).toFixed(2)} s (profiled); of that, ${[...parts, own].join(', ')} (parts overlap).`;
}
