import { isAvailable } from '../../nodes/shared/api/freeTimes';
import { hasEnded, outcomeOf } from '../../nodes/shared/call';
import { isWord } from '../../nodes/shared/words';

describe("LiveCall's words", () => {
	it.each(['ended', 'Ended', 'ENDED', ' ended '])('count in any case: %j', (status) => {
		expect(isWord(status, 'ended')).toBe(true);
		expect(hasEnded({ status })).toBe(true);
	});

	it.each(['unended', 'ended early', '', null, undefined, 1, ['ended']])(
		'are no others: %j',
		(status) => {
			expect(isWord(status, 'ended')).toBe(false);
			expect(hasEnded({ status })).toBe(false);
		},
	);

	it.each(['available', 'Available', 'AVAILABLE'])('say that somebody is there: %j', (status) => {
		expect(isAvailable({ id: 1, status, available_call_times: [] })).toBe(true);
	});
});

describe('how a call ended', () => {
	it.each([[undefined], [null], [''], ['  '], [{}], [[]]])('is not said: %j', (outcome) => {
		expect(outcomeOf({ status: 'ended', outcome })).toBe('');
	});

	it.each([
		['successful', 'successful'],
		[' Failed', 'Failed'],
		[0, '0'],
		[false, 'false'],
	])('is said: %j', (outcome, word) => {
		expect(outcomeOf({ outcome })).toBe(word);
	});
});
