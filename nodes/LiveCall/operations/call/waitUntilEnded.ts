import type { IDataObject } from 'n8n-workflow';
import { waitBefore } from '../../../shared/api/client';
import { getCall } from '../../../shared/api/endpoints';
import { hasEnded, simplifyCall } from '../../../shared/call';
import { callTopic } from '../../../shared/errors';
import { explanations } from '../../../shared/explanations';
import { callIdField, simplifyField } from '../../fields/common';
import { aNumber, anId, aSwitch, oneOf } from '../../input/checks';
import type { Operation } from '../operation';

const DEFAULT_TIMEOUT_MINUTES = 30;
const DEFAULT_POLL_SECONDS = 5;

/** How long the last look may take, which begins as the time is up, in ms. */
const LAST_LOOK_MS = 1_000;

/** Looks at a call again and again until it has ended: LiveCall's API has no request that waits. */
export const waitUntilEnded: Operation = {
	option: {
		name: 'Wait Until Ended',
		value: 'waitUntilEnded',
		action: 'Wait until a call has ended',
		description: 'Go on once the call is over, with its outcome',
	},
	kind: 'read',
	fields: [callIdField, simplifyField],
	options: [
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
			description: 'How long to wait between two looks at the call, in seconds',
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
		const simplify = item.read('simplify', aSwitch);
		const minutes = item.option(
			'timeout',
			aNumber('minutes', 0, Infinity),
			DEFAULT_TIMEOUT_MINUTES,
		);
		const pollSeconds = item.option(
			'pollInterval',
			aNumber('seconds', 1, 86_400),
			DEFAULT_POLL_SECONDS,
		);
		const onTimeout = item.option('onTimeout', oneOf('fail', 'return'), 'fail');
		const deadline = Date.now() + minutes * 60_000;

		const given = (call: IDataObject) => ({ json: simplify ? simplifyCall(call) : call });

		// One whole look is due, however short the time.
		const firstUntil = Math.max(deadline, Date.now() + item.timeoutMs);
		const first = await item.client.send(getCall(callId), { deadline: firstUntil });
		let call = item.expect(first, callTopic(callId));
		let notBefore = 0;
		while (!hasEnded(call)) {
			const left = deadline - Date.now();
			if (left <= 0) {
				if (onTimeout === 'return') return given(call);
				throw item.wrong(explanations.notEnded(callId, minutes, call.status));
			}
			await item.pause(Math.min(pollSeconds * 1000, left));
			if (Date.now() < notBefore) continue;
			const until = Math.max(deadline, Date.now() + LAST_LOOK_MS);
			const reply = await item.client.send(getCall(callId), { deadline: until });
			if (!reply.ok) {
				const { how, tries } = reply.failure;
				notBefore = Date.now() + waitBefore(tries, how);
			}
			const isOver = Math.max(notBefore, Date.now() + pollSeconds * 1000) >= deadline;
			// Of a look that came to nothing as the time ran out, the time is the reason.
			if (reply.ok || !isOver || reply.failure.certainty === 'refused') {
				call = item.expect(reply, callTopic(callId));
			}
		}
		return given(call);
	},
};
