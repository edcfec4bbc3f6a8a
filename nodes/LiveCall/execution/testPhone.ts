import type { IExecuteFunctions } from 'n8n-workflow';
import { messages } from '../../shared/errors/messages';
import { aTestPhone } from '../../shared/input/phone';
import type { Item } from './item';

/**
 * The phone that rings in place of customers' while a person tries a workflow.
 * @returns `undefined` if customers are to be rung: the workflow runs by itself, or the credential names no phone
 * @throws NodeOperationError when the credential names something else: then nobody is to be rung
 */
export function testPhoneOf(item: Item): string | undefined {
	const credential = item.run.api?.credential ?? {};
	if (!('testPhoneNumber' in credential) || !isRunByHand(item.run.functions)) return undefined;
	const { testPhoneNumber } = credential;
	const checked = aTestPhone(testPhoneNumber);
	if (checked.ok) return checked.value;
	throw item.wrong(messages.wrongTestPhone(checked.error));
}

/** How n8n names executions that a person starts in the editor: of a workflow, and of its evaluation. */
const BY_HAND = ['manual', 'evaluation'];

/**
 * Whether a person started this execution in the editor. "Retry" of it has a mode of its own; how the first one was
 * started stands in the context (n8n 1.123 and 2.41, `establishExecutionContext`). A sub-workflow's mode says nothing
 * of its parent either, but n8n 2.41 hands on which trigger started that, and a Manual Trigger is clicked. Of a workflow
 * that has no parent the node that it starts with says nothing: n8n's command line starts with a Manual Trigger, too.
 */
function isRunByHand(functions: IExecuteFunctions): boolean {
	const context = functions.getExecutionContext();
	const isParentClicked =
		context?.parentExecutionId !== undefined &&
		context.triggerNode?.type === 'n8n-nodes-base.manualTrigger';
	return isParentClicked || BY_HAND.includes(context?.source ?? functions.getMode());
}
