import type { IDataObject } from 'n8n-workflow';
import type { Resource } from '../../shared/api/answers';
import type { LiveCallClient } from '../../shared/api/client';
import { getUsers } from '../../shared/api/endpoints';
import type { Reply } from '../../shared/api/outcome';

/**
 * The account's users, asked for once a run and kept right by what the run itself writes: LiveCall has no request
 * for a single user and no paging (LiveCall's help centre, users).
 */
export class UserDirectory {
	private listed: Promise<Reply<Resource[]>> | undefined;

	/**
	 * @param client used when the list has not been asked for yet
	 * @returns all users; a list that could not be had is asked for again by the next item
	 */
	async all(client: LiveCallClient): Promise<Reply<Resource[]>> {
		this.listed ??= client.send(getUsers());
		const asked = this.listed;
		const reply = await asked;
		if (!reply.ok && this.listed === asked) this.listed = undefined;
		return reply;
	}

	/** Has the list asked for again: something may have changed that this run does not know of. */
	forget(): void {
		this.listed = undefined;
	}

	/** Takes over a user that was created. */
	add(user: Resource): void {
		this.change((users) => [...users, user]);
	}

	/** Takes over what LiveCall confirmed to have changed; what it answers need not be the whole user. */
	amend(userId: string, changes: IDataObject): void {
		this.change((users) =>
			users.map((user) => (isUser(user, userId) ? { ...user, ...changes, id: user.id } : user)),
		);
	}

	private change(edit: (users: Resource[]) => Resource[]): void {
		this.listed = this.listed?.then((reply) =>
			reply.ok ? { ok: true, value: edit(reply.value) } : reply,
		);
	}
}

/** Finds a user by id; LiveCall's ids are numbers or text. */
export function findUser(users: Resource[], userId: string): Resource | undefined {
	return users.find((user) => isUser(user, userId));
}

function isUser(user: Resource, userId: string): boolean {
	return String(user.id) === userId;
}
