import { alternate, atLeast, must, shown, type BenchCase, type Measured, type Row } from '../case';
import { deliver, type BurstResult } from '../deliveries';
import { storeFlow, type Flow, type FlowNode, type FlowStart } from '../flows';
import { describeTime } from '../profile';
import { median } from '../statistics';
import { WEBHOOK_TOKEN, type World } from '../world';
import { CREDENTIAL_TYPE } from '../../launcher/seed';

const COUNT = 500;
const AT_ONCE = 20;

/** How many deliveries a burst before the measured ones has, and one that only explains. */
const WARM_UP = 60;
const EXPLAINING = 200;

const VERIFIED = 'LiveCall Trigger, verification on';
const UNVERIFIED = 'LiveCall Trigger, verification off';
const TRIVIAL = 'trivial trigger';

const END: FlowNode = { name: 'End', type: 'n8n-nodes-base.noOp', version: 1, parameters: {} };

async function store({ client }: World, name: string, start: FlowStart): Promise<Flow> {
	return await storeFlow(client, name, start, [END], [[start.name, 0, END.name]], start.name);
}

function liveCallStart({ liveCall }: World, verifyCalls: boolean): FlowStart {
	return {
		name: 'LiveCall Trigger',
		type: 'n8n-nodes-livecall.liveCallTrigger',
		version: 1,
		path: 'webhook',
		query: `?token=${WEBHOOK_TOKEN}`,
		parameters: { events: ['call.ended'], verifyCalls, options: {} },
		credentials: { [CREDENTIAL_TYPE]: liveCall },
	};
}

function trivialStart(
	{ liveCall }: World,
	asks: 'nothing' | 'credential' | 'call',
	hasCredential = asks !== 'nothing',
): FlowStart {
	return {
		name: 'Start',
		type: 'n8n-nodes-bench.benchStart',
		version: 1,
		path: 'webhook',
		parameters: { answers: 'onReceived', asks },
		credentials: hasCredential ? { [CREDENTIAL_TYPE]: liveCall } : undefined,
	};
}

const WEBHOOK: FlowStart = {
	name: 'Webhook',
	type: 'n8n-nodes-base.webhook',
	version: 2.1,
	path: '',
	parameters: { httpMethod: 'POST', options: {} },
};

/** Deliveries to the trigger. */
export const deliveries: BenchCase = {
	name: 'deliveries',
	run: async (context): Promise<Row> => {
		const { world, report } = context;
		const work = '500 deliveries, 20 at a time';
		const flows = {
			[VERIFIED]: await store(world, VERIFIED, liveCallStart(world, true)),
			[UNVERIFIED]: await store(world, UNVERIFIED, liveCallStart(world, false)),
			[TRIVIAL]: await store(world, TRIVIAL, trivialStart(world, 'nothing')),
		};
		for (const flow of Object.values(flows)) await deliver(world, flow, WARM_UP, AT_ONCE);
		const results = await alternate(
			context,
			work,
			Object.fromEntries(
				Object.entries(flows).map(([who, flow]) => [
					who,
					async () => await deliver(world, flow, COUNT, AT_ONCE),
				]),
			),
		);
		const rate = (who: string) => median(results[who].map((burst) => burst.rate));
		const ratios = {
			on: rate(VERIFIED) / rate(TRIVIAL),
			off: rate(UNVERIFIED) / rate(TRIVIAL),
		};
		const asked = median(results[VERIFIED].map(({ counts }) => counts.calls));
		const rss = (who: string) => median(results[who].map((burst) => burst.rssOverIdle));
		const notes = [
			`Verification sent ${asked} requests for ${COUNT} deliveries.`,
			await explain(world, rate(TRIVIAL)),
		];
		for (const [who, flow] of Object.entries(flows)) {
			const { profile } = await deliver(world, flow, EXPLAINING, AT_ONCE, true);
			notes.push(describeTime(`${who}, ${EXPLAINING} deliveries`, profile));
		}
		report(`${work}: explained`);
		return {
			work: `${work}, verification on (off)`,
			beside: 'a trivial community trigger, which returns its body',
			target: '≥ 0.9 × its rate; verification off ≥ 1.0 ×',
			ours: `${shown(rate(VERIFIED))} /s (${shown(rate(UNVERIFIED))} /s)`,
			theirs: `${shown(rate(TRIVIAL))} /s`,
			ratio: `${shown(ratios.on)} × (${shown(ratios.off)} ×)`,
			sockets: `${Math.max(...results[VERIFIED].map(({ counts }) => counts.socketsAtOnce))} / 0`,
			rss: `${shown(rss(VERIFIED))} / ${shown(rss(TRIVIAL))} MiB`,
			checks: [
				atLeast('rate', ratios.on, 0.9, '×'),
				atLeast('rate without verification', ratios.off, 1.0, '×'),
				must(`${asked} requests for ${COUNT} deliveries`, 'one each', asked === COUNT),
			],
			rounds: Object.entries(results).flatMap(([who, bursts]) => measured(who, bursts)),
			notes,
		};
	},
};

/** What the parts of a delivery cost that no trigger with a credential can do without. */
async function explain(world: World, trivial: number): Promise<string> {
	const parts: string[] = [];
	const starts: Array<[string, FlowStart]> = [
		[
			'the trivial trigger with a credential that it does not read',
			trivialStart(world, 'nothing', true),
		],
		['with one `getCredentials`', trivialStart(world, 'credential')],
		[
			'with one `getCredentials` and one `httpRequestWithAuthentication`',
			trivialStart(world, 'call'),
		],
		["n8n's own Webhook node", WEBHOOK],
	];
	for (const [what, start] of starts) {
		const flow = await store(world, what, start);
		await deliver(world, flow, WARM_UP, AT_ONCE);
		const { rate } = await deliver(world, flow, EXPLAINING, AT_ONCE);
		parts.push(`${what} ${shown(rate)} /s (${shown(rate / trivial)} ×)`);
	}
	return `For comparison, once, ${EXPLAINING} deliveries each: ${parts.join('; ')}. A trigger that checks a token cannot do without \`getCredentials\`: outside of an execution's data n8n reads the credential from its database and evaluates it in an expression isolate of its own (n8n 2.41, \`CredentialsHelper.applyDefaultsAndOverwrites\`), beside the one that each delivery has already. Of this package's deliveries, those that arrive together read it once. To know repeats after a restart of n8n, the last of those that arrive together also has n8n write the static data.`;
}

function measured(who: string, bursts: BurstResult[]): Measured[] {
	return [
		{ who, what: 'deliveries/s', values: bursts.map(({ rate }) => rate), digits: 1 },
		{ who, what: 'ms of CPU each', values: bursts.map(({ cpuMs }) => cpuMs / COUNT), digits: 1 },
		{ who, what: 'MiB over idle', values: bursts.map((one) => one.rssOverIdle), digits: 0 },
	];
}
