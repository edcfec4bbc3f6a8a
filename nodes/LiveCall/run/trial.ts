import type { IExecuteFunctions } from 'n8n-workflow';
import { ownWords } from '../../shared/failures/ownWords';
import { aPhoneNumber } from '../input/checks';
import type { Item } from './item';

/**
 * The phone that rings in place of customers' while a person tries a workflow.
 * @returns `undefined` where customers are to be rung: the workflow runs by itself, or the credential names no phone
 * @throws NodeOperationError when the credential names something else: then nobody is to be rung
 */
export function trialPhone(item: Item): string | undefined {
	const credential = item.run.api?.credential ?? {};
	if (!('testPhoneNumber' in credential) || !isRunByHand(item.run.functions)) return undefined;
	const { testPhoneNumber } = credential;
	if (typeof testPhoneNumber === 'string' && testPhoneNumber.trim() === '') return undefined;
	const checked = aPhoneNumber(testPhoneNumber);
	if ('value' in checked) return checked.value;
	throw item.wrong(ownWords.wrongTestPhone(checked.found, checked.advice));
}

/** How n8n names executions that a person starts in the editor: of a workflow, and of its evaluation. */
const BY_HAND = ['manual', 'evaluation'];

/**
 * Whether a person started this execution in the editor. Its "Retry" has a mode of its own, and n8n tells the mode of
 * the first one only there (n8n 1.123 and 2.41, `establishExecutionContext`). So it does for a sub-workflow, of whose
 * parent it tells the trigger.
 */
function isRunByHand(functions: IExecuteFunctions): boolean {
	const context = functions.getExecutionContext();
	return (
		BY_HAND.includes(context?.source ?? functions.getMode()) ||
		context?.triggerNode?.type === 'n8n-nodes-base.manualTrigger'
	);
}
