import type { IDataObject } from 'n8n-workflow';
import { processedData, retry, retryCrashed, type RunResult } from '../support/engine';
import {
	CALL_EACH,
	CONTINUES,
	hintsOf,
	isN8n1,
	jsons,
	locator,
	pairs,
	RETRY_ON_FAIL,
	sharedWorld,
} from '../support/world';
import { canonicalNumber } from '../../nodes/shared/phoneNumber';
import { BUSY } from '../support/processedData';
import { storeOf } from './processes';

const world = sharedWorld();

const [ANNA, BEN, CARA] = ['+49 30 1000001', '+49 30 1000002', '+49 30 1000003'];
const items = [ANNA, BEN, CARA].map((phone) => ({ phone }));
const one = { items: items.slice(0, 1) };
/** The error output leads back to the node. */
const looping = (times: number) => ({
	node: { onError: 'continueErrorOutput' as const },
	loop: { from: 'errorOutput' as const, times },
});
const call = CALL_EACH;
const user = { name: 'Ada Lovelace', phoneNumber: '={{ $json.phone }}' };
const keyed = { ...call, options: { deduplicationKey: '={{ $json.phone }}' } };
const MAY_ALREADY = /^LiveCall may already have placed this call: /;

const refused = {
	kind: 'status' as const,
	status: 422,
	body: { errors: { phone_number: ['is invalid'] } },
};
const actsAndFails = { kind: 'status-after' as const, status: 502 };

/** n8n 1.x gives an execution nothing that its retries have, too, so it has no record there. */
const describeWithLineage = isN8n1 ? describe.skip : describe;
const itWithLineage = isN8n1 ? it.skip : it;

const rung = () => world.sandbox.calls.placed().map((placed) => placed.phone_number);

/** Meets each request for a customer with what the customer's list says next; what is not on it is fine. */
function meetWith(faults: Record<string, Array<typeof refused | typeof actsAndFails | undefined>>) {
	world.sandbox.faults.decide(({ json }) => {
		const phone = Object.keys(faults).find((known) => JSON.stringify(json)?.includes(known));
		return phone === undefined ? undefined : faults[phone].shift();
	});
}

function redialing({ settings }: RunResult) {
	const options = { ...Object(settings.parameters.options), redialUnknown: true };
	return { parameters: { ...settings.parameters, options } };
}

describe('an error output that leads back to the node', () => {
	it.each([
		['the loop alone', {}],
		['Retry On Fail besides', RETRY_ON_FAIL],
	])('rings nobody again of whom it is unknown, with %s', async (_, node) => {
		meetWith({ [ANNA]: Array.from({ length: 5 }, () => actsAndFails) });
		const result = await world.run('call.create', call, {
			...one,
			...looping(5),
			node: { ...looping(5).node, ...node },
		});
		expect(rung()).toEqual([ANNA]);
		expect(result.runs).toHaveLength(6);
		expect(result.errorOutput[0].json.error).toMatch(MAY_ALREADY);
	});

	it('rings those again whom LiveCall has refused, and nobody else', async () => {
		meetWith({ [ANNA]: [refused, refused], [BEN]: [actsAndFails] });
		const result = await world.run('call.create', call, { items, ...looping(5) });
		expect(rung().sort()).toEqual([ANNA, BEN, CARA]);
		expect(
			result.runs.flatMap(({ output }) => output).map(({ json }) => json.phone_number),
		).toEqual([CARA, ANNA]);
	});

	it('adds no user twice', async () => {
		world.sandbox.faults.always(actsAndFails, { method: 'POST' });
		const before = world.sandbox.users.all().length;
		await world.run('user.create', user, { ...one, ...looping(5) });
		expect(world.sandbox.users.all()).toHaveLength(before + 1);
	});

	it('calls a customer again who was reached before, where the workflow asks for it', async () => {
		const phoneNumber = '={{ $json.phone ?? $json.phone_number }}';
		await world.run(
			'call.create',
			{ ...call, phoneNumber },
			{ ...one, loop: { from: 'output', times: 2 } },
		);
		expect(rung()).toEqual([ANNA, ANNA, ANNA]);
	});
});

describeWithLineage('an n8n that has died', () => {
	it('has nobody rung twice when the execution is retried, however often', async () => {
		meetWith({ [BEN]: [actsAndFails] });
		const crashed = await world.run('call.create', call, { items, node: CONTINUES });
		for (let time = 0; time < 3; time++) {
			const again = await retryCrashed(crashed);
			const placed = (phone_number: string) => ({
				id: null,
				filter_id: '1',
				phone_number,
				scheduled_for: null,
				already_placed: true,
			});
			expect(jsons(again)).toEqual([
				placed(ANNA),
				{ error: expect.stringMatching(MAY_ALREADY) },
				placed(CARA),
			]);
			expect(pairs(again)).toEqual([0, 1, 2]);
			expect(hintsOf(again)).toContainEqual(expect.stringContaining('Placed by an earlier run'));
		}
		expect(rung()).toEqual([ANNA, BEN, CARA]);
	});

	it('has them dialled again once, when a person says so, however often it is retried', async () => {
		const crashed = await world.run('call.create', call, one);
		const redialed = await retryCrashed(crashed, redialing(crashed));
		expect(redialed.failed).toBe(false);
		expect(rung()).toEqual([ANNA, ANNA]);
		const again = await retryCrashed(crashed, redialing(crashed));
		expect(again.error.message).toMatch(MAY_ALREADY);
		expect(rung()).toEqual([ANNA, ANNA]);
	});

	it('has those called whom LiveCall had refused', async () => {
		meetWith({ [BEN]: [refused] });
		const crashed = await world.run('call.create', call, { items, node: CONTINUES });
		const again = await retryCrashed(crashed);
		expect(jsons(again)[1]).toMatchObject({ phone_number: BEN });
		expect(rung()).toEqual([ANNA, CARA, BEN]);
	});

	it('has a loop held that comes after what is unknown', async () => {
		const crashed = await world.run('call.create', call, one);
		await retryCrashed(crashed, looping(3));
		expect(rung()).toEqual([ANNA]);
	});

	it('has nobody rung again who was refused first and then placed in a loop', async () => {
		meetWith({ [ANNA]: [refused] });
		const crashed = await world.run('call.create', call, { ...one, ...looping(1) });
		expect(rung()).toEqual([ANNA]);
		const again = await retryCrashed(crashed);
		expect(again.errorOutput[0].json.error).toMatch(MAY_ALREADY);
		expect(rung()).toEqual([ANNA]);
	});

	it.each([1, 2, 8])(
		'has each item of a later run called, also two for one new customer, %i at once',
		async (maxConcurrency) => {
			const phoneNumber = `={{ $json.phone ?? "${CARA}" }}`;
			const parameters = { ...call, phoneNumber, options: { maxConcurrency } };
			const crashed = await world.run('call.create', parameters, { items: items.slice(0, 2) });
			// As if n8n had died before anything was sent.
			world.reset();
			const again = await retryCrashed(crashed, {
				loop: { from: 'output', times: 1 },
			});
			expect(again.failed).toBe(false);
			expect(rung().sort()).toEqual([ANNA, BEN, CARA, CARA]);
		},
	);

	it.each(['user.create', 'user.upsert'])('adds no user twice: %s', async (operation) => {
		const before = world.sandbox.users.all().length;
		const crashed = await world.run(operation, user, one);
		await retryCrashed(crashed);
		expect(world.sandbox.users.all()).toHaveLength(before + 1);
	});
});

describeWithLineage('two retries of the same stored execution', () => {
	it.each([
		['', false],
		[', also when what is unknown is dialled again', true],
	])('ring nobody twice%s', async (_, redialUnknown) => {
		meetWith({ [BEN]: [refused], [CARA]: [refused] });
		const failed = await world.run('call.create', call, { items });
		const changes = redialUnknown ? redialing(failed) : {};
		const first = await retry(failed, changes);
		expect(rung()).toEqual([ANNA, BEN]);
		const second = await retry(failed);
		expect(second.failed).toBe(false);
		expect(jsons(second)).toMatchObject([
			{ phone_number: ANNA },
			{ phone_number: BEN, already_placed: true },
			{ phone_number: CARA },
		]);
		const ofTheFirst = await retry(first, changes);
		expect(ofTheFirst.failed).toBe(false);
		expect(rung()).toEqual([ANNA, BEN, CARA]);
	});

	it('dial what is unknown again once, also when both are started side by side', async () => {
		meetWith({ [ANNA]: [actsAndFails] });
		const failed = await world.run('call.create', call, one);
		const both = await Promise.all([1, 2].map(async () => await retry(failed, redialing(failed))));
		expect(rung()).toEqual([ANNA, ANNA]);
		expect(both.filter((result) => result.failed)).toHaveLength(1);
		const third = await retry(failed, redialing(failed));
		expect(third.error.message).toMatch(MAY_ALREADY);
		expect(rung()).toHaveLength(2);
	});

	it('dial it again once, also when it is refused first and then placed in a loop', async () => {
		const crashed = await world.run('call.create', call, { ...one, ...looping(1) });
		meetWith({ [ANNA]: [refused] });
		await retryCrashed(crashed, redialing(crashed));
		expect(rung()).toEqual([ANNA, ANNA]);
		const again = await retryCrashed(crashed, redialing(crashed));
		expect(again.errorOutput[0].json.error).toMatch(MAY_ALREADY);
		expect(rung()).toEqual([ANNA, ANNA]);
	});

	it('dial it again once, also when Retry On Fail has tries left', async () => {
		meetWith({ [ANNA]: [actsAndFails, actsAndFails] });
		const failed = await world.run('call.create', call, { ...one, node: RETRY_ON_FAIL });
		for (let time = 0; time < 2; time++) await retry(failed, redialing(failed));
		expect(rung()).toEqual([ANNA, ANNA]);
	});

	it('with a key: the same, also when it is refused first and then placed in another try', async () => {
		meetWith({ [ANNA]: [actsAndFails, refused] });
		const node = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const failed = await world.run('call.create', keyed, { ...one, node });
		await retry(failed, redialing(failed));
		await retry(failed, redialing(failed));
		expect(rung()).toEqual([ANNA, ANNA]);
	});

	it('with a key: the same', async () => {
		meetWith({ [ANNA]: [actsAndFails] });
		const failed = await world.run('call.create', keyed, one);
		await retry(failed, redialing(failed));
		await retry(failed, redialing(failed));
		expect(rung()).toEqual([ANNA, ANNA]);
	});
});

describe('a key on two items of a run', () => {
	const pair = items.slice(0, 2).map((item) => ({ ...item, lead: 'A' }));
	const shared = (maxConcurrency: number) => ({
		...call,
		options: { deduplicationKey: '={{ $json.lead }}', maxConcurrency },
	});

	it.each([1, 2, 8])(
		'has the second one called when the first is refused, %i at once',
		async (n) => {
			meetWith({ [ANNA]: [refused] });
			const result = await world.run('call.create', shared(n), { items: pair, node: CONTINUES });
			expect(jsons(result)).toEqual([
				{ error: expect.stringContaining('is invalid') },
				expect.objectContaining({ phone_number: BEN }),
			]);
		},
	);

	it.each([1, 2, 8])('has one called if it is the same customer, %i at once', async (n) => {
		const twice = pair.map((item) => ({ ...item, phone: ANNA }));
		const result = await world.run('call.create', shared(n), { items: twice });
		expect(rung()).toEqual([ANNA]);
		expect(jsons(result)[1]).toEqual({
			skipped: true,
			reason: 'duplicate',
			deduplication_key: 'A',
			phone_number: ANNA,
		});
		expect(pairs(result)).toEqual([0, 1]);
	});

	it.each([1, 2, 8])('stands for one customer, and says so of another, %i at once', async (n) => {
		const result = await world.run('call.create', shared(n), { items: pair, node: CONTINUES });
		expect(rung()).toEqual([ANNA]);
		const another = { error: expect.stringContaining('"A" stands for another customer, too') };
		expect(jsons(result)).toEqual([expect.objectContaining({ phone_number: ANNA }), another]);
		const later = await world.run('call.create', shared(n), { items: pair, node: CONTINUES });
		expect(jsons(later)).toEqual([expect.objectContaining({ reason: 'duplicate' }), another]);
	});

	it('keeps the second one from being called when the first is unknown', async () => {
		meetWith({ [ANNA]: [actsAndFails] });
		await world.run('call.create', shared(2), { items: pair, node: CONTINUES });
		expect(rung()).toEqual([ANNA]);
	});
});

describe('a store that fails', () => {
	const error = BUSY;
	const fail = (from: number, to = Infinity) =>
		processedData.failAt((n) => (n >= from && n < to ? { when: 'before', error } : undefined));

	it('for ever, has nobody called who has a key, and says so; then the key is free', async () => {
		fail(0);
		const result = await world.run('call.create', keyed, one);
		expect(rung()).toEqual([]);
		expect(result.error.message).toContain('did not record the deduplication key');
		expect(result.error.message).toContain(error.message);
		fail(Infinity);
		expect((await world.run('call.create', keyed, one)).failed).toBe(false);
		expect(rung()).toEqual([ANNA]);
	});

	it('and works again, is asked for the next key of the same run', async () => {
		fail(0, 3);
		const options = { ...keyed.options, maxConcurrency: 1 };
		await world.run(
			'call.create',
			{ ...keyed, options },
			{ items: items.slice(0, 2), node: CONTINUES },
		);
		expect(rung()).toEqual([BEN]);
	});

	it('and leaves open whether a key is recorded, has the retry say so', async () => {
		// The store writes, and then says nothing any more.
		processedData.failAt((n) => (n >= 3 ? { when: 'after', error } : undefined));
		const failed = await world.run('call.create', keyed, one);
		expect(failed.error.message).toContain(
			'Whether n8n recorded the deduplication key is not known',
		);
		processedData.forget('workflow');
		processedData.failAt(() => undefined);
		const key = canonicalNumber(ANNA);
		const entries = [key, JSON.stringify([key, key])];
		await storeOf(processedData).checkProcessedAndRecord(entries, 'node', { mode: 'entries' });
		const again = await retry(failed);
		expect(again.error.message).toContain('The deduplication key is recorded, perhaps by a try');
		expect(rung()).toEqual([]);
	});

	it('for a moment, has everybody called', async () => {
		for (let at = 0; at < 6; at++) {
			world.reset();
			fail(at, at + 1);
			const result = await world.run('call.create', keyed, one);
			expect(jsons(result)).toEqual([expect.objectContaining({ phone_number: ANNA })]);
		}
	});

	it('while a key is given back, leaves the word to LiveCall, and says that the key is kept', async () => {
		meetWith({ [ANNA]: [refused] });
		world.sandbox.faults.decide(() => {
			fail(0);
			return refused;
		});
		const result = await world.run('call.create', keyed, one);
		expect(result.error.message).toContain('is invalid');
		expect(result.error.description).toContain('did not take the deduplication key back');
	});

	it('while a key is given back, is not told as free or as a duplicate by further tries', async () => {
		let requests = 0;
		world.sandbox.faults.decide(() => {
			requests++;
			fail(0);
			return refused;
		});
		// The first try is refused, and its key cannot be given back; the second finds a store that does not answer.
		const tried = await world.run('call.create', keyed, {
			...one,
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		});
		expect(tried.error.message).toContain(
			'Whether n8n recorded the deduplication key is not known',
		);
		expect(tried.error.description).not.toContain('the key is free');

		processedData.failAt(() => undefined);
		const again = await retry(tried);
		expect(again.error.message).toContain('The deduplication key is recorded, perhaps by a try');
		expect([requests, rung()]).toEqual([1, []]);
	});

	it('says in a hint what could not be given back where the node goes on', async () => {
		world.sandbox.faults.decide(() => {
			fail(0);
			return refused;
		});
		const result = await world.run('call.create', keyed, { ...one, node: CONTINUES });
		expect(jsons(result)[0].error).toContain('is invalid');
		expect(hintsOf(result)).toEqual([
			expect.stringContaining('did not take the deduplication key back'),
		]);
	});

	itWithLineage(
		'has those called who have no key, and says that the run is not on record',
		async () => {
			fail(0);
			const result = await world.run('call.create', call, { items });
			expect(rung()).toEqual([ANNA, BEN, CARA]);
			expect(hintsOf(result)[1]).toContain('did not record');
			expect(hintsOf(result)[1]).toContain('(items 0 to 2)');
		},
	);

	itWithLineage('is asked about a run without keys once, and not anew for each item', async () => {
		fail(0);
		await world.run('call.create', call, one);
		const ofOneItem = processedData.operationsSeen;
		fail(0);
		await world.run('call.create', call, { items });
		expect(processedData.operationsSeen).toBe(ofOneItem);
		expect(rung()).toEqual([ANNA, ANNA, BEN, CARA]);
	});

	itWithLineage(
		'has nobody called in a retry, since what was sent before cannot be looked up',
		async () => {
			const crashed = await world.run('call.create', call, one);
			fail(0);
			const again = await retryCrashed(crashed);
			expect(again.error.message).toContain('did not tell whether this was sent before');
			expect(rung()).toEqual([ANNA]);
		},
	);

	itWithLineage('has a retry say so if it does not tell whether the call was placed', async () => {
		const crashed = await world.run('call.create', call, one);
		// The claim finds the call on record, with five operations, and the next ones ask what became of it.
		fail(5);
		const again = await retryCrashed(crashed);
		expect(again.error.message).toContain('did not tell whether this was sent before');
		expect(rung()).toEqual([ANNA]);
	});
});

describeWithLineage('that a call was placed', () => {
	const placedOnRecord = () =>
		processedData.keys().filter((entry) => entry.startsWith('["placed"'));

	it('goes on record when a run of several ends, and with the next claim if it is the only one', async () => {
		await world.run('call.create', call, { items });
		expect(placedOnRecord()).toHaveLength(3);
		world.reset();
		await world.run('call.create', call, one);
		expect(placedOnRecord()).toEqual([]);
		const phoneNumber = '={{ $json.phone ?? $json.phone_number }}';
		const again = { ...call, phoneNumber };
		await world.run('call.create', again, { ...one, loop: { from: 'output', times: 1 } });
		expect(placedOnRecord()).toHaveLength(1);
	});
});

describe('a Remove Duplicates node that keeps its history for the whole workflow', () => {
	it('is left alone, and a hint says what that means', async () => {
		const store = storeOf(processedData);
		await store.checkProcessedAndRecord(['a', 'b'], 'workflow', { mode: 'entries' });
		const result = await world.run('call.create', keyed, { items });
		expect(rung()).toHaveLength(3);
		expect(hintsOf(result)).toContainEqual(expect.stringContaining('Another node keeps data'));
		const keys = [ANNA, BEN, CARA].map(canonicalNumber);
		expect(processedData.plainKeys().sort()).toEqual([...keys, 'a', 'b'].sort());
	});
});

it('an item that comes out as skipped names the customer and its input item', async () => {
	await world.run('call.create', keyed, { items: items.slice(1, 2) });
	const result = await world.run('call.create', keyed, { items });
	const skipped: IDataObject = jsons(result)[1];
	expect(skipped).toMatchObject({ skipped: true, reason: 'duplicate', phone_number: BEN });
	expect(pairs(result)).toEqual([0, 1, 2]);
});

it('an item whose option is wrong was not sent, so a retry with the right one calls', async () => {
	const wrong = { ...call, options: { requestTimeout: -1 } };
	const failed = await world.run('call.create', wrong, one);
	expect(failed.failed).toBe(true);
	const again = await retry(failed, { parameters: { ...failed.settings.parameters, options: {} } });
	expect(again.failed).toBe(false);
	expect(rung()).toEqual([ANNA]);
});

describe('a retry in which the same customers would get another target group or consultant', () => {
	const byConsultant = {
		...call,
		additionalFields: { userId: locator('={{ $json.phone ? 502 : 501 }}') },
	};

	it.each([
		['without a key', call, call],
		['with a key', keyed, keyed],
		['by a consultant', call, byConsultant],
	])('rings nobody of them again, %s', async (_, before, changes) => {
		meetWith({ [BEN]: [actsAndFails] });
		const failed = await world.run('call.create', before, { items });
		expect(failed.failed).toBe(true);
		const parameters = { ...failed.settings.parameters, ...changes, filterId: locator('2') };
		const again = await retry(failed, { parameters });
		expect(again.error.message).toMatch(MAY_ALREADY);
		expect(rung()).toEqual([ANNA, BEN, CARA]);
		// On a person's word, who is unknown, and nobody else.
		const last = await retry(again, redialing(again));
		expect(jsons(last)).toMatchObject([
			{ phone_number: ANNA, filter_id: 1 },
			{ phone_number: BEN, filter_id: 2 },
			{ phone_number: CARA, filter_id: 2 },
		]);
		expect(rung()).toEqual([ANNA, BEN, CARA, BEN]);
	});

	it('adds no user again whose name comes out differently', async () => {
		meetWith({ [BEN]: [refused] });
		const failed = await world.run('user.create', user, { items });
		expect(failed.failed).toBe(true);
		const before = world.sandbox.users.all().length;
		const parameters = { ...failed.settings.parameters, name: 'Grace Hopper' };
		expect((await retry(failed, { parameters })).failed).toBe(false);
		expect(world.sandbox.users.all()).toHaveLength(before + 2);
	});
});
