import { isJsonObject } from '../json';
import { emptyAnswer, failureAnswer, jsonAnswer, type Answer } from './answers';
import type { CallBook } from './calls';
import type { FilterBook } from './filters';
import type { SeenRequest, UndocumentedAnswers } from './types';
import type { UserBook } from './users';
import { checkCall, checkUser, toId } from './validation';

/** What the API answers from. */
interface ApiContext {
	apiKey: string;
	calls: CallBook;
	users: UserBook;
	filters: FilterBook;
	undocumentedAnswers: UndocumentedAnswers;
	/** Gives a fresh, temporary link for a recording's id. */
	recordingLink: (recordingId: number) => string;
}

type Handler = (context: ApiContext, request: SeenRequest, id: number) => Answer;

interface Route {
	method: string;
	path: RegExp;
	handle: Handler;
}

/** All that is documented. A route that is not in this list does not exist. */
const ROUTES: Route[] = [
	{ method: 'POST', path: /^\/v1\/calls$/, handle: createCall },
	{ method: 'GET', path: /^\/v1\/calls\/([^/]+)$/, handle: getCall },
	{ method: 'GET', path: /^\/v1\/calls\/([^/]+)\/recording$/, handle: getRecording },
	{ method: 'GET', path: /^\/v1\/filters\/([^/]+)$/, handle: getFilter },
	{ method: 'GET', path: /^\/v1\/users$/, handle: getUsers },
	{ method: 'POST', path: /^\/v1\/users$/, handle: createUser },
	{ method: 'PATCH', path: /^\/v1\/users\/([^/]+)$/, handle: updateUser },
	{ method: 'DELETE', path: /^\/v1\/users\/([^/]+)$/, handle: deleteUser },
];

/** Carries out one API request and gives the answer. What errors look like is not documented: they are as Rails sends them. */
export function answerApi(context: ApiContext, request: SeenRequest): Answer {
	if (request.headers.authorization !== `Token token=${context.apiKey}`) {
		return jsonAnswer(
			401,
			{ error: 'HTTP Token: Access denied.' },
			{ 'WWW-Authenticate': 'Token realm="Application"' },
		);
	}
	const [path = ''] = request.path.split('?');
	for (const route of ROUTES) {
		const found = route.method === request.method ? route.path.exec(path) : null;
		if (!found) continue;
		// The docs ask for this header on every request, and do not say what happens without it. Refusing keeps clients honest.
		if (!/^application\/json\s*(;|$)/i.test(String(request.headers['content-type'] ?? ''))) {
			return failureAnswer(415);
		}
		if (request.method !== 'GET' && request.body && request.json === undefined) {
			return jsonAnswer(400, { status: 400, error: 'Bad Request' });
		}
		if (found[1] === undefined) return route.handle(context, request, 0);
		const id = toId(found[1]);
		return id === undefined ? notFound() : route.handle(context, request, id);
	}
	return notFound();
}

function createCall({ calls, filters, users }: ApiContext, { json }: SeenRequest): Answer {
	const fields = unwrap(json, 'call');
	if (!fields) return missing('call');
	const checked = checkCall(fields, filters, users);
	if ('errors' in checked) return jsonAnswer(422, checked);
	const { id, filter_id, user_id, phone_number, scheduled_for } = calls.place(checked.value, 'api');
	return jsonAnswer(201, { call: { id, filter_id, user_id, phone_number, scheduled_for } });
}

function getCall({ calls }: ApiContext, _request: SeenRequest, id: number): Answer {
	const call = calls.get(id);
	return call ? jsonAnswer(200, { call }) : notFound();
}

function getRecording(context: ApiContext, _request: SeenRequest, callId: number): Answer {
	const recording = context.calls.recordingOf(callId);
	if (!recording) return notFound();
	const { id } = recording;
	return jsonAnswer(200, { recording: { id, call_id: callId, url: context.recordingLink(id) } });
}

function getFilter({ filters }: ApiContext, _request: SeenRequest, filterId: number): Answer {
	const filter = filters.get(filterId);
	if (!filter) return notFound();
	const { id, status, available_call_times } = filter;
	return jsonAnswer(200, { filter: { id, status, available_call_times } });
}

function getUsers({ users }: ApiContext): Answer {
	return jsonAnswer(200, { users: users.all() });
}

function createUser({ users }: ApiContext, { json }: SeenRequest): Answer {
	const fields = unwrap(json, 'user');
	if (!fields) return missing('user');
	const checked = checkUser(fields);
	if ('errors' in checked) return jsonAnswer(422, checked);
	return jsonAnswer(201, { user: users.add(checked.value) });
}

function updateUser(context: ApiContext, { json }: SeenRequest, id: number): Answer {
	const before = context.users.get(id);
	if (!before) return notFound();
	const fields = unwrap(json, 'user');
	if (!fields) return missing('user');
	// A field left out stays as it is.
	const checked = checkUser({ ...before, ...fields }, before);
	if ('errors' in checked) return jsonAnswer(422, checked);
	const user = context.users.update(id, checked.value);
	return context.undocumentedAnswers.patch === 'empty'
		? emptyAnswer(204)
		: jsonAnswer(200, { user });
}

function deleteUser(context: ApiContext, _request: SeenRequest, id: number): Answer {
	const user = context.users.remove(id);
	if (!user) return notFound();
	return context.undocumentedAnswers.delete === 'user'
		? jsonAnswer(200, { user })
		: emptyAnswer(204);
}

function notFound(): Answer {
	return failureAnswer(404);
}

function missing(wrapper: string): Answer {
	return jsonAnswer(400, {
		status: 400,
		error: `param is missing or the value is empty: ${wrapper}`,
	});
}

/** Gives what the singular resource name wraps; nothing at all is as good as no wrapper to Rails. */
function unwrap(json: unknown, wrapper: string): Record<string, unknown> | undefined {
	const fields = isJsonObject(json) ? json[wrapper] : undefined;
	return isJsonObject(fields) && Object.keys(fields).length > 0 ? fields : undefined;
}
