import { withTimeout, TOO_LATE } from '../../nodes/shared/throttling/timeout';

const never = () => new Promise<unknown>(() => undefined);

/** Comes after a time-out of a millisecond, whenever its clock rings. */
const late = async () => {
	const rung = await withTimeout(never(), 1);
	return rung === TOO_LATE ? 'late' : undefined;
};

describe('an answer that has a time limit', () => {
	it('is given as it is when it comes in time', async () => {
		expect(await withTimeout(Promise.resolve('answer'), 10_000)).toBe('answer');
		expect(await withTimeout(Promise.resolve(undefined), 10_000)).toBeUndefined();
	});

	it('that fails in time, fails with its own reason', async () => {
		await expect(withTimeout(Promise.reject(new Error('lost')), 10_000)).rejects.toThrow('lost');
	});

	it('is given up when it does not come', async () => {
		expect(await withTimeout(never(), 1)).toBe(TOO_LATE);
	});

	it('that comes after a shorter limit of another has its own limit still', async () => {
		expect(await withTimeout(late(), 60_000)).toBe('late');
	});

	it('is given up with all that share its clock, and they alone', async () => {
		const waiting = [never(), never(), Promise.resolve('answer'), never()].map((answered) =>
			withTimeout(answered, 1),
		);
		expect(await Promise.all(waiting)).toEqual([TOO_LATE, TOO_LATE, 'answer', TOO_LATE]);
	});

	it('has a clock of its own again when the one before has rung', async () => {
		expect(await withTimeout(never(), 1)).toBe(TOO_LATE);
		expect(await withTimeout(never(), 1)).toBe(TOO_LATE);
	});
});
