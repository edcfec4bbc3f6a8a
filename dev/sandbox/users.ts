/** A consultant, with exactly the fields that the API documents. */
export interface UserRecord {
	id: number;
	name: string;
	phone_number: string;
}

const SEED: UserRecord[] = [
	{ id: 501, name: 'Amelia Clarke', phone_number: '+442079460101' },
	{ id: 502, name: 'Jonas Weber', phone_number: '+493023125012' },
	{ id: 503, name: 'Zofia Nowak', phone_number: '+48221234563' },
	{ id: 504, name: 'Mateo Rossi', phone_number: '+390612345674' },
];

/** The account's users. What it gives out are copies: change them through its methods. */
export class UserBook {
	private readonly users = new Map<number, UserRecord>();

	private nextId = 505;

	/** Takes whether to begin with the example users, and what to call after every change. */
	constructor(
		private readonly seeded: boolean,
		private readonly changed: () => void,
	) {
		this.reset();
	}

	/** Gives all users, oldest first. */
	all(): UserRecord[] {
		return [...this.users.values()].map((user) => ({ ...user }));
	}

	/** Gives one user, or undefined. */
	get(id: number): UserRecord | undefined {
		const user = this.users.get(id);
		return user && { ...user };
	}

	/** Adds a user; an id that is left out is the next free one. */
	add(user: { id?: number; name: string; phone_number: string }): UserRecord {
		const id = user.id ?? this.nextId;
		this.nextId = Math.max(this.nextId, id + 1);
		const record = { id, name: user.name, phone_number: user.phone_number };
		this.users.set(id, record);
		this.changed();
		return { ...record };
	}

	/** Changes the given fields; gives the user as it is now, or undefined for an unknown id. */
	update(id: number, fields: Partial<Omit<UserRecord, 'id'>>): UserRecord | undefined {
		const user = this.users.get(id);
		if (!user) return undefined;
		Object.assign(user, fields);
		this.changed();
		return { ...user };
	}

	/** Removes a user; gives it back, or undefined for an unknown id. */
	remove(id: number): UserRecord | undefined {
		const user = this.users.get(id);
		if (!user) return undefined;
		this.users.delete(id);
		this.changed();
		return user;
	}

	/** Goes back to the example users, or to none. Ids are not given out a second time. */
	reset(): void {
		this.users.clear();
		if (this.seeded) SEED.forEach((user) => this.users.set(user.id, { ...user }));
		this.changed();
	}
}
