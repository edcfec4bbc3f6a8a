import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { LiveCallClient } from '../shared/api/client';
import { getUsers } from '../shared/api/endpoints';
import { readAccess } from '../shared/credential';
import { editPage } from '../shared/ids';
import { apiError, operationError } from '../shared/errors/nodeErrors';
import { messages } from '../shared/errors/messages';
import { usersTopic } from '../shared/errors/topics';
import { requestTimeout } from './fields/requestOptions';
import { normalized } from '../shared/input/checks';
import { digitsOf } from '../shared/phoneNumber';

/**
 * The users to choose from, by part of the name (upper or lower case) or of the number.
 * @throws NodeApiError, NodeOperationError when the users cannot be listed
 */
export async function searchUsers(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const { api } = await readAccess(this);
	if (!api) throw operationError(this.getNode(), messages.wrongBaseUrl());
	const client = new LiveCallClient(this, {
		api,
		timeoutMs: requestTimeout.byDefault * 1000,
		maxRetries: 1,
	});
	const reply = await client.send(getUsers());
	if (!reply.ok) throw apiError(this.getNode(), reply.error, usersTopic);
	const text = normalized(filter).trim();
	const digits = digitsOf(text);
	const results = reply.value
		.map(({ id, name, phone_number }) => ({
			id: String(id),
			name: String(name ?? ''),
			number: String(phone_number ?? ''),
		}))
		.filter(
			({ name, number }) =>
				normalized(name).includes(text) ||
				number.includes(text) ||
				(/^[\d\s+()\-./]+$/.test(text) && digits !== '' && digitsOf(number).includes(digits)),
		)
		.sort((one, other) => one.name.localeCompare(other.name))
		.map(({ id, name, number }) => ({
			name: number === '' ? name || id : `${name || id} (${number})`,
			value: id,
			url: editPage('users', id),
		}));
	return { results };
}
