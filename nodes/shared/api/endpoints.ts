import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';
import { isObject } from '../json';
import type { Repeatable } from './outcome';
import {
	about,
	isResource,
	missing,
	undocumented,
	wrapped,
	wrappedList,
	type Reader,
	type Resource,
} from './answers';

/** LiveCall's documented routes (help centre, "Integration of LiveCall's server-side API"), and nothing else. */

/** One request to LiveCall, and how its answer is read. */
export interface ApiRequest<T, R extends Repeatable = Repeatable> {
	method: IHttpRequestMethods;
	/** Below the base URL, with a leading slash; ids in it are encoded. */
	path: string;
	body?: IDataObject;
	read: Reader<T>;
	/** Whether it may be sent again although LiveCall may have acted on it: it may if the state is then the same. */
	repeatable: R;
	/** Set if LiveCall documents no answer: then a success without readable data is one too. */
	bodyOptional?: boolean;
	/** What a 404 means after a try that may have been carried out, if the goal is then reached, as for a DELETE. */
	goneIfUnknown?: T;
}

/** A request that gives the same state however often it arrives. Anything else is sent by way of what guards it. */
export type RepeatableRequest<T> = ApiRequest<T, 'always'>;

export type Recording = Resource & { url: string };
export type Filter = Resource & { status: string; available_call_times: string[] };

function get<T>(path: string, read: Reader<T>): RepeatableRequest<T> {
	return { method: 'GET', path, read, repeatable: 'always' };
}

/** What LiveCall makes anew each time that it acts on the request. @param wrapper what stands around it, in the answer too */
function post(
	path: string,
	wrapper: string,
	fields: IDataObject,
): ApiRequest<Resource, 'ifNotCarriedOut'> {
	const body = { [wrapper]: fields };
	return { method: 'POST', path, body, read: wrapped(wrapper), repeatable: 'ifNotCarriedOut' };
}

/** `POST /calls`: places a call. Each request that LiveCall acts on rings the customer. */
export function placeCall(call: IDataObject): ApiRequest<Resource, 'ifNotCarriedOut'> {
	return post('/calls', 'call', call);
}

/** `GET /calls/:id` */
export function getCall(callId: string): RepeatableRequest<Resource> {
	const read = about('call', callId, wrapped('call'), (call) => call.id);
	return get(`/calls/${encodeURIComponent(callId)}`, read);
}

/**
 * `GET /calls/:id/recording`: answers a link that is valid for a short time only; read as `undefined` while there is no
 * recording or no link to it yet.
 */
export function getRecording(callId: string): RepeatableRequest<Recording | undefined> {
	const idOf = (recording: Recording | undefined) => recording?.call_id;
	const read = about('call', callId, readRecording, idOf, 'the recording of ');
	return get(`/calls/${encodeURIComponent(callId)}/recording`, read);
}

const readRecording: Reader<Recording | undefined> = (answer) => {
	const recording = isObject(answer) ? answer.recording : undefined;
	const isEmpty = answer === undefined || recording === null;
	if (isEmpty) return { ok: true, value: undefined };
	if (!isResource(recording)) return missing('"recording" with an "id"');
	const { url } = recording;
	if (url === undefined || url === null || url === '') return { ok: true, value: undefined };
	return typeof url === 'string' && /^https?:\/\/./i.test(url)
		? { ok: true, value: { ...recording, url } }
		: missing('"recording" with a download link as its "url"');
};

/** `GET /filters/:id`: a target group's availability. */
export function getFilter(filterId: string): RepeatableRequest<Filter> {
	const read = about('target group', filterId, readFilter, (filter) => filter.id);
	return get(`/filters/${encodeURIComponent(filterId)}`, read);
}

const readFilter: Reader<Filter> = (answer) => {
	const filter = isObject(answer) ? answer.filter : undefined;
	if (!isResource(filter) || typeof filter.status !== 'string') {
		return missing('"filter" with an "id" and a "status"');
	}
	const times: unknown = filter.available_call_times ?? [];
	const readable = Array.isArray(times) ? times.filter(isTime) : undefined;
	return Array.isArray(times) && readable?.length === times.length
		? { ok: true, value: { ...filter, status: filter.status, available_call_times: readable } }
		: missing('"available_call_times" with a list of times');
};

/** A date, a time of day and perhaps an offset, as ISO 8601 and databases write them. */
const DATE_AND_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(?:Z|[+-]\d\d:?\d\d)?$/i;

/** LiveCall writes `2017-04-03T11:00:00Z` (help centre, filters). JavaScript takes "1" and "Room 5" for a time as well. */
function isTime(value: unknown): value is string {
	return typeof value === 'string' && DATE_AND_TIME.test(value) && !Number.isNaN(Date.parse(value));
}

/** `GET /users`: all users of the account; no paging is documented. */
export function getUsers(): RepeatableRequest<Resource[]> {
	return get('/users', wrappedList('users'));
}

/** `POST /users` */
export function createUser(user: IDataObject): ApiRequest<Resource, 'ifNotCarriedOut'> {
	return post('/users', 'user', user);
}

/** `PATCH /users/:id`: what it answers is not documented, so the user is read only if it is there. */
export function updateUser(
	userId: string,
	user: IDataObject,
): RepeatableRequest<Resource | undefined> {
	return {
		method: 'PATCH',
		path: `/users/${encodeURIComponent(userId)}`,
		body: { user },
		bodyOptional: true,
		read: changedUser(userId),
		repeatable: 'always',
	};
}

/** `DELETE /users/:id`: what it answers is not documented, so any success is one. */
export function deleteUser(userId: string): RepeatableRequest<IDataObject> {
	const deleted = { deleted: true };
	const read = changedUser(userId);
	return {
		method: 'DELETE',
		path: `/users/${encodeURIComponent(userId)}`,
		bodyOptional: true,
		read: (answer) => {
			const reading = read(answer);
			return reading.ok ? { ok: true, value: deleted } : reading;
		},
		repeatable: 'always',
		goneIfUnknown: deleted,
	};
}

/** Reads the user that was changed, if the answer has it. */
function changedUser(userId: string): Reader<Resource | undefined> {
	return about('user', userId, undocumented('user'), (user) => user?.id);
}
