import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { LiveCallClient } from '../shared/api/client';
import { getUsers } from '../shared/api/endpoints';
import { readConnection } from '../shared/credential';
import { apiError, operationError, usersTopic } from '../shared/errors';
import { explanations } from '../shared/explanations';
import { digitsOf, spelled } from './input/checks';
import { DEFAULT_TIMEOUT_SECONDS } from './run/item';

/**
 * The users to choose from, by part of the name (upper or lower case) or of the number.
 * @throws NodeApiError, NodeOperationError when the users cannot be listed
 */
export async function searchUsers(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const connection = await readConnection(this);
	const { baseUrl } = connection;
	if (baseUrl === undefined) {
		throw operationError(this.getNode(), explanations.wrongBaseUrl());
	}
	const client = new LiveCallClient(this, {
		baseUrl,
		connection,
		timeoutMs: DEFAULT_TIMEOUT_SECONDS * 1000,
		maxRetries: 1,
	});
	const reply = await client.send(getUsers());
	if (!reply.ok) throw apiError(this.getNode(), reply.failure, usersTopic);
	const text = spelled(filter).trim();
	const digits = digitsOf(text);
	const results = reply.value
		.map(({ id, name, phone_number }) => ({
			id: String(id),
			name: String(name ?? ''),
			number: String(phone_number ?? ''),
		}))
		.filter(
			({ name, number }) =>
				spelled(name).includes(text) ||
				number.includes(text) ||
				(/^[\d\s+()\-./]+$/.test(text) && digits !== '' && digitsOf(number).includes(digits)),
		)
		.sort((one, other) => one.name.localeCompare(other.name))
		.map(({ id, name, number }) => ({
			name: number === '' ? name || id : `${name || id} (${number})`,
			value: id,
			url: `https://app.livecall.io/users/${encodeURIComponent(id)}/edit`,
		}));
	return { results };
}
