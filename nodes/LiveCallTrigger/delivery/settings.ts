import type { IDataObject, INode, IWebhookFunctions } from 'n8n-workflow';
import { CALL_EVENTS, isEnd, type CallEvent } from '../../shared/events';
import { messages } from '../../shared/errors/messages';
import { operationError } from '../../shared/errors/nodeErrors';
import {
	aSwitch,
	eachOf,
	invalid,
	oneOf,
	shown,
	valid,
	type Check,
	type Invalid,
} from '../../shared/input/checks';
import { mistakenText, nothingFound } from '../../shared/input/anyField';
import { someTargetGroups } from '../../shared/input/targetGroups';
import { isObject } from '../../shared/json';
import type { Result } from '../../shared/result';
import { explanations } from './explanations';
import { OUTCOMES, type Filters } from './filters';

/** The trigger's parameters. */
export interface Settings {
	verifyCalls: boolean;
	/** Whether a delivery starts the workflow while LiveCall cannot be asked about its call. */
	acceptsUnverifiable: boolean;
	ignoreRepeats: boolean;
	filters: Filters;
}

/** As in the panel. */
const DEFAULTS: IDataObject = { events: CALL_EVENTS, verifyCalls: true, options: {} };

/**
 * Reads the settings for a delivery.
 * @throws NodeOperationError that names the setting that is wrong; what n8n throws when an expression fails
 */
export function readSettings(functions: IWebhookFunctions): Settings {
	const read = (name: string): unknown => functions.getNodeParameter(name, DEFAULTS[name]);
	return checkedSettings(functions.getNode(), read);
}

/**
 * Checks the settings that a person has entered. What an expression gives is not known before a delivery comes: the
 * default stands in for it, with which each other setting can start the workflow.
 * @throws NodeOperationError that names the setting that is wrong
 */
export function checkEntered(node: INode): void {
	checkedSettings(node, (name) => {
		const given = node.parameters[name];
		if (given === undefined || isExpression(given)) return DEFAULTS[name];
		if (!isObject(given)) return given;
		return Object.fromEntries(Object.entries(given).filter(([, value]) => !isExpression(value)));
	});
}

/** n8n keeps an expression as text that begins with "=". */
function isExpression(given: unknown): boolean {
	return [given].flat().some((part) => typeof part === 'string' && part.startsWith('='));
}

/**
 * What was not added has its default. Nothing that is wrong falls back to one: the workflow would start, or not start,
 * against what was meant.
 */
function checkedSettings(node: INode, read: (name: string) => unknown): Settings {
	const checked = <T>(label: string, given: unknown, check: Check<T>, nothing?: Invalid): T => {
		const wrong = nothing ?? mistakenText(given);
		const result: Result<T, Invalid> = wrong ? { ok: false, error: wrong } : check(given);
		if (result.ok) return result.value;
		throw operationError(node, messages.wrongField(label, result.error));
	};
	const options = checked('Options', read('options'), anObject);
	// An option that was added, and for which an expression finds nothing, is not left out.
	const added = <T>(label: string, name: string, check: Check<T>, byDefault: T): T =>
		name in options
			? checked(label, options[name], check, nothingFound(options[name], ''))
			: byDefault;

	const events = checked('Events', read('events'), someEvents);
	const outcome = added('Outcome', 'outcome', oneOf(...OUTCOMES), 'any');
	if (outcome !== 'any' && !events.some(isEnd)) {
		throw operationError(node, explanations.outcomeWithoutEnd());
	}
	const whenUnverifiable = oneOf('accept', 'reject');
	return {
		verifyCalls: checked('Verify With LiveCall', read('verifyCalls'), aSwitch),
		acceptsUnverifiable:
			added('When Unverifiable', 'whenUnverifiable', whenUnverifiable, 'reject') === 'accept',
		ignoreRepeats: added('Ignore Repeats', 'ignoreRepeats', aSwitch, true),
		filters: { events, outcome, filterIds: added('Target Groups', 'filterIds', anyGroups, []) },
	};
}

const anObject: Check<IDataObject> = (given) =>
	isObject(given)
		? valid(given)
		: invalid(`needs options, but ${shown(given)} was found`, 'Add the options one by one.');

const someEvents: Check<CallEvent[]> = (given) => {
	const events = eachOf(Array.isArray(given) ? given : [], oneOf(...CALL_EVENTS));
	return !events.ok || events.value.length > 0
		? events
		: invalid(
				`needs a list of at least one event, but ${shown(given)} was found`,
				`Choose from the list; an expression gives the events as {{ ${JSON.stringify(CALL_EVENTS)} }}.`,
			);
};

/** An empty field is all target groups; an expression that finds none is not. */
const anyGroups: Check<string[]> = (given) => {
	const checked = someTargetGroups(given);
	return checked.ok && checked.value.length === 0 && typeof given !== 'string'
		? invalid(
				`needs IDs of target groups, but ${shown(given)} was found`,
				'Check the expression, or remove the option, to listen to all target groups.',
			)
		: checked;
};
