import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import type { Failure } from '../api/outcome';
import { explain } from './explain';
import type { Explanation } from './messages';
import type { Topic } from './topics';

/** Which of a run's items an error is about. */
export interface ItemPlace {
	/** Counted from 0, as in n8n's own errors. */
	index: number;
	/** How many items the run has. */
	count: number;
}

/** What the errors that this package made say. n8n and its libraries throw errors of the same classes. */
const explanations = new WeakMap<Error, Explanation>();

/** What an error says, if this package made it; `undefined` if somebody else did. */
export function explanationOf(error: unknown): Explanation | undefined {
	return error instanceof Error ? explanations.get(error) : undefined;
}

/** What anything that was thrown says. */
export function messageOf(thrown: unknown): string {
	return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Whether an item ended since an earlier run has left it unknown. */
export function isLeftUnknown(error: Error): boolean {
	return explanations.get(error)?.isLeftUnknownEarlier === true;
}

/**
 * An error about what a person entered, or about the run itself.
 * @param item left out if there are no items, as in a drop-down list
 */
export function operationError(
	node: INode,
	explanation: Explanation,
	item?: ItemPlace,
): NodeOperationError {
	const { message, advice } = explanation;
	const error = new NodeOperationError(node, message, {
		itemIndex: item?.index,
		description: aboutItem(advice, item),
	});
	return withExplanation(error, explanation, item);
}

/**
 * An error about what LiveCall answered. Made afresh from what is safe to show: what n8n's helper threw carries the
 * request's headers.
 * @param item left out if there are no items, as in a drop-down list
 */
export function apiError(
	node: INode,
	failure: Failure,
	topic: Topic,
	item?: ItemPlace,
): NodeApiError {
	const explanation = explain(failure, topic);
	const { message, advice } = explanation;
	const httpCode = failure.how.kind === 'status' ? String(failure.how.status) : undefined;
	const error = new NodeApiError(
		node,
		{ message },
		{ message, itemIndex: item?.index, httpCode, description: aboutItem(advice, item) },
	);
	return withExplanation(error, explanation, item);
}

function withExplanation<E extends Error>(error: E, explanation: Explanation, item?: ItemPlace): E {
	// n8n puts words of its own in place of a message in which it sees a system code, such as EPERM in a name.
	error.message = ofItem(explanation.message, item);
	explanations.set(error, explanation);
	return error;
}

/** A message with its item's number, unless the run has a single item. */
export function ofItem(message: string, item: ItemPlace | undefined): string {
	return item && item.count > 1 ? `${message} [item ${item.index}]` : message;
}

function aboutItem(advice: string, item: ItemPlace | undefined): string {
	return item && item.count > 1 ? `Item ${item.index}: ${advice}` : advice;
}
