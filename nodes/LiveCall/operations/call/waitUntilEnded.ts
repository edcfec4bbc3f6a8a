import type { IDataObject } from 'n8n-workflow';
import type { Resource } from '../../../shared/api/answers';
import { getCall } from '../../../shared/api/endpoints';
import { asksForTooLong } from '../../../shared/api/backOff';
import {
	isLiveCallsWord,
	isNotFound,
	mayRepeat,
	type Failure,
	type Reply,
} from '../../../shared/api/outcome';
import { hasEnded, outcomeOf } from '../../../shared/call';
import { explain } from '../../../shared/errors/explain';
import { messages, type Explanation } from '../../../shared/errors/messages';
import { callTopic } from '../../../shared/errors/topics';
import { shownTime } from '../../../shared/time';
import { addUserNameOption, callIdField, simplifyField } from '../../fields/commonFields';
import { aNumber, anId, oneOf } from '../../../shared/input/checks';
import type { Operation } from '../../execution/operation';
import type { Item } from '../../execution/item';
import { lookUntil } from '../../execution/poll';
import { readCallShape } from './callShape';

const DEFAULT_TIMEOUT_MINUTES = 30;
const DEFAULT_POLL_SECONDS = 5;

const aTimeout = aNumber('minutes', 0, Infinity);
const aPollInterval = aNumber('seconds', 1, 86_400);

/** The longest pause if no interval is set, in ms. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * For how long LiveCall may lag behind, in ms: it may not know a call yet that was placed a moment ago, nor the outcome
 * of one that has just ended. And how long to wait until the next look meanwhile.
 */
const LAGS_FOR_MS = 10_000;
const LOOK_FOR_LATE_MS = 1_000;

/** How long the last look may take, which begins as the time is up, in ms. */
const LAST_LOOK_MS = 1_000;

/** Looks at a call again and again until it has ended: LiveCall's API has no request that waits. */
export const waitUntilEnded: Operation = {
	option: {
		name: 'Wait Until Ended',
		value: 'waitUntilEnded',
		action: 'Wait until a call has ended',
		description:
			'Go on once the call is over, with its outcome. This keeps the execution open: for scheduled or long calls use the LiveCall Trigger.',
	},
	kind: 'wait',
	fields: [callIdField, simplifyField],
	options: [
		addUserNameOption,
		{
			displayName: 'On Timeout',
			name: 'onTimeout',
			type: 'options',
			default: 'fail',
			description: 'What to do when the call has not ended in time',
			options: [
				{ name: 'Fail', value: 'fail', description: 'The item fails' },
				{ name: 'Return', value: 'return', description: 'Go on with the call as it is then' },
			],
		},
		{
			displayName: 'Poll Interval',
			name: 'pollInterval',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: DEFAULT_POLL_SECONDS,
			description:
				'How long to wait between two looks at the call, in seconds. Without this option: from 5 to 30, growing with the time waited.',
			hint: 'In seconds',
		},
		{
			displayName: 'Timeout',
			name: 'timeout',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: DEFAULT_TIMEOUT_MINUTES,
			description:
				'How long to wait for the end of the call, in minutes; fractions such as 0.5 are fine',
			hint: 'In minutes',
		},
	],
	async execute(item) {
		const callId = item.read('callId', anId);
		const shaped = readCallShape(item);
		const minutes = item.option('timeout', aTimeout, DEFAULT_TIMEOUT_MINUTES);
		const pollSeconds = item.readAdded('options', 'pollInterval', aPollInterval);
		const onTimeout = item.option('onTimeout', oneOf('fail', 'return'), 'fail');

		const deadline = deadlineOf(item, minutes);
		const followed = await follow(item, callId, deadline, pollSeconds);
		if (!followed.isOver && onTimeout === 'fail') {
			throw item.wrong(whyNotEnded(item, followed, callId, minutes));
		}
		return { json: await shaped(followed.call) };
	},
};

/** When the wait is over, in ms since 1970. */
function deadlineOf(item: Item, minutes: number): number {
	return item.run.startedAt + minutes * 60_000;
}

/** A call as LiveCall told it last, and why the look after that brought nothing. */
interface Followed {
	call: Resource;
	isOver: boolean;
	failure?: Failure;
}

/** Looks at a call until it has ended, with an outcome if LiveCall has one, or cannot end before the deadline. */
async function follow(
	item: Item,
	callId: string,
	deadline: number,
	pollSeconds: number | undefined,
): Promise<Followed> {
	let latest: Resource | undefined;
	let lagsUntil = Date.now() + LAGS_FOR_MS;
	// One whole look is due, however short the time.
	let leastMs = item.timeoutMs;

	const look = async () => {
		const hadEnded = latest !== undefined && hasEnded(latest);
		const until = hadEnded ? Math.min(lagsUntil, deadline) : deadline;
		const seen = await item.client.send(getCall(callId), {
			deadline: Math.max(until, Date.now() + leastMs),
		});
		leastMs = LAST_LOOK_MS;
		if (seen.ok) latest = seen.value;
		if (!hadEnded && latest && hasEnded(latest)) lagsUntil = Date.now() + LAGS_FOR_MS;
		return seen;
	};
	const pauseMs = (reply: Reply<Resource>) => {
		if (stageOf(reply, latest, deadline) === 'lags') return LOOK_FOR_LATE_MS;
		const pause =
			pollSeconds === undefined
				? growingPause(Date.now() - item.run.startedAt)
				: pollSeconds * 1000;
		return Math.max(pause, askedToWait(reply));
	};
	const isOver = (reply: Reply<Resource>) => {
		const stage = stageOf(reply, latest, deadline);
		return stage === 'over' || (stage === 'lags' && Date.now() >= lagsUntil);
	};

	const reply = await lookUntil(item, { look, isOver, pauseMs, deadline });
	if (reply.ok) return { call: reply.value, isOver: hasEnded(reply.value) };
	if (latest && hasEnded(latest)) return { call: latest, isOver: true };
	if (latest && mayPass(reply.error)) {
		return { call: latest, isOver: false, failure: reply.error };
	}
	throw item.failed(reply.error, callTopic(callId));
}

/**
 * Where a wait stands after a look: it is over, it goes on, or LiveCall lags behind and is given a moment.
 * @param latest the call as LiveCall told it last
 */
function stageOf(
	reply: Reply<Resource>,
	latest: Resource | undefined,
	deadline: number,
): 'over' | 'goesOn' | 'lags' {
	if (latest && hasEnded(latest)) return outcomeOf(latest) === '' ? 'lags' : 'over';
	if (reply.ok) return startsAfter(reply.value, deadline) ? 'over' : 'goesOn';
	const { how } = reply.error;
	if (isNotFound(how)) return 'lags';
	if (!latest) return isLiveCallsWord(how) ? 'over' : 'lags';
	const isInTime = Date.now() + askedToWait(reply) < deadline;
	return isInTime && mayPass(reply.error) ? 'goesOn' : 'over';
}

/** How long LiveCall, or the node's own back-off, leaves it alone after a look, in ms. */
function askedToWait(reply: Reply<Resource>): number {
	return reply.ok ? 0 : (reply.error.waitMs ?? 0);
}

/**
 * Whether a failure says nothing of a call that LiveCall has told of: LiveCall is out of reach for a while, or another
 * program has answered in its place.
 */
function mayPass({ how }: Failure): boolean {
	if (asksForTooLong(how)) return false;
	return mayRepeat('always', how) || how.kind === 'unreadable' || !isLiveCallsWord(how);
}

/**
 * How long to wait between two looks if no interval is set: a tenth of the time waited, so that an end is noticed
 * soon after a short call and LiveCall is asked little during a long one.
 * @param waitedMs for how long the run has waited, in ms
 * @returns 5,000 to 30,000 ms
 */
export function growingPause(waitedMs: number): number {
	return Math.min(LONGEST_PAUSE_MS, Math.max(DEFAULT_POLL_SECONDS * 1000, waitedMs / 10));
}

function startsAfter(call: IDataObject, deadline: number): boolean {
	return typeof call.scheduled_for === 'string' && Date.parse(call.scheduled_for) > deadline;
}

function whyNotEnded(
	item: Item,
	{ call, failure }: Followed,
	callId: string,
	minutes: number,
): Explanation {
	if (!startsAfter(call, deadlineOf(item, minutes))) {
		const trouble = failure && explain(failure, callTopic(callId)).message;
		return messages.notEnded(callId, minutes, call.status, trouble);
	}
	const zone = item.run.functions.getTimezone();
	return messages.scheduledTooLate(callId, shownTime(String(call.scheduled_for), zone));
}
