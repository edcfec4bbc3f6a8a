import type { ProcessedData } from '../../nodes/LiveCall/deduplication/storedEntries';
import type { InMemoryProcessedData } from '../support/processedData';

const CONTEXT = {
	workflow: { id: 'workflow', active: true },
	node: {
		id: 'livecall',
		name: 'LiveCall',
		type: 'liveCall',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: {},
	},
};

/** n8n's functions for the store, as the context of a node has them. */
export function storeOf(data: InMemoryProcessedData): ProcessedData {
	return {
		checkProcessedAndRecord: async (items, scope, options) =>
			await data.checkProcessedAndRecord(items, scope, CONTEXT, options),
		removeProcessed: async (items, scope) => await data.removeProcessed(items, scope, CONTEXT),
		clearAllProcessedItems: async (scope) => await data.clearAllProcessedItems(scope, CONTEXT),
		getProcessedDataCount: async (scope, options) =>
			await data.getProcessedDataCount(scope, CONTEXT, options),
	};
}
