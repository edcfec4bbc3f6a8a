import type {
	IBinaryKeyData,
	IDataObject,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { AtMostOnceWording } from '../../shared/errors/topics';
import type { Kind } from '../fields/requestOptions';
import type { Item } from './item';

/** One output item; what it is paired to is added by the item loop. */
export interface Output {
	json: IDataObject;
	binary?: IBinaryKeyData;
}

/**
 * An operation: what a person sees of it, and what it does. Each lives in a file of its own, which its resource
 * lists in one line.
 */
export interface Operation {
	/** The entry in the Operation dropdown. */
	option: INodePropertyOptions & { value: string; action: string };
	/** The fields of the panel, above "Options". */
	fields: INodeProperties[];
	/** Entries of "Options" besides those that every operation has. */
	options?: INodeProperties[];
	/** What it does to LiveCall: decides how many items run at once. */
	kind: Kind;
	/** What it must not do twice; for the account of an earlier try. */
	atMostOnce?: Pick<AtMostOnceWording, 'done'>;
	/**
	 * Runs one item: checks its parameters first, then asks LiveCall.
	 * @throws NodeOperationError for wrong input, NodeApiError for what LiveCall answers
	 */
	execute(item: Item): Promise<Output | Output[]>;
	/**
	 * Says what a person who looks at the output should know about it.
	 * @param results the JSON of all output items
	 * @param zone the workflow's time zone
	 * @returns `undefined` when there is nothing out of the ordinary
	 */
	hint?(results: IDataObject[], zone: string): string | undefined;
}

/** A resource: an entry in the Resource dropdown, with its operations. */
export interface ResourceOperations {
	option: INodePropertyOptions & { value: string };
	/** The operation that is chosen at first. */
	default: string;
	operations: Operation[];
}
