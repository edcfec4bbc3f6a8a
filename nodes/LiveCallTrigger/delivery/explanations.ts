import type { IWebhookFunctions } from 'n8n-workflow';
import { EVENTS } from '../../shared/events';
import type { Explanation } from '../../shared/errors/messages';
import { seconds } from '../../shared/time';

/** The events that have an outcome, as the panel names them. */
const ENDS = EVENTS.flatMap(({ name, isEnd }) => (isEnd ? [`"${name}"`] : [])).join(' or ');

/** What the trigger says to whoever runs n8n, besides what LiveCall's failures mean. */
export const explanations = {
	outcomeWithoutEnd: (): Explanation => ({
		message: `"Outcome" is chosen, but "Events" has no ${ENDS}: nothing could ever start the workflow`,
		advice: `Add ${ENDS} to "Events", or set "Outcome" to "Any".`,
	}),

	/** @param bytes the size of the delivery, if n8n kept it */
	noCallId: (bytes: number | undefined): Explanation => ({
		message: `A delivery${bytes === undefined ? '' : ` of ${bytes} bytes`} was turned away with status 400, since no call ID was found in it`,
		advice:
			'If LiveCall sent it, look there at what it sends. If not, somebody else knows the URL: set a "Webhook Token" in the LiveCall API credential.',
	}),

	liveCallPauses: (ms: number): Explanation => ({
		message: `LiveCall is not asked about a delivery for another ${seconds(ms)}, since it is overloaded or unavailable`,
		advice: 'The delivery is answered with status 503, so that LiveCall can send it again.',
	}),

	manyDeliveries: (): Explanation => ({
		message: 'More deliveries came at once than LiveCall can be asked about in time',
		advice:
			'The delivery is answered with status 503, so that LiveCall can send it again. If it stays like this, somebody else may be sending deliveries: set a "Webhook Token" in the LiveCall API credential.',
	}),
};

/** Tells whoever runs n8n. Whoever delivers hears no reason, and there is no other place to read it. */
export function warn({ logger }: IWebhookFunctions, { message, advice }: Explanation): void {
	logger.warn(`LiveCall Trigger: ${message}. ${advice}`);
}
