import { editPage } from '../../shared/ids';
import type { Explanation } from '../../shared/errors/messages';
import { seconds } from '../../shared/time';

/** What the trigger says to whoever runs n8n, besides what LiveCall's failures mean. */
export const explanations = {
	/** @param parts what stands in the field and can be no target group */
	unreadableFilterIds: (parts: string[]): Explanation => ({
		message: `"Target Groups" has ${parts.map((part) => `"${part.slice(0, 100)}"`).join(', ')}, which is no target group's ID or address`,
		advice: `Enter the number in the address of its edit page, ${editPage('targeting', 'ID')}, or that address itself, and separate several by commas.`,
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
