import { getEventListeners } from 'node:events';
import { withTimeout, TOO_LATE } from '../../nodes/shared/throttling/timeout';

const never = () => new Promise<unknown>(() => undefined);

afterEach(() => jest.restoreAllMocks());

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
		const late = withTimeout(never(), 1).then(() => 'late');
		expect(await withTimeout(late, 60_000)).toBe('late');
	});

	it.each([
		['comes', async () => await Promise.resolve('answer')],
		['fails', async () => await Promise.reject(new Error('lost'))],
	])('leaves nobody who listens to its clock when it %s', async (_, answer) => {
		const clocks = jest.spyOn(AbortSignal, 'timeout');
		await withTimeout(answer(), 12_345).catch(() => undefined);
		expect(clocks).toHaveBeenCalledWith(12_345);
		const [{ value: clock }] = clocks.mock.results;
		expect(getEventListeners(clock, 'abort')).toEqual([]);
	});
});
