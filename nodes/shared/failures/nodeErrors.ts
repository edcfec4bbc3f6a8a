import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import type { Failure } from '../api/outcome';
import { explain } from './explain';
import type { Notice } from './ownWords';
import type { Topic } from './topics';

/** What the errors that this package made say. n8n and its libraries throw errors of the same classes. */
const notices = new WeakMap<Error, Notice>();

/** What an error says, where this package made it; `undefined` where somebody else did. */
export function noticeOf(error: unknown): Notice | undefined {
	return error instanceof Error ? notices.get(error) : undefined;
}

/**
 * An error about what a person entered, or about the run itself.
 * @param itemIndex left out where there are no items, as in a drop-down list
 */
export function operationError(
	node: INode,
	notice: Notice,
	itemIndex?: number,
): NodeOperationError {
	const { message, advice } = notice;
	const error = new NodeOperationError(node, message, {
		itemIndex,
		description: aboutItem(advice, itemIndex),
	});
	return told(error, notice, itemIndex);
}

/**
 * An error about what LiveCall answered. Made afresh from what is safe to show: what n8n's helper threw carries the
 * request's headers.
 * @param itemIndex left out where there are no items, as in a drop-down list
 */
export function apiError(
	node: INode,
	failure: Failure,
	topic: Topic,
	itemIndex?: number,
): NodeApiError {
	const notice = explain(failure, topic);
	const { message, advice } = notice;
	const httpCode = failure.how.kind === 'status' ? String(failure.how.status) : undefined;
	const error = new NodeApiError(
		node,
		{ message },
		{ message, itemIndex, httpCode, description: aboutItem(advice, itemIndex) },
	);
	return told(error, notice, itemIndex);
}

function told<E extends Error>(error: E, notice: Notice, itemIndex: number | undefined): E {
	// n8n puts words of its own in place of a message in which it sees a system code, such as EPERM in a name.
	error.message = ofItem(notice.message, itemIndex);
	notices.set(error, notice);
	return error;
}

function ofItem(message: string, itemIndex: number | undefined): string {
	return itemIndex === undefined ? message : `${message} [item ${itemIndex}]`;
}

function aboutItem(advice: string, itemIndex: number | undefined): string {
	return itemIndex === undefined ? advice : `Item ${itemIndex}: ${advice}`;
}
