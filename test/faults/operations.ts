import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Sandbox, SeenRequest } from '../../dev/sandbox';
import { locator, type World } from '../support/world';

/** What an input item brings along for every operation: something of its own in LiveCall of each kind. */
export interface Subject extends IDataObject {
	/** So that an item which passes through as it came can be told. */
	input: string;
	call: number;
	filter: number;
	user: number;
	/** The number of its user, of a customer of its own, and of one or the other. */
	userPhone: string;
	phone: string;
	anyPhone: string;
	name: string;
}

/** An operation, run for a subject. */
export interface OperationOnSubject {
	operation: string;
	/** Values in braces are the subject's. */
	parameters: INodeParameters;
	/** Whether an output item is what the operation gives for the subject. */
	isAnswer: (json: IDataObject, subject: Subject) => boolean;
	/** For what changes LiveCall: whether it is as the subject asks. */
	isDone?: (sandbox: Sandbox, subject: Subject) => boolean;
	/** Whether what is unknown of it may be done already. */
	isOnce?: boolean;
	/** Whether all items depend on the same request. */
	isShared?: boolean;
}

const isCall = ({ id }: IDataObject, { call }: Subject) => id === call;
const isUser = ({ id }: IDataObject, { user }: Subject) => id === user;
const target = { filterId: locator('{filter}'), phoneNumber: '{phone}' };

export const OPERATIONS_ON_SUBJECTS: OperationOnSubject[] = [
	{
		operation: 'call.create',
		parameters: target,
		isAnswer: ({ phone_number }, { phone }) => phone_number === phone,
		isDone: ({ calls }, { phone }) =>
			calls.placed().filter(({ phone_number }) => phone_number === phone).length === 1,
		isOnce: true,
	},
	{ operation: 'call.get', parameters: { callId: '{call}' }, isAnswer: isCall },
	{ operation: 'call.waitUntilEnded', parameters: { callId: '{call}' }, isAnswer: isCall },
	...['recording.get', 'recording.download'].map((operation) => ({
		operation,
		parameters: { callId: '{call}' },
		isAnswer: ({ call_id }: IDataObject, { call }: Subject) => String(call_id) === String(call),
	})),
	{
		operation: 'filter.checkAvailability',
		parameters: { filterId: locator('{filter}') },
		isAnswer: ({ id, is_available }, { filter }) => id === filter && is_available === true,
	},
	{
		operation: 'filter.getAvailableTimes',
		parameters: { filterId: locator('{filter}') },
		isAnswer: ({ filter_id }, { filter }) => String(filter_id) === String(filter),
	},
	{
		operation: 'user.create',
		parameters: { name: '{name}', phoneNumber: '{phone}' },
		isAnswer: ({ phone_number }, { phone }) => phone_number === phone,
		isDone: ({ users }, { phone }) =>
			users.all().filter(({ phone_number }) => phone_number === phone).length === 1,
		isOnce: true,
	},
	{
		operation: 'user.upsert',
		parameters: { name: '{name}', phoneNumber: '{anyPhone}' },
		isAnswer: ({ phone_number, name }, { anyPhone, name: wanted }) =>
			phone_number === anyPhone && name === wanted,
		isDone: ({ users }, { anyPhone, name: wanted }) =>
			users.all().filter(({ phone_number, name }) => phone_number === anyPhone && name === wanted)
				.length === 1,
		isShared: true,
	},
	{
		operation: 'user.get',
		parameters: { userId: locator('{user}') },
		isAnswer: isUser,
		isShared: true,
	},
	{
		operation: 'user.getAll',
		parameters: { returnAll: true, filters: { phoneNumber: '{userPhone}' } },
		isAnswer: isUser,
		isShared: true,
	},
	{
		operation: 'user.update',
		parameters: { userId: locator('{user}'), updateFields: { name: '{name}' } },
		isAnswer: ({ id, name }, { user, name: wanted }) => id === user && name === wanted,
		isDone: ({ users }, { user, name }) => users.get(user)?.name === name,
	},
	{
		operation: 'user.delete',
		parameters: { userId: locator('{user}') },
		isAnswer: ({ deleted }) => deleted === true,
		isDone: ({ users }, { user }) => users.get(user) === undefined,
	},
];

/** Puts into the sandbox what so many items are about. */
export function subjectsIn({ sandbox }: World, count: number): Subject[] {
	return Array.from({ length: count }, (_, n) => {
		const { id: call } = sandbox.calls.add({ status: 'ended', outcome: 'successful' });
		const { id: filter } = sandbox.filters.add({
			status: 'available',
			available_call_times: [new Date(Date.now() + 3_600_000).toISOString()],
		});
		const userPhone = `+49 30 200000${n}`;
		const { id: user } = sandbox.users.add({ name: 'Bob', phone_number: userPhone });
		const phone = `+49 30 100000${n}`;
		const anyPhone = n % 2 === 0 ? phone : userPhone;
		return {
			input: `input ${n}`,
			call,
			filter,
			user,
			userPhone,
			phone,
			anyPhone,
			name: `Ada ${n}`,
		};
	});
}

/** Which subject a request is for; -1 for one that is for all, such as for the list of users. */
export function subjectOf({ path, json }: Pick<SeenRequest, 'path' | 'json'>, subjects: Subject[]) {
	const body = JSON.stringify(json) ?? '';
	const [, kind, id] = /\/(calls|filters|users)\/(\d+)/.exec(path) ?? [];
	return subjects.findIndex(({ call, filter, user, phone, userPhone }) =>
		id === undefined
			? body.includes(`"${phone}"`) || body.includes(`"${userPhone}"`)
			: Number(id) === { calls: call, filters: filter, users: user }[String(kind)],
	);
}
