import type { INode, IWebhookFunctions } from 'n8n-workflow';
import { idIn, isIdText } from '../../shared/ids';
import { isObject } from '../../shared/json';
import type { Filters } from './filters';
import { CALL_EVENTS } from './payload';

/** The trigger's parameters. */
export interface Settings {
	verifyCalls: boolean;
	/** Whether a delivery starts the workflow while LiveCall cannot be asked about its call. */
	acceptsUnverifiable: boolean;
	ignoreRepeats: boolean;
	filters: Filters;
}

/** @throws what n8n throws when an expression in them fails */
export function readSettings(functions: IWebhookFunctions): Settings {
	const given: unknown = functions.getNodeParameter('options', {});
	const { filterIds, outcome, ignoreRepeats, whenUnverifiable } = isObject(given) ? given : {};
	const events: unknown = functions.getNodeParameter('events', []);
	const parts = partsOf(filterIds);
	return {
		verifyCalls: functions.getNodeParameter('verifyCalls', true) !== false,
		acceptsUnverifiable: whenUnverifiable === 'accept',
		ignoreRepeats: ignoreRepeats !== false,
		filters: {
			events: CALL_EVENTS.filter((event) => Array.isArray(events) && events.includes(event)),
			filterIds: parts.length > 0 ? parts.flatMap((part) => filterIdOf(part) ?? []) : undefined,
			outcome: outcome === 'successful' || outcome === 'unsuccessful' ? outcome : 'any',
		},
	};
}

/**
 * What stands in "Target Groups" and is neither an ID nor an address: no call can ever match it. What an expression
 * gives is not known before a delivery comes.
 */
export function unreadableFilterIds({ parameters }: INode): string[] {
	const options: unknown = parameters.options;
	const filterIds = isObject(options) ? options.filterIds : undefined;
	if (typeof filterIds === 'string' && filterIds.startsWith('=')) return [];
	return partsOf(filterIds).filter((part) => filterIdOf(part) === undefined);
}

/** People separate by commas, semicolons, blanks or lines; an expression may give a list. */
function partsOf(filterIds: unknown): string[] {
	return [filterIds]
		.flat()
		.flatMap((part) => (typeof part === 'string' || typeof part === 'number' ? [String(part)] : []))
		.flatMap((part) => part.split(/[\s,;]+/))
		.filter((part) => part !== '');
}

/** LiveCall's IDs are numbers. A word without a digit is a target group's name, which no call carries. */
function filterIdOf(part: string): string | undefined {
	return isIdText(part) && /\d/.test(part) ? part : idIn(part, 'targeting');
}
