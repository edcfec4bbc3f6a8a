import type { IDataObject } from 'n8n-workflow';
import type { Resource } from '../../shared/api/answers';
import type { RepeatingClient } from '../../shared/api/client';
import { getUsers } from '../../shared/api/endpoints';
import type { Reply } from '../../shared/api/outcome';
import { Breaks } from '../../shared/throttling/breaks';
import { UserList } from './userList';

/**
 * The account's users, asked for once a run and kept right by what the run itself writes: LiveCall has no request
 * for a single user and no paging (LiveCall's help centre, users).
 */
export class UserDirectory {
	private listed: Promise<Reply<UserList>> | undefined;
	private readonly breaks = new Breaks();

	/**
	 * @param client used when the list has not been asked for yet
	 * @returns all users; a list that could not be had is asked for again by the next item
	 */
	async all(client: RepeatingClient): Promise<Reply<UserList>> {
		await this.breaks.takeIfDue();
		this.listed ??= ask(client);
		const asked = this.listed;
		const reply = await asked;
		if (!reply.ok && this.listed === asked) this.forget();
		return reply;
	}

	/** Has the list asked for again: something may have changed that this run does not know of. */
	forget(): void {
		this.listed = undefined;
	}

	/** Takes over a user that was created. */
	add(user: Resource): void {
		this.change((users) => users.put(user));
	}

	/** Takes over what LiveCall confirmed to have changed; what it answers need not be the whole user. */
	amend(userId: string, changes: IDataObject): void {
		this.change((users) => users.amend(userId, changes));
	}

	/** Changes the list that was asked for; one that is still on its way may have been made before the change. */
	private change(edit: (users: UserList) => void): void {
		void this.listed?.then((reply) => {
			if (reply.ok) edit(reply.value);
		});
	}
}

async function ask(client: RepeatingClient): Promise<Reply<UserList>> {
	const reply = await client.send(getUsers());
	return reply.ok ? { ok: true, value: new UserList(reply.value) } : reply;
}
