import type { IDataObject } from 'n8n-workflow';
import type { Resource } from '../../shared/api/answers';
import { normalized } from '../../shared/input/checks';
import { canonicalNumber, digitsOf } from '../../shared/phoneNumber';

/** A user, with what is searched in the form in which it is searched: made once, and not for each item. */
interface Entry {
	user: Resource;
	name: string;
	digits: string;
	/** In the form that all spellings of a number have in common. */
	number: string;
}

/** The users of an account, to be found by ID and by number. LiveCall's ids are numbers or text. */
export class UserList {
	private readonly entries = new Map<string, Entry>();
	private readonly idsByNumber = new Map<string, Set<string>>();

	/** @param users as LiveCall lists them; one that is listed twice is one */
	constructor(users: Resource[]) {
		for (const user of users) this.put(user);
	}

	get(userId: string): Resource | undefined {
		return this.entries.get(userId)?.user;
	}

	/** The users with this number, however it is spelled. */
	withNumber(phoneNumber: string): Resource[] {
		const ids = this.idsByNumber.get(canonicalNumber(phoneNumber)) ?? [];
		return [...ids].flatMap((userId) => this.get(userId) ?? []);
	}

	/**
	 * @param name part of the name, as {@link normalized}
	 * @param digits part of the number; a 00 in front of it stands for a plus as well
	 * @param limit how many to find at most
	 */
	search(name: string, digits: string, limit: number): Resource[] {
		const withoutZeros = canonicalNumber(digits) || digits;
		const found: Resource[] = [];
		for (const entry of this.entries.values()) {
			if (found.length >= limit) break;
			const hasNumber = entry.digits.includes(digits) || entry.digits.includes(withoutZeros);
			if (hasNumber && entry.name.includes(name)) found.push(entry.user);
		}
		return found;
	}

	/** Adds a user, or replaces the one with the same ID. */
	put(user: Resource): void {
		const userId = String(user.id);
		this.idsByNumber.get(this.entries.get(userId)?.number ?? '')?.delete(userId);
		const number = canonicalNumber(user.phone_number);
		const digits = digitsOf(user.phone_number);
		this.entries.set(userId, { user, name: normalized(user.name), digits, number });
		const ids = this.idsByNumber.get(number) ?? new Set();
		this.idsByNumber.set(number, ids.add(userId));
	}

	/** Changes a user, if it is there. @param changes LiveCall's fields; they need not be all */
	amend(userId: string, changes: IDataObject): void {
		const user = this.get(userId);
		if (user) this.put({ ...user, ...changes, id: user.id });
	}
}
